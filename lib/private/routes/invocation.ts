import { Annotations, ArnFormat, Names, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { literal } from '../values';

/** Options of a route that belong to the integration, which all routes of a function share. */
export const INVOCATION_OPTIONS = ['integrationTimeout', 'contentHandling'] as const;

/**
 * The URI by which API Gateway invokes a function, alias or version, in the Region of the function.
 *
 * @param qualifier a suffix of the function's ARN
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
 */
export function invocationUri(scope: Construct, fn: lambda.IFunction, qualifier = ''): string {
  return Stack.of(scope).formatArn({
    service: 'apigateway',
    region: fn.env.region,
    account: 'lambda',
    resource: 'path/2015-03-31/functions',
    resourceName: `${fn.functionArn}${qualifier}/invocations`,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
}

export interface InvocationPermission {
  readonly scope: Construct;
  readonly id: string;
  readonly sourceArn: string;
  /** The purpose of the function, for the warning. */
  readonly use: string;
  /** The end of `sourceArn` in readable form, for the warning. */
  readonly source: string;
}

/** Permits API Gateway to invoke a function. Warns if CDK makes no permission. */
export function permit(service: Construct, fn: lambda.IFunction, { scope, id, sourceArn, use, source }: InvocationPermission): void {
  fn.addPermission(id, { scope, principal: new iam.ServicePrincipal('apigateway.amazonaws.com'), sourceArn });
  if (!scope.node.tryFindChild(id)) warnOfPermission(service, fn, use, source);
}

/**
 * One permission a stage for all routes, since a function's resource policy holds only about fifty statements.
 *
 * @param sourceArn the ARN of all routes of a stage
 */
export function permitStages(
  service: Construct,
  fn: lambda.IFunction,
  scope: Construct,
  id: string,
  stageNames: readonly string[],
  sourceArn: (stageName: string) => string,
): void {
  stageNames.forEach((stageName, index) => {
    const suffix = index === 0 ? '' : `-${stageName}`;
    permit(service, fn, {
      scope, id: `${id}${suffix}`, sourceArn: sourceArn(stageName), use: `routes${suffix}`, source: `<api id>/${stageName}/*`,
    });
  });
}

/** Without a permission the deployment succeeds and every message fails. */
function warnOfPermission(scope: Construct, fn: lambda.IFunction, use: string, source: string): void {
  const { partition, region, account } = Stack.of(scope);
  // The id is unique: a function may need several statements, for two services, or as route and authorizer of one.
  const statement = `${Names.uniqueResourceName(scope, { maxLength: 80 })}-${use}`;
  const arn = ['arn', literal(partition) ?? 'aws', 'execute-api', literal(region) ?? '<region>', literal(account) ?? '<account>', source];
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:permissionNotMade',
    `API Gateway may not invoke ${fn.node.path}: CDK makes no permission for this imported function. Once the API exists, run: `
    + `aws lambda add-permission --function-name ${literal(fn.functionArn) ?? nameIn(fn.functionArn)} --statement-id ${statement} `
    + `--action lambda:InvokeFunction --principal apigateway.amazonaws.com --source-arn '${arn.join(':')}'`,
  );
}

/** The name at the end of an ARN with tokens, with its alias or version. */
function nameIn(arn: string): string {
  return /:function:([\w-]+(?::[\w-]+)?)$/.exec(arn)?.[1] ?? '<function>';
}
