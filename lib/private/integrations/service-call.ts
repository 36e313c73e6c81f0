import { Arn, ArnFormat, IResource, Stack, Token } from 'aws-cdk-lib';
import { PassthroughBehavior } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IntegrationSpec, Refuse } from './integration-plan';
import { formValue } from './template-text';
import { templateValueFault } from '../checks/template-value';

const CONTENT_TYPE = 'integration.request.header.Content-Type';

/** `application/x-www-form-urlencoded`: the query APIs of SQS and SNS. */
export const FORM = { [CONTENT_TYPE]: "'application/x-www-form-urlencoded'" };

/** `application/x-amz-json-<version>`: all others. */
export function jsonProtocol(version: '1.0' | '1.1'): { [destination: string]: string } {
  return { [CONTENT_TYPE]: `'application/x-amz-json-${version}'` };
}

/** A call of an AWS service. What no template matches must not reach it: a client would say what the service does. */
export function serviceCall(spec: Pick<IntegrationSpec, 'uri' | 'requestParameters' | 'requestTemplate' | 'responseTemplate' | 'grant'>): IntegrationSpec {
  return { type: 'AWS', method: 'POST', passthroughBehavior: PassthroughBehavior.NEVER, ...spec };
}

/**
 * The URI of an API of a service, in the Region of the resource that it is called for.
 *
 * @param target `action/<Action>` or `path/<path>`
 */
export function serviceUri(scope: Construct, service: string, region: string, target: string): string {
  return `arn:${Stack.of(scope).partition}:apigateway:${region}:${service}:${target}`;
}

/** Where a resource is: what its ARN says, if that is known. Not everything that is imported knows it otherwise. */
export function environmentOf(resource: IResource, arn: string): { readonly region: string; readonly account: string } {
  if (Token.isUnresolved(arn)) return resource.env;
  const { region = resource.env.region, account = resource.env.account } = Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME);
  return { region, account };
}

/** One action on one resource, and nothing else. */
export function allow(role: iam.IGrantable, action: string, resourceArn: string): void {
  iam.Grant.addToPrincipal({ grantee: role, actions: [action], resourceArns: [resourceArn] });
}

/** The parameters of a form, in the order given; those without a value are left out. */
export function form(parameters: Array<[string, string | undefined]>): string {
  return parameters.flatMap(([name, value]) => value === undefined ? [] : `${name}=${formValue(value)}`).join('&');
}

/** Throws for a value that is neither a literal nor one variable. */
export function checkValues(refuse: Refuse, values: { readonly [option: string]: string | undefined }): void {
  for (const [option, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (typeof value !== 'string') refuse(option, value, { reason: 'is not a string', remedy: "use a text, or one variable such as '$context.connectionId'" });
    const fault = templateValueFault(value);
    if (fault) refuse(option, value, fault);
  }
}

/** The members of a map by the name of the option that each is. */
export function memberOptions(option: string, members: { readonly [name: string]: string } = {}): { [option: string]: string } {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [`${option}["${name}"]`, value]));
}
