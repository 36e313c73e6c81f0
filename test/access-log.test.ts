import { Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnStage, IAccessLogDestination, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { WebsocketAccessLogFormat, WebsocketAccessLogOptions } from '../lib';
import { checkAccessLog, makeAccessLog } from '../lib/access-log';
import { quickApp, quickStack, warnings } from './_helpers/quick-app';
import { Checks } from '../lib/private/checks/checks';
import { AccessLog } from '../lib/private/stages/service-stages';

/** A stage with an access log, made as a service makes it. */
function stageWith(stack: Stack, options: WebsocketAccessLogOptions): { stage: WebSocketStage; log: AccessLog } {
  checkAccessLog(new Checks(stack, 'accessLog'), options);
  const stage = new WebSocketStage(stack, 'Stage', { webSocketApi: new WebSocketApi(stack, 'Api'), stageName: 'dev' });
  const log = makeAccessLog(stage, options);
  (stage.node.defaultChild as CfnStage).accessLogSettings = log.settings;
  return { stage, log };
}

function settingsOf(stack: Stack): unknown {
  const [found] = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Stage')) as Array<{ Properties: object }>;
  return (found.Properties as { AccessLogSettings: unknown }).AccessLogSettings;
}

/** The ARN of a log group, without the `:*` of its attribute. */
const arnOf = (name: unknown): object => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':log-group:', name]],
});

describe('the log group', () => {
  test('is made below the stage, keeps a line for a year, and stays', () => {
    // GIVEN
    const stack = quickStack();

    // WHEN
    const { stage, log } = stageWith(stack, {});

    // THEN
    const logicalId = stack.getLogicalId(log.logGroup!.node.defaultChild as logs.CfnLogGroup);
    expect(log.logGroup).toBe(stage.node.findChild('AccessLog'));
    expect(Template.fromStack(stack).findResources('AWS::Logs::LogGroup')).toEqual({
      [logicalId]: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 365 }, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
    });
    expect(settingsOf(stack)).toEqual({ DestinationArn: arnOf({ Ref: logicalId }), Format: WebsocketAccessLogFormat.json()._text });
    expect(warnings(stack)).toEqual([]);
  });

  test.each([
    [logs.RetentionDays.ONE_DAY, { RetentionInDays: 1 }],
    [logs.RetentionDays.INFINITE, undefined],
  ])('retention: %s', (retention, properties) => {
    const stack = quickStack();
    stageWith(stack, { retention });

    const [group] = Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup'));
    expect(group.Properties).toEqual(properties);
  });

  test('removalPolicy', () => {
    const stack = quickStack();
    stageWith(stack, { removalPolicy: RemovalPolicy.DESTROY });

    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test('of your own', () => {
    // GIVEN
    const stack = quickStack();
    const logGroup = new logs.LogGroup(stack, 'Mine');

    // WHEN
    const { log } = stageWith(stack, { logGroup });

    // THEN
    expect(log.logGroup).toBe(logGroup);
    Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 1);
    expect(settingsOf(stack)).toEqual({
      DestinationArn: arnOf({ Ref: stack.getLogicalId(logGroup.node.defaultChild as logs.CfnLogGroup) }),
      Format: WebsocketAccessLogFormat.json()._text,
    });
  });

  test.each([':*', ''])('of your own, imported by an ARN that ends in "%s"', (end) => {
    const stack = quickStack();
    const arn = 'arn:aws:logs:eu-west-1:123456789012:log-group:/my/log';
    stageWith(stack, { logGroup: logs.LogGroup.fromLogGroupArn(stack, 'Mine', `${arn}${end}`) });

    expect(settingsOf(stack)).toMatchObject({
      DestinationArn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:eu-west-1:123456789012:log-group:/my/log']] },
    });
  });

  test('of your own, imported by name', () => {
    const stack = quickStack();
    stageWith(stack, { logGroup: logs.LogGroup.fromLogGroupName(stack, 'Mine', '/my/log') });

    expect(settingsOf(stack)).toMatchObject({
      DestinationArn: {
        'Fn::Join': ['', [
          'arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':log-group:/my/log',
        ]],
      },
    });
  });
});

describe('the key of the log group', () => {
  const statement = (stack: Stack): object => ({
    Effect: 'Allow',
    Principal: { Service: stack.resolve(`logs.${stack.region}.${stack.urlSuffix}`) as unknown },
    Action: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
    Resource: '*',
    Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arnOf('*') } },
  });

  test('may be used by CloudWatch Logs of this region, for log groups of this account', () => {
    // GIVEN
    const stack = quickStack();
    const encryptionKey = new kms.Key(stack, 'Key');

    // WHEN
    stageWith(stack, { encryptionKey });

    // THEN
    const template = Template.fromStack(stack);
    const key = stack.getLogicalId(encryptionKey.node.defaultChild as kms.CfnKey);
    const { Statement } = template.findResources('AWS::KMS::Key')[key].Properties.KeyPolicy as { Statement: object[] };
    template.hasResourceProperties('AWS::Logs::LogGroup', { KmsKeyId: { 'Fn::GetAtt': [key, 'Arn'] } });
    expect(Statement.slice(1)).toEqual([{
      ...statement(stack),
      Principal: { Service: { 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] } },
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': {
            'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':log-group:*']],
          },
        },
      },
    }]);
    expect(warnings(stack)).toEqual([]);
  });

  test('may come from another stack', () => {
    // GIVEN
    const app = quickApp();
    const keys = new Stack(app, 'Keys');
    const stack = new Stack(app, 'Stack');

    // WHEN
    stageWith(stack, { encryptionKey: new kms.Key(keys, 'Key') });

    // THEN
    const assembly = app.synth();
    const needs = ({ artifactId }: Stack): string[] => assembly.getStackArtifact(artifactId).dependencies.map(({ id }) => id)
      .filter((id) => !id.endsWith('.assets'));
    expect([needs(stack), needs(keys)]).toEqual([['Keys'], []]);
  });

  test('that is imported has a policy of its own: a warning', () => {
    const stack = quickStack();
    stageWith(stack, { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:123456789012:key/abc') });

    expect(warnings(stack)).toEqual([
      '/Stack/Stage: the policy of the key of the access log cannot be changed from here: the deployment fails unless CloudWatch Logs '
      + 'may use the key [ack: cdk-websocket-service:keyPolicyUnchanged]',
    ]);
  });
});

