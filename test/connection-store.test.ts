import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import {
  ConnectAuthorizer,
  WebsocketConnectionStore,
  WebsocketConnectionStoreOptions,
  WebsocketDynamoDbStoreOptions,
  WebsocketHistoryOptions,
  WebsocketService,
} from '../lib';
import { inlineFunction, quickStack, warnings } from './_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function service(connectionStore: WebsocketConnectionStore, id = 'Chat'): WebsocketService {
  return new WebsocketService(stack, id, {
    routes: { say: { function: inlineFunction(stack, `${id}Say`) } }, connectionStore, authorizer: ConnectAuthorizer.none(),
  });
}

/** The resource of the table, as the template has it. */
function table(): { Properties: Record<string, unknown>; DeletionPolicy: string; UpdateReplacePolicy: string } {
  const [found] = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::Table'));
  return found as ReturnType<typeof table>;
}

/** What `WEBSOCKET_STORE` of the handler says, with a dash for each value that is known only at deployment. */
function settings(chat: WebsocketService): unknown {
  const { WEBSOCKET_STORE: text } = stack.resolve(chat.publishEnvironment) as { WEBSOCKET_STORE: { 'Fn::Join': [string, unknown[]] } };
  return JSON.parse(text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '-')).join(''));
}

const HOUR: WebsocketHistoryOptions = { duration: Duration.hours(1), maxMessages: 200 };

test('a table of the service is on demand, with an expiry, and goes with its stack', () => {
  // WHEN
  const chat = service(WebsocketConnectionStore.dynamoDb());

  // THEN
  expect(chat.connectionTable!.node.path).toBe('Stack/Chat/ConnectionTable');
  expect(table()).toEqual({
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    },
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
  });
  expect(settings(chat)).toEqual({ table: '-', region: '-', fanOut: '-' });
});

describe('an option', () => {
  test.each<[WebsocketDynamoDbStoreOptions, object]>([
    [{ tableName: 'chat-connections' }, { TableName: 'chat-connections' }],
    [{ deletionProtection: true }, { DeletionProtectionEnabled: true }],
    [{ deletionProtection: false }, { DeletionProtectionEnabled: false }],
    [{ pointInTimeRecovery: true }, { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }],
    [{ pointInTimeRecovery: false }, { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } }],
    [{ encryption: dynamodb.TableEncryption.AWS_MANAGED }, { SSESpecification: { SSEEnabled: true } }],
    [{ encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED }, { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: expect.anything() } }],
  ])('has its effect on the table: %j', (options, properties) => {
    // WHEN
    service(WebsocketConnectionStore.dynamoDb(options));

    // THEN
    expect(table().Properties).toMatchObject(properties);
    expect(warnings(stack)).toEqual([]);
  });

  test.each<[WebsocketDynamoDbStoreOptions, string]>([
    [{ removalPolicy: RemovalPolicy.DESTROY }, 'Delete'],
    [{ removalPolicy: RemovalPolicy.RETAIN }, 'Retain'],
    [{ removalPolicy: RemovalPolicy.RETAIN, deletionProtection: true }, 'Retain'],
    [{ deletionProtection: true }, 'Retain'],
    [{ removalPolicy: RemovalPolicy.DESTROY, deletionProtection: false }, 'Delete'],
    [{ removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }, 'RetainExceptOnCreate'],
  ])('says what happens to the table at its end: %j', (options, policy) => {
    // WHEN
    service(WebsocketConnectionStore.dynamoDb(options));

    // THEN
    expect(table().DeletionPolicy).toBe(policy);
  });

  test('encrypts the table with a key, which handlers may use', () => {
    // GIVEN
    const key = new kms.Key(stack, 'Key');

    // WHEN
    service(WebsocketConnectionStore.dynamoDb({ encryptionKey: key }));

    // THEN
    const arn = stack.resolve(key.keyArn) as unknown;
    expect(table().Properties.SSESpecification).toEqual({ KMSMasterKeyId: arn, SSEEnabled: true, SSEType: 'KMS' });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Action: Match.arrayWith(['kms:Decrypt', 'kms:Encrypt']),
          Condition: { StringLike: { 'kms:ViaService': 'dynamodb.*' } },
          Effect: 'Allow',
          Resource: arn,
        }]),
      },
    });
  });

  test.each<[WebsocketConnectionStoreOptions, object]>([
    [{ history: HOUR }, { history: { seconds: 3600, maxMessages: 200 } }],
    [{ userFrom: 'email' }, { userFrom: 'email' }],
    [{ userFrom: 'custom:"id"\\' }, { userFrom: 'custom:"id"\\' }],
    [{ history: HOUR, userFrom: 'email' }, { history: { seconds: 3600, maxMessages: 200 }, userFrom: 'email' }],
  ])('reaches the runtime: %j', (options, told) => {
    expect(settings(service(WebsocketConnectionStore.dynamoDb(options)))).toEqual({ table: '-', region: '-', ...told, fanOut: '-' });
  });

  test('may be a token', () => {
    // WHEN
    const chat = service(WebsocketConnectionStore.dynamoDb({
      tableName: Token.asString({ Ref: 'Name' }),
      userFrom: Token.asString({ Ref: 'User' }),
      history: { duration: Duration.seconds(Token.asNumber({ Ref: 'Seconds' })), maxMessages: Token.asNumber({ Ref: 'Most' }) },
    }));

    // THEN
    const { WEBSOCKET_STORE: text } = stack.resolve(chat.publishEnvironment) as { WEBSOCKET_STORE: { 'Fn::Join': [string, unknown[]] } };
    expect(text['Fn::Join'][1]).toEqual([
      '{"table":"', { Ref: expect.stringMatching(/^ChatConnectionTable/) }, '","region":"', { Ref: 'AWS::Region' },
      '","history":{"seconds":', { Ref: 'Seconds' }, ',"maxMessages":', { Ref: 'Most' }, '},"userFrom":"', { Ref: 'User' },
      '","fanOut":"', { Ref: expect.stringMatching(/^ChatFanOut/) }, '"}',
    ]);
    expect(table().Properties.TableName).toEqual({ Ref: 'Name' });
  });
});

