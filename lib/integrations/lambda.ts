import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CommonIntegrationOptions, ServiceIntegrationOptions } from './integration-options';
import { Checks } from '../private/checks/checks';
import { FUNCTION } from '../private/checks/kind';
import { encodeId, pathFrom } from '../private/construct-id';
import { checkEnvelope, envelope } from '../private/integrations/envelope';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { ApiStages } from '../private/integrations/make-integration';
import { allow } from '../private/integrations/service-call';
import { invocationUri, permitStages } from '../private/routes/invocation';

/**
 * Options of `RouteIntegration.lambda`.
 *
 * @example
 * service.addRoute('report', { integration: RouteIntegration.lambda(worker, { asynchronous: true }) });
 */
export interface WebsocketLambdaIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * Whether Lambda queues the event and responds at once, without the result of the function.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
   * @default false
   */
  readonly asynchronous?: boolean;

  /**
   * More members of the event, in addition to `requestContext` and `body`, each literal text or one variable.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - no more members
   */
  readonly attributes?: { [name: string]: string };
}

/**
 * Options of `RouteIntegration.lambdaAlias`.
 *
 * @example
 * service.addRoute('beta', { integration: RouteIntegration.lambdaAlias(worker, { aliases: [blue, green], stageVariable: 'colour' }) });
 */
export interface WebsocketLambdaAliasIntegrationOptions extends CommonIntegrationOptions {
  /**
   * The aliases of the function that the stage variable may name. API Gateway gets permission to invoke these only.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
   */
  readonly aliases: lambda.IAlias[];

  /**
   * The variable of the stage that holds the name of the alias.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   * @default 'alias'
   */
  readonly stageVariable?: string;
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function lambdaIntegration(fn: lambda.IFunction, options: WebsocketLambdaIntegrationOptions): IntegrationPlan {
  return {
    factory: 'lambda',
    struct: 'WebsocketLambdaIntegrationOptions',
    options,
    target: { name: 'fn', value: fn, kind: FUNCTION },
    check: (checks) => checkEnvelope(checks, options.attributes),
    define: (scope, api) => {
      const { asynchronous, attributes, credentialsRole } = options;
      if (!credentialsRole) permit(scope, api, fn, 'Permission');
      return {
        type: 'AWS',
        method: 'POST',
        uri: invocationUri(scope, fn),
        requestParameters: asynchronous ? { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" } : undefined,
        requestTemplate: envelope(attributes),
        grant: credentialsRole ? (role) => allow(role, 'lambda:InvokeFunction', fn.functionArn) : undefined,
      };
    },
  };
}

export function lambdaAliasIntegration(fn: lambda.IFunction, options: WebsocketLambdaAliasIntegrationOptions): IntegrationPlan {
  return {
    factory: 'lambdaAlias',
    struct: 'WebsocketLambdaAliasIntegrationOptions',
    options,
    target: { name: 'fn', value: fn, kind: FUNCTION },
    templatedFactory: 'lambda',
    check: (checks) => checkAlias(checks, fn, options),
    define: (scope, api) => {
      const { aliases, stageVariable = DEFAULT_VARIABLE } = options;
      for (const alias of aliases) permit(scope, api, alias, `Permission-${encodeId(pathFrom(scope, alias))}`);
      return { type: 'AWS_PROXY', method: 'POST', uri: invocationUri(scope, fn, `:\${stageVariables.${stageVariable}}`) };
    },
  };
}

const DEFAULT_VARIABLE = 'alias';

function checkAlias(checks: Checks, fn: lambda.IFunction, options: WebsocketLambdaAliasIntegrationOptions): void {
  const { aliases = [], stageVariable = DEFAULT_VARIABLE } = options;
  if (!/^\w+$/.test(stageVariable)) {
    checks.refuse('stageVariable', stageVariable, {
      reason: 'is not the name of a stage variable', remedy: 'use letters, digits and underscores',
    });
  }
  if (aliases.length === 0) {
    checks.refuse('aliases', aliases, {
      reason: 'names no alias, so that API Gateway could invoke none', remedy: 'name each alias that the variable may hold',
    });
  }
  const foreign = aliases.find((alias) => alias.version.lambda !== fn);
  if (foreign) checks.refuse('aliases', foreign, { reason: `is not an alias of ${fn.node.path}`, remedy: 'give aliases of one function' });
}

/** The permission is for all routes, since an integration does not know its own. */
function permit(scope: Construct, { api, stageNames }: ApiStages, fn: lambda.IFunction, id: string): void {
  permitStages(scope, fn, scope, id, stageNames, (stageName) => (
    api.stack.formatArn({ service: 'execute-api', resource: api.apiId, resourceName: `${stageName}/*` })
  ));
}
