import { Annotations, ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { IAccessLogDestination, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { WebsocketAccessLogFormat } from './access-log-format';
import { Checks } from './private/checks/checks';
import { constructWith, OBJECT, withMember } from './private/checks/kind';
import { retentionFault } from './private/handlers/function-settings';
import { withoutUndefined } from './private/members';
import { AccessLog } from './private/stages/service-stages';

/**
 * Destination and format of an access log of connections, messages and disconnections. `{}` creates a log group with lines of JSON.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 * @example
 * new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say' } },
 *   accessLog: { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY },
 *   authorizer: ConnectAuthorizer.none(),
 * });
 */
export interface WebsocketAccessLogOptions {
  /**
   * The format of a line.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
   * @default WebsocketAccessLogFormat.json()
   */
  readonly format?: WebsocketAccessLogFormat;

  /**
   * A destination other than a log group, for example a Firehose stream whose name begins with `amazon-apigateway-`.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigatewayv2-stage-accesslogsettings.html
   * @default - a log group
   */
  readonly destination?: IAccessLogDestination;

  /**
   * An existing log group, in the Region of the API.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
   * @default - the service creates a log group
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * How long the log group that the service creates keeps its lines. Security Hub requires a year (control CloudWatch.16).
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
   * @default logs.RetentionDays.ONE_YEAR
   */
  readonly retention?: logs.RetentionDays;

  /**
   * What happens to the log group that the service creates when it is removed from the stack.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The key that encrypts the log group that the service creates. The policy of the key gets a statement that lets CloudWatch Logs use it
   * for log groups of this account and Region.
   *
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   * @default - CloudWatch Logs encrypts with a key of its own
   */
  readonly encryptionKey?: kms.IKey;
}

const FORMAT = withMember('a WebsocketAccessLogFormat', '_text', 'WebsocketAccessLogFormat.custom(format) for text');
const DESTINATION = withMember('an IAccessLogDestination', 'bind', '`logGroup` for a log group');
const LOG_GROUP = constructWith('a log group', 'logGroupName', "logs.LogGroup.fromLogGroupName(this, 'Imported', name) for a name");
const ENCRYPTION_KEY = constructWith('a key of KMS', 'keyArn', "kms.Key.fromKeyArn(this, 'Imported', arn) for an ARN");

/** Options of the log group that the service creates. */
const OF_THE_LOG_GROUP = ['retention', 'removalPolicy', 'encryptionKey'] as const;

export function checkAccessLog(checks: Checks, options: WebsocketAccessLogOptions): void {
  checks.required('', options, { ...OBJECT, example: '{} for a log group with a line of JSON for each event' });
  checks.kind('format', options.format, FORMAT);
  checks.kind('destination', options.destination, DESTINATION);
  checks.kind('logGroup', options.logGroup, LOG_GROUP);
  checks.kind('encryptionKey', options.encryptionKey, ENCRYPTION_KEY);
  checks.that('retention', options.retention, retentionFault);
  checkContradictions(checks, options);
  options.format?._check(checks.of('format'));
}

/** Makes the access log of a stage. The caller sets `settings` on the stage. */
export function makeAccessLog(stage: WebSocketStage, options: WebsocketAccessLogOptions): AccessLog {
  const format = (options.format ?? WebsocketAccessLogFormat.json())._text;
  if (options.destination) return { settings: { ...options.destination.bind(stage), format } };
  const logGroup = options.logGroup ?? makeLogGroup(stage, options);
  return { settings: { destinationArn: destinationArn(stage, logGroup), format }, logGroup };
}

function checkContradictions(checks: Checks, options: WebsocketAccessLogOptions): void {
  if (options.destination && options.logGroup) {
    checks.refuse('logGroup', options.logGroup, {
      reason: 'is a second destination of the log, in addition to `destination`', remedy: 'keep one of them',
    });
  }
  const elsewhere = options.destination ? 'destination' : 'logGroup';
  const unused = options[elsewhere] && OF_THE_LOG_GROUP.find((name) => options[name] !== undefined);
  if (!unused) return;
  checks.refuse(unused, options[unused], {
    reason: `applies to a log group that the service creates, but \`${elsewhere}\` is given`,
    remedy: `set it where the ${elsewhere === 'logGroup' ? 'log group' : 'destination'} is made`,
  });
}

function makeLogGroup(scope: Construct, options: WebsocketAccessLogOptions): logs.LogGroup {
  const { retention = logs.RetentionDays.ONE_YEAR, removalPolicy, encryptionKey } = options;
  if (encryptionKey) permitLogs(scope, encryptionKey);
  return new logs.LogGroup(scope, 'AccessLog', withoutUndefined({ retention, removalPolicy, encryptionKey }));
}

/** Unlike the `logGroupArn` attribute, which ends in `:*` for the streams, this ARN names the log group, as a stage requires. */
function destinationArn(scope: Construct, { logGroupName, env }: logs.ILogGroup): string {
  return Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    region: env.region,
    account: env.account,
  });
}

/**
 * Lets CloudWatch Logs use the key, which aws-cdk-lib does not do. A condition on the name of the log group would be a cycle.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function permitLogs(scope: Construct, key: kms.IKey): void {
  const stack = Stack.of(scope);
  const logGroups = stack.formatArn({
    service: 'logs', resource: 'log-group', resourceName: '*', arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const { statementAdded } = key.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal(`logs.${stack.region}.${stack.urlSuffix}`)],
    actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    resources: ['*'],
    conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
  }));
  if (statementAdded) return;
  Annotations.of(scope).addWarningV2(
    'cdk-websocket-service:keyPolicyUnchanged',
    'the policy of the key of the access log cannot be changed from here: the deployment fails unless CloudWatch Logs may use the key',
  );
}
