import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { envelope } from './envelope';
import { ApiStages, IntegrationSpec, Refuse } from './integration-plan';
import { allow } from './service-call';
import { encodeId, pathFrom } from '../construct-id';
import { invocationUri, permitStages } from '../routes/invocation';

interface Invocation {
  readonly asynchronous?: boolean;
  readonly attributes?: { [name: string]: string };
  readonly credentialsRole?: iam.IRole;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function lambdaCall(home: Construct, api: ApiStages, fn: lambda.IFunction, invocation: Invocation): IntegrationSpec {
  const { asynchronous, attributes, credentialsRole } = invocation;
  if (!credentialsRole) permit(home, api, fn, 'Permission');
  return {
    type: 'AWS',
    method: 'POST',
    uri: invocationUri(home, fn),
    requestParameters: asynchronous ? { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" } : undefined,
    requestTemplate: envelope(attributes),
    grant: credentialsRole ? (role) => allow(role, 'lambda:InvokeFunction', fn.functionArn) : undefined,
  };
}

/** Which alias is invoked. */
export interface AliasChoice {
  readonly stageVariable: string;
  readonly aliases: lambda.IAlias[];
}

/** A Lambda proxy integration whose alias a variable of the stage names. Each alias that it may name gets a permission. */
export function lambdaAliasCall(home: Construct, api: ApiStages, fn: lambda.IFunction, { stageVariable, aliases }: AliasChoice): IntegrationSpec {
  for (const alias of aliases) permit(home, api, alias, `Permission-${encodeId(pathFrom(home, alias))}`);
  return {
    type: 'AWS_PROXY',
    method: 'POST',
    uri: invocationUri(home, fn, `:\${stageVariables.${stageVariable}}`),
  };
}

export function checkLambdaAlias(refuse: Refuse, fn: lambda.IFunction, { stageVariable, aliases }: AliasChoice): void {
  if (!/^\w+$/.test(stageVariable)) {
    refuse('stageVariable', stageVariable, { reason: 'is no name of a stage variable', remedy: 'use letters, digits and underscores' });
  }
  if (aliases.length === 0) {
    refuse('aliases', aliases, { reason: 'names no alias, and API Gateway could invoke none', remedy: 'name each that the variable may hold' });
  }
  const foreign = aliases.find((alias) => alias.version.lambda !== fn);
  if (foreign) refuse('aliases', foreign, { reason: `is no alias of ${fn.node.path}`, remedy: 'give those of one function' });
}

/** For every route, since the integration does not know its own. */
function permit(home: Construct, { api, stageNames }: ApiStages, fn: lambda.IFunction, id: string): void {
  permitStages(home, fn, home, id, stageNames, (stageName) => (
    api.stack.formatArn({ service: 'execute-api', resource: api.apiId, resourceName: `${stageName}/*` })
  ));
}
