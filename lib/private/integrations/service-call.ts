import { Arn, ArnFormat, IResource, Stack, Token } from 'aws-cdk-lib';
import { PassthroughBehavior } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IntegrationSpec } from './make-integration';

const CONTENT_TYPE = 'integration.request.header.Content-Type';

/** For SQS and SNS. */
export const QUERY_PROTOCOL = { [CONTENT_TYPE]: "'application/x-www-form-urlencoded'" };

/** For all other services. */
export function jsonProtocol(version: '1.0' | '1.1'): { [destination: string]: string } {
  return { [CONTENT_TYPE]: `'application/x-amz-json-${version}'` };
}

/** A message that no template matches must not reach the service, since clients could choose what the service does. */
export function serviceCall(spec: Omit<IntegrationSpec, 'type' | 'method' | 'passthroughBehavior'>): IntegrationSpec {
  return { type: 'AWS', method: 'POST', passthroughBehavior: PassthroughBehavior.NEVER, ...spec };
}

/** @param target `action/<Action>` or `path/<path>` */
export function serviceUri(scope: Construct, service: string, region: string, target: string): string {
  return `arn:${Stack.of(scope).partition}:apigateway:${region}:${service}:${target}`;
}

/** Region and account of a resource, from its ARN if possible: the `env` of some imported resources is that of the stack. */
export function environmentOf(resource: IResource, arn: string): { readonly region: string; readonly account: string } {
  if (Token.isUnresolved(arn)) return resource.env;
  const { region = resource.env.region, account = resource.env.account } = Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME);
  return { region, account };
}

export function allow(role: iam.IGrantable, action: string, resourceArn: string): void {
  iam.Grant.addToPrincipal({ grantee: role, actions: [action], resourceArns: [resourceArn] });
}
