import { Token } from 'aws-cdk-lib';
import { IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { checkAccessLog, makeAccessLog, WebsocketAccessLogOptions } from './access-log';
import { planDomain, WebsocketDomainOptions } from './domain';
import { Checks } from './private/checks/checks';
import { OBJECT } from './private/checks/kind';
import { Fault } from './private/problem';
import { StagePlan } from './private/stages/service-stages';
import { checkRouteSettings, routeSettings, WebsocketRouteSettings } from './route-settings';

/**
 * Settings of a stage.
 *
 * @example
 * new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say' } },
 *   additionalStages: {
 *     beta: { throttle: { rateLimit: 10, burstLimit: 20 }, stageVariables: { colour: 'green' } },
 *   },
 *   authorizer: ConnectAuthorizer.none(),
 * });
 */
export interface WebsocketStageOptions extends WebsocketRouteSettings {
  /**
   * The access log, with a line for each connection, message and disconnection. `{}` logs all variables as JSON.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   * @default - no access log
   */
  readonly accessLog?: WebsocketAccessLogOptions;

  /**
   * Stage variables, which integrations and authorizers can read. Names consist of letters, digits and underscores.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   * @default - no variables
   */
  readonly stageVariables?: { [name: string]: string };

  /**
   * The description of the stage.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-stage.html
   * @default - no description
   */
  readonly stageDescription?: string;

  /**
   * The client certificate by which HTTP backends authenticate API Gateway.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-stage.html
   * @default - no certificate
   */
  readonly clientCertificateId?: string;

  /**
   * Whether API Gateway deploys every change automatically.
   *
   * If not, the service creates a deployment whenever routes, integrations, authorizers, models or responses change, and clients
   * get all parts of a change at once.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-set-up-websocket-deployment.html
   * @default true
   */
  readonly autoDeploy?: boolean;

  /**
   * The custom domain of the stage. The URLs of the service use the domain of the first stage, without the name of the stage.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html
   * @default - the default endpoint (`<api id>.execute-api...`)
   */
  readonly domain?: WebsocketDomainOptions;
}

export function planStage(checks: Checks, name: string, options: WebsocketStageOptions, ipAddressType?: IpAddressType): StagePlan {
  checkRouteSettings(checks, options);
  checks.kind('stageVariables', options.stageVariables, { ...OBJECT, example: "{ table: 'chat' }" });
  if (options.accessLog !== undefined) checkAccessLog(checks.of('accessLog'), options.accessLog);
  checks.description('stageDescription', options.stageDescription);
  const { accessLog, stageVariables = {}, stageDescription, clientCertificateId, autoDeploy = true } = options;
  for (const [variable, value] of Token.isUnresolved(stageVariables) ? [] : Object.entries(stageVariables)) {
    const property = `stageVariables["${variable}"]`;
    const fault = stageVariableFault(variable, value);
    if (fault) checks.refuse(property, value, fault);
    checks.length(property, value, 1, 2048);
  }
  return {
    name,
    settings: routeSettings(options),
    makeAccessLog: accessLog && ((stage) => makeAccessLog(stage, accessLog)),
    variables: options.stageVariables,
    description: stageDescription,
    clientCertificateId,
    autoDeploy,
    domain: options.domain && planDomain(checks.of('domain'), options.domain, ipAddressType),
  };
}

export function planAdditionalStage(
  scope: Construct, name: string, options: WebsocketStageOptions, ipAddressType?: IpAddressType,
): StagePlan {
  const checks = new Checks(scope, `additionalStages["${name}"]`);
  checks.required('', options, { ...OBJECT, example: '{}' });
  return planStage(checks, name, options, ipAddressType);
}

export function checkStageNames(checks: Checks, first: string, others: readonly string[]): void {
  for (const name of others) {
    checks.that('additionalStages', name, () => {
      if (Token.isUnresolved(name)) return UNKNOWN_NAME;
      return name === first ? SAME_NAME : stageNameFault(name);
    });
  }
  if (others.length < STAGE_LIMIT) return;
  checks.refuse('additionalStages', others.length, {
    reason: `stages and the first are more than the ${STAGE_LIMIT} that API Gateway allows for one API`, remedy: 'make a second service',
  });
}

const UNKNOWN_NAME: Fault = {
  reason: 'is not known before deployment', remedy: 'write the name as a literal; `stageName` may hold a token',
};

const SAME_NAME: Fault = { reason: 'is `stageName` too', remedy: 'give each stage a name of its own' };

/** A quota of API Gateway that can be raised on request. */
const STAGE_LIMIT = 10;

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html
 */
export function stageVariableFault(name: string, value: unknown): Fault | undefined {
  if (!Token.isUnresolved(name) && !/^\w+$/.test(name)) {
    return { reason: 'belongs to a variable whose name is not legal', remedy: 'use letters, digits and underscores in names of variables' };
  }
  if (Token.isUnresolved(value)) return undefined;
  if (typeof value !== 'string') return { reason: 'is not a string', remedy: `write ${JSON.stringify(String(value))}` };
  if (/^[A-Za-z0-9\-._~:/?#&=,]+$/.test(value)) return undefined;
  return {
    reason: 'is empty, or has a character that a stage variable cannot have',
    remedy: 'use letters, digits and -._~:/?#&=, or put the value into `environment`',
  };
}

const NAME_REMEDY = 'use 1 to 128 letters, digits, hyphens and underscores, for example "dev"';

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
 */
export function stageNameFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name) || /^[a-zA-Z0-9_-]{1,128}$/.test(name)) return undefined;
  if (name === '$default') {
    return { reason: 'is a stage of HTTP APIs, and a WebSocket API cannot have it', remedy: NAME_REMEDY };
  }
  return { reason: 'is not a legal stage name', remedy: NAME_REMEDY };
}
