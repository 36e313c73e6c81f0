import { Stack, Token } from 'aws-cdk-lib';
import { IpAddressType, WebSocketApiKeySelectionExpression } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { CONNECTION_STORE, WebsocketConnectionStore } from './connection-store';
import { checkDefaultEndpoint } from './domain';
import { Checks } from './private/checks/checks';
import { Kind, OBJECT } from './private/checks/kind';
import { Fault } from './private/problem';
import { checkRouteMap, WebsocketRouteMap } from './route-map';
import { selectionExpressionFault } from './route-models';
import { NAMING, ServiceNaming } from './service-naming';
import { checkStageNames, stageNameFault, WebsocketStageOptions } from './stage';

/**
 * Properties of a `WebsocketService`.
 *
 * @example
 * new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say' } },
 *   defaults: { memorySize: 256, timeout: Duration.seconds(10) },
 *   stageName: 'prod',
 *   throttle: { rateLimit: 100, burstLimit: 200 },
 *   authorizer: ConnectAuthorizer.none(),
 * });
 */
export interface WebsocketServiceProps extends WebsocketRouteMap, WebsocketStageOptions {
  /**
   * The part of a message that selects its route: `$request.body.<path>`, or text with several `${request.body.<path>}`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default '$request.body.action'
   */
  readonly routeSelectionExpression?: string;

  /**
   * The name of the stage, which is the path of the URL. Letters, digits, hyphens and underscores.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   * @default 'dev'
   */
  readonly stageName?: string;

  /**
   * The name of the API.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-api.html
   * @default - the id of this construct
   */
  readonly apiName?: string;

  /**
   * The description of the API.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-api.html
   * @default - no description
   */
  readonly description?: string;

  /**
   * The IP address types that can reach the API.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-ip-address-type.html
   * @default - IPv4
   */
  readonly ipAddressType?: IpAddressType;

  /**
   * Keeps connections, users and rooms in a DynamoDB table, for `user(...)` and `room(...)` of `cdk-websocket-service/runtime`.
   *
   * Handlers may read and write the table and find it in their environment (`WEBSOCKET_STORE`). The handlers of `$connect` and
   * `$disconnect` keep it up to date; a function of this library serves either route if it is missing. A second function of this library
   * sends what one invocation cannot send in time.
   *
   * @default - no store: handlers send to connections by their ids
   */
  readonly connectionStore?: WebsocketConnectionStore;

  /**
   * Whether to disable the default endpoint (`<api id>.execute-api...`), so that clients and backends reach the API by `domain` only.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-disable-default-endpoint.html
   * @default false
   */
  readonly disableExecuteApiEndpoint?: boolean;

  /**
   * Whether to create the role by which API Gateway writes logs, if this service has logs and the account has no such role. An existing
   * role is not changed. Set `false` if the role is managed elsewhere.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
   * @default true
   */
  readonly cloudWatchRole?: boolean;

  /**
   * Where API Gateway finds the API key for a `$connect` route with `apiKeyRequired`: in the header `x-api-key`, or in the
   * `usageIdentifierKey` that the authorizer returns.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default WebSocketApiKeySelectionExpression.HEADER_X_API_KEY
   */
  readonly apiKeySelectionExpression?: WebSocketApiKeySelectionExpression;

  /**
   * A version identifier of the API, for information only.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-api.html
   * @default - no version
   */
  readonly apiVersion?: string;

  /**
   * More stages with the same routes, by name, each with its own settings. `stageName` and the stage options of the service apply to the
   * first stage. In Python, pass each as `WebsocketStageOptions(...)`.
   *
   * Grants and permissions cover all stages. `url`, `callbackUrl` and `WEBSOCKET_CALLBACK_URL` are URLs of the first stage. A connection
   * belongs to one stage: handlers find the URLs of all stages in `WEBSOCKET_CALLBACK_URLS`
   * (`JSON.parse(process.env.WEBSOCKET_CALLBACK_URLS!)[event.requestContext.stage]`), and constructs in `callbackUrls`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-stages.html
   * @default - one stage
   */
  readonly additionalStages?: { [stageName: string]: WebsocketStageOptions };

  /**
   * Tags for all resources of the service.
   *
   * @see https://docs.aws.amazon.com/cdk/v2/guide/tagging.html
   * @default - the tags of the scope
   */
  readonly tags?: { [name: string]: string };

  /**
   * The logical ids and names of the resources, for a service that takes over the stack of another tool.
   *
   * @see https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
   * @default - logical ids come from construct paths, and names from CloudFormation
   */
  readonly naming?: ServiceNaming;

