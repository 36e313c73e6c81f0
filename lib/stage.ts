import { Token } from 'aws-cdk-lib';
import { IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { checkAccessLog, makeAccessLog, WebsocketAccessLogOptions } from './access-log';
import { planDomain, WebsocketDomainOptions } from './domain';
import { checkKind, OBJECT, requireKind } from './private/checks/kind';
import { stageNameComplaint } from './private/checks/stage-name';
import { stageVariableComplaint } from './private/checks/stage-variable';
import { checkDescription, checkLength } from './private/checks/text-length';
import { problem } from './private/problem';
import { routeSettings } from './private/routes/route-settings';
import { StagePlan } from './private/stages/service-stages';
import { checkRouteSettings, WebsocketRouteSettings } from './route-settings';

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
   * The access log: a line for each connection, message and disconnection. `{}` logs all there is as JSON.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   * @default - there is none
   */
  readonly accessLog?: WebsocketAccessLogOptions;

  /**
   * Variables of the stage, which integrations and authorizers see: names of letters, digits and underscores.
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
   * The client certificate by which HTTP backends know API Gateway.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-stage.html
   * @default - none
   */
  readonly clientCertificateId?: string;

  /**
   * Whether API Gateway deploys every change itself.
   *
   * If not, the service makes a deployment whenever routes, integrations, authorizers, models or responses change, and clients
   * meet all of a change at once.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-set-up-websocket-deployment.html
   * @default true
   */
  readonly autoDeploy?: boolean;

  /**
   * The custom domain that leads to the stage. The URLs of the service name it, without the name of the stage, if it is that of the
   * first stage.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html
   * @default - the host that API Gateway gives to every API
   */
  readonly domain?: WebsocketDomainOptions;
}

/** A stage with its options checked; throws what is wrong with them. `prefix` is that of the property in messages. */
export function planStage(
  scope: Construct, prefix: string, name: string, options: WebsocketStageOptions, ipAddressType?: IpAddressType,
): StagePlan {
  checkRouteSettings(scope, prefix, options);
  checkKind(scope, `${prefix}stageVariables`, options.stageVariables, { ...OBJECT, example: "{ table: 'chat' }" });
  if (options.accessLog !== undefined) checkAccessLog(scope, `${prefix}accessLog`, options.accessLog);
  checkDescription(scope, `${prefix}stageDescription`, options.stageDescription);
  const { accessLog, stageVariables = {}, stageDescription, clientCertificateId, autoDeploy = true } = options;
  for (const [variable, value] of Token.isUnresolved(stageVariables) ? [] : Object.entries(stageVariables)) {
    const found = stageVariableComplaint(variable, value);
    if (found) throw problem(scope, `${prefix}stageVariables["${variable}"]`, value, found);
    checkLength(scope, `${prefix}stageVariables["${variable}"]`, value, 1, 2048);
  }
  return {
    name,
    settings: routeSettings(options),
    makeAccessLog: accessLog && ((stage) => makeAccessLog(stage, accessLog)),
    variables: options.stageVariables,
    description: stageDescription,
    clientCertificateId,
    autoDeploy,
    domain: options.domain && planDomain(scope, `${prefix}domain`, options.domain, ipAddressType),
  };
}

/** The same for a stage after the first, whose options stand by themselves. */
export function planAdditionalStage(scope: Construct, name: string, options: WebsocketStageOptions, ipAddressType?: IpAddressType): StagePlan {
  const property = `additionalStages["${name}"]`;
  requireKind(scope, property, options, { ...OBJECT, example: '{}' });
  return planStage(scope, `${property}.`, name, options, ipAddressType);
}

/** Throws what is wrong with the names of stages that come after the first. */
export function checkStageNames(scope: Construct, first: string, others: readonly string[]): void {
  for (const name of others) {
    const complaint = Token.isUnresolved(name)
      ? { reason: 'is not known before deployment', remedy: 'write the name as a literal; `stageName` may hold a token' }
      : stageNameComplaint(name);
    if (complaint) throw problem(scope, 'additionalStages', name, complaint);
    if (name !== first) continue;
    throw problem(scope, 'additionalStages', name, { reason: 'is `stageName` too', remedy: 'give each stage a name of its own' });
  }
  if (others.length < STAGE_LIMIT) return;
  throw problem(scope, 'additionalStages', others.length, {
    reason: `stages and the first are more than the ${STAGE_LIMIT} that API Gateway takes for one API`, remedy: 'make a second service',
  });
}

/** A quota of API Gateway that can be raised on request. */
const STAGE_LIMIT = 10;