describe('a bad option', () => {
  const unknown = <T>(value: unknown): T => value as T;

  test.each<[string, WebsocketDynamoDbStoreOptions, string]>([
    ['a short name', { tableName: 'ab' }, '.tableName: "ab" has 2 characters; use 3 to 255'],
    ['a name with a slash', { tableName: 'a/b/c' }, '.tableName: "a/b/c" is not a legal name of a table; use letters, digits, hyphens, dots and underscores'],
    ['an unknown option', unknown({ billing: 'x' }), '.billing: "x": there is no option `billing`; the options are history, userFrom, tableName, '
      + 'removalPolicy, deletionProtection, encryption, encryptionKey and pointInTimeRecovery'],
    ['an ARN of a key', unknown({ encryptionKey: 'arn' }), '.encryptionKey: "arn" is not a KMS key; use kms.Key.fromKeyArn(this, \'Key\', arn) for an ARN'],
    ['a text for a boolean', unknown({ pointInTimeRecovery: 'yes' }), '.pointInTimeRecovery: "yes" is not a boolean; use true or false'],
    ['a misspelt encryption', unknown({ encryption: 'CUSTOMER_MANGED' }), '.encryption: "CUSTOMER_MANGED" is not "AWS_OWNED", "CUSTOMER_MANAGED" or '
      + '"AWS_MANAGED"; did you mean "CUSTOMER_MANAGED"?'],
    ['a snapshot', { removalPolicy: RemovalPolicy.SNAPSHOT }, '.removalPolicy: "snapshot" is not for tables of DynamoDB, which CloudFormation makes no '
      + 'snapshots of; use RemovalPolicy.RETAIN'],
    ['removal of a protected table', { removalPolicy: RemovalPolicy.DESTROY, deletionProtection: true }, '.removalPolicy: "destroy" deletes the table with its '
      + 'stack, but `deletionProtection` makes DynamoDB refuse that; leave one of them out'],
    ['a number as user', unknown({ userFrom: 5 }), '.userFrom: 5 is not a string; use \'email\''],
    ['an empty user', { userFrom: '' }, '.userFrom: "" is not a key of the context that an authorizer returns; name a key of that context, without white space, '
      + 'for example \'email\''],
    ['the latency as user', { userFrom: 'integrationLatency' }, '.userFrom: "integrationLatency" is the time that the authorizer took; name a key of that '
      + 'context, without white space, for example \'email\''],
    ['a history that is none', unknown({ history: true }), '.history: true is not an object; use { duration: Duration.hours(1), maxMessages: 200 }'],
    ['a history without a duration', unknown({ history: { maxMessages: 5 } }), '.history.duration: (not set) is not a Duration; use Duration.seconds(30)'],
    ['a history without a number', unknown({ history: { duration: Duration.hours(1) } }), '.history.maxMessages: (not set) is not a number; use 5'],
    ['a short history', { history: { ...HOUR, duration: Duration.seconds(59) } }, '.history.duration: 59 seconds is not a time for which messages are kept; '
      + 'use whole seconds, from a minute to 365 days'],
    ['a long history', { history: { ...HOUR, duration: Duration.days(366) } }, '.history.duration: 366 days is not a time for which messages are kept; '
      + 'use whole seconds, from a minute to 365 days'],
    ['half a second', { history: { ...HOUR, duration: Duration.millis(60_500) } }, '.history.duration: 1 minute 500 millis is not a time for which messages are '
      + 'kept; use whole seconds, from a minute to 365 days'],
    ['no message', { history: { ...HOUR, maxMessages: 0 } }, '.history.maxMessages: 0 is not a number of messages that a join sends again; use a whole number '
      + 'from 1 to 10000'],
    ['half a message', { history: { ...HOUR, maxMessages: 1.5 } }, '.history.maxMessages: 1.5 is not a number of messages that a join sends again; use a whole '
      + 'number from 1 to 10000'],
    ['too many messages', { history: { ...HOUR, maxMessages: 10_001 } }, '.history.maxMessages: 10001 is not a number of messages that a join sends again; use '
      + 'a whole number from 1 to 10000'],
  ])('is an error: %s', (_case, options, text) => {
    expect(() => service(WebsocketConnectionStore.dynamoDb(options))).toThrow(new Error(`Stack/Chat: connectionStore${text}`));
  });

  test.each([dynamodb.TableEncryption.AWS_MANAGED, dynamodb.TableEncryption.DEFAULT])('is an error: a key, and %s encryption', (encryption) => {
    // GIVEN
    const encryptionKey = new kms.Key(stack, 'Key');

    // THEN
    expect(() => service(WebsocketConnectionStore.dynamoDb({ encryption, encryptionKey }))).toThrow(new Error(
      `Stack/Chat: connectionStore.encryption: "${encryption}" is for a table without a key of its own, but \`encryptionKey\` is given; `
      + 'leave one of them out, or set TableEncryption.CUSTOMER_MANAGED',
    ));
  });

  test('is an error: a duration that is known only at deployment, in hours', () => {
    const duration = Duration.hours(Token.asNumber({ Ref: 'Hours' }));

    expect(() => service(WebsocketConnectionStore.dynamoDb({ history: { duration, maxMessages: 5 } }))).toThrow(
      /^Stack\/Chat: connectionStore\.history\.duration: .* is known only at deployment, and is converted to seconds before that; use Duration\.seconds\(\.\.\.\) for a token$/,
    );
  });

  test('is an error: something else as a store', () => {
    expect(() => service(unknown(new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING } })))).toThrow(new Error(
      'Stack/Chat: connectionStore: Stack/Table is not a WebsocketConnectionStore; use WebsocketConnectionStore.dynamoDb(), or '
      + 'WebsocketConnectionStore.table(table) for your own table',
    ));
  });

  test('of a table of the user is an error if it is for a new table', () => {
    const options: WebsocketConnectionStoreOptions = unknown({ removalPolicy: RemovalPolicy.RETAIN });

    expect(() => service(WebsocketConnectionStore.table(dynamodb.Table.fromTableName(stack, 'Table', 'chat'), options))).toThrow(new Error(
      'Stack/Chat: connectionStore.removalPolicy: "retain": there is no option `removalPolicy`; the options are history and userFrom',
    ));
  });

  test('is an error: no table', () => {
    expect(() => service(WebsocketConnectionStore.table(unknown(undefined)))).toThrow(new Error(
      'Stack/Chat: connectionStore.table: (not set) is not a DynamoDB table; use dynamodb.Table.fromTableArn(this, \'Connections\', arn) for an ARN',
    ));
  });
});