  /**
   * Whether API Gateway skips the validation of models at deployment.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-api.html
   * @default false
   */
  readonly disableSchemaValidation?: boolean;
}

/** The default of serverless.yml, too. */
export const DEFAULT_STAGE_NAME = 'dev';

const PROPS: Kind = { ...OBJECT, example: "{ routes: { say: { handler: 'src/messages.say' } } }" };

/** The routes and the authorizer are checked by `planRouteMap`. */
export function checkServiceProps(scope: Construct, props: WebsocketServiceProps): void {
  const checks = new Checks(scope);
  checks.required('props', props, PROPS);
  checks.names('WebsocketServiceProps', props);
  const { routeSelectionExpression, stageName, additionalStages } = props;
  checkRouteMap(checks, props);
  checks.length('apiName', props.apiName ?? scope.node.id, 1, 128);
  checks.length('apiVersion', props.apiVersion, 1, 64);
  checks.description('description', props.description);
  checks.that('routeSelectionExpression', routeSelectionExpression, selectionExpressionFault);
  checks.that('stageName', stageName, stageNameFault);
  checkDefaultEndpoint(checks, props.disableExecuteApiEndpoint, props.domain);
  checks.kind('additionalStages', additionalStages, { ...OBJECT, example: '{ beta: {} }' });
  checkStageNames(checks, stageName ?? DEFAULT_STAGE_NAME, Object.keys(additionalStages ?? {}));
  checks.kind('connectionStore', props.connectionStore, CONNECTION_STORE);
  props.connectionStore?._check(checks.of('connectionStore'), Stack.of(scope).region);
  checkTags(checks, props.tags);
  checkNaming(checks, props);
}

function checkNaming(checks: Checks, { naming, nestedStacks, autoDeploy, additionalStages }: WebsocketServiceProps): void {
  checks.kind('naming', naming, NAMING);
  if (!naming) return;
  const remedy = 'leave it out, or leave out `naming`';
  if (nestedStacks) {
    checks.refuse('nestedStacks', nestedStacks, { reason: 'would move routes to other stacks, which replaces them', remedy });
  }
  if (autoDeploy) {
    checks.refuse('autoDeploy', autoDeploy, {
      reason: 'contradicts `naming`: the stage has a deployment, which the template makes', remedy,
    });
  }
  for (const [name, stage] of Object.entries(additionalStages ?? {})) {
    if (stage.autoDeploy === undefined) continue;
    checks.refuse(`additionalStages["${name}"].autoDeploy`, stage.autoDeploy, {
      reason: 'contradicts `naming`: all stages share its deployment', remedy,
    });
  }
}

function checkTags(checks: Checks, tags: WebsocketServiceProps['tags'] = {}): void {
  checks.kind('tags', tags, { ...OBJECT, example: "{ team: 'chat' }" });
  checks.that('tags', Object.keys(tags).length, tagCountFault);
  for (const [name, value] of Object.entries(tags)) checks.that(`tags["${name}"]`, value, () => tagFault(name, value));
}

const LONGEST_TAG_NAME = 128;
const LONGEST_TAG = 256;
const MOST_TAGS = 50;

/** The characters that every AWS service allows in a tag. */
const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;

const TAG_REMEDY = 'use letters, digits, spaces and _.:/=+-@';

export function tagCountFault(count: number): Fault | undefined {
  return count <= MOST_TAGS ? undefined : { reason: `tags are more than the ${MOST_TAGS} of a resource`, remedy: 'use fewer of them' };
}

/**
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function tagFault(name: string, value: unknown): Fault | undefined {
  if (!Token.isUnresolved(name)) {
    if (/^aws:/i.test(name)) {
      return { reason: 'belongs to a tag whose name begins with aws:, which is reserved', remedy: 'choose another name' };
    }
    if (name === '' || name.length > LONGEST_TAG_NAME) {
      return { reason: `belongs to a tag whose name does not have 1 to ${LONGEST_TAG_NAME} characters`, remedy: 'choose another name' };
    }
    if (!TAG.test(name)) return { reason: 'belongs to a tag whose name has a character that a tag cannot have', remedy: TAG_REMEDY };
  }
  if (Token.isUnresolved(value)) return undefined;
  if (typeof value !== 'string') return { reason: 'is not a string', remedy: `write ${JSON.stringify(String(value))}` };
  if (value.length > LONGEST_TAG) return { reason: `is longer than ${LONGEST_TAG} characters`, remedy: 'shorten it' };
  return TAG.test(value) ? undefined : { reason: 'has a character that a tag cannot have', remedy: TAG_REMEDY };
}