test('format', () => {
  const stack = quickStack();
  stageWith(stack, { format: WebsocketAccessLogFormat.clf() });

  expect(settingsOf(stack)).toMatchObject({ Format: WebsocketAccessLogFormat.clf()._text });
});

test('destination: bound to the stage, and no log group is made', () => {
  // GIVEN
  const stack = quickStack();
  const destinationArn = 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-log';
  const bind = jest.fn(() => ({ destinationArn }));

  // WHEN
  const { stage, log } = stageWith(stack, { destination: { bind } });

  // THEN
  expect(bind).toHaveBeenCalledWith(stage);
  expect(log.logGroup).toBeUndefined();
  expect(settingsOf(stack)).toEqual({ DestinationArn: destinationArn, Format: WebsocketAccessLogFormat.json()._text });
  Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 0);
});

describe('refuses', () => {
  const stack = quickStack();
  const logGroup = new logs.LogGroup(stack, 'Mine');
  const encryptionKey = new kms.Key(stack, 'Key');
  const destination: IAccessLogDestination = { bind: () => ({ destinationArn: 'arn' }) };
  const other = <T>(value: unknown): T => value as T;

  const MADE_HERE = 'applies to a log group that the service creates, but';
  test.each<[string, WebsocketAccessLogOptions, string]>([
    ['two places', { destination, logGroup }, 'logGroup: Stack/Mine is a second destination of the log, in addition to `destination`; keep one of them'],
    ['retention of another log group', { logGroup, retention: 7 }, `retention: 7 ${MADE_HERE} \`logGroup\` is given; set it where the log group is made`],
    ['removalPolicy of another log group', { logGroup, removalPolicy: RemovalPolicy.DESTROY },
      `removalPolicy: "destroy" ${MADE_HERE} \`logGroup\` is given; set it where the log group is made`],
    ['the key of another log group', { logGroup, encryptionKey }, `encryptionKey: Stack/Key ${MADE_HERE} \`logGroup\` is given; set it where the log group is made`],
    ['retention of a destination', { destination, retention: 7 },
      `retention: 7 ${MADE_HERE} \`destination\` is given; set it where the destination is made`],
    ['removalPolicy of a destination', { destination, removalPolicy: RemovalPolicy.DESTROY },
      `removalPolicy: "destroy" ${MADE_HERE} \`destination\` is given; set it where the destination is made`],
    ['the key of a destination', { destination, encryptionKey },
      `encryptionKey: Stack/Key ${MADE_HERE} \`destination\` is given; set it where the destination is made`],
    ['a period that CloudWatch Logs does not have', { retention: other(31) }, 'retention: 31 is not a retention period of CloudWatch Logs; use one of logs.RetentionDays'],
    ['a format that is wrong', { format: WebsocketAccessLogFormat.custom('$context.status') }, 'format: "$context.status" has neither '
      + '$context.requestId nor $context.extendedRequestId, but API Gateway requires one of them; add one'],
    ['a format that is text', { format: other('$context.requestId') },
      'format: "$context.requestId" is not a WebsocketAccessLogFormat; use WebsocketAccessLogFormat.custom(format) for text'],
    ['a destination that is a log group', { destination: other(logGroup) }, 'destination: Stack/Mine is not an IAccessLogDestination; use `logGroup` for a log group'],
    ['a log group that is a name', { logGroup: other('/my/log') },
      'logGroup: "/my/log" is not a log group; use logs.LogGroup.fromLogGroupName(this, \'Imported\', name) for a name'],
    ['a key that is an ARN', { encryptionKey: other('arn:aws:kms') },
      'encryptionKey: "arn:aws:kms" is not a key of KMS; use kms.Key.fromKeyArn(this, \'Imported\', arn) for an ARN'],
  ])('%s', (_case, options, message) => {
    expect(() => checkAccessLog(new Checks(stack, 'accessLog'), options)).toThrow(new Error(`Stack: accessLog.${message}`));
  });

  test.each<[string, unknown, string]>([
    ['no options', true, 'true is not an object; use {} for a log group with a line of JSON for each event'],
  ])('%s', (_case, options, message) => {
    expect(() => checkAccessLog(new Checks(stack, 'accessLog'), other(options))).toThrow(new Error(`Stack: accessLog: ${message}`));
  });
});

test('a retention that is known at deployment only is let through', () => {
  expect(() => checkAccessLog(new Checks(quickStack(), 'accessLog'), { retention: Lazy.number({ produce: () => 7 }) })).not.toThrow();
});