test('a table of the user is used as it is', () => {
  // GIVEN
  const given = dynamodb.Table.fromTableArn(stack, 'Table', 'arn:aws:dynamodb:eu-west-1:123456789012:table/chat');

  // WHEN
  const chat = service(WebsocketConnectionStore.table(given, { userFrom: 'email' }));

  // THEN
  expect(chat.connectionTable).toBe(given);
  expect(settings(chat)).toEqual({ table: 'chat', region: 'eu-west-1', userFrom: 'email', fanOut: '-' });
  Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::Table', 0);
});

test('a table of another Region is refused', () => {
  // GIVEN
  stack = new Stack(stack.node.root, 'Ireland', { env: { region: 'eu-west-1', account: '123456789012' } });
  const given = dynamodb.Table.fromTableArn(stack, 'Table', 'arn:aws:dynamodb:us-east-1:123456789012:table/chat');

  // THEN
  expect(() => service(WebsocketConnectionStore.table(given))).toThrow(new Error(
    'Ireland/Chat: connectionStore.table: Ireland/Table is in the Region us-east-1, and the service is in eu-west-1; use a table of that Region',
  ));
});

test('one set of options may make the stores of several services', () => {
  // GIVEN
  const store = WebsocketConnectionStore.dynamoDb();

  // WHEN
  service(store, 'One');
  service(store, 'Two');

  // THEN
  Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::Table', 2);
});
