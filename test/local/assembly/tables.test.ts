import { App, CfnCondition, CfnParameter, Fn, NestedStack, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib';
import { AttributeType, Billing, BillingMode, CfnTable, ProjectionType, StreamViewType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { WebsocketService } from '../../../lib';
import { LocalApp } from '../../../lib/local/assembly/local-app';
import { readApp } from '../../../lib/local/assembly/read-app';
import { synthesize } from '../../_helpers/assembly';
import { inlineFunction } from '../../_helpers/quick-app';

const pk = { name: 'pk', type: AttributeType.STRING };
const sk = { name: 'sk', type: AttributeType.NUMBER };

/** An app with a function that has these variables. */
function appOf(define: (stack: Stack) => Record<string, string>, tablesOnAws = false): LocalApp {
  return readApp(synthesize((stack) => {
    const fn = inlineFunction(stack, 'Fn');
    for (const [name, value] of Object.entries(define(stack))) fn.addEnvironment(name, value);
    new WebsocketService(stack, 'Chat', { routes: { send: { function: fn } } });
  }, 'eu-west-1'), { tablesOnAws });
}

function variables({ functions }: LocalApp): unknown {
  return [...functions.values()].map(({ environment, unresolved }) => ({ ...environment, unresolved }));
}

test('Table: keys, indexes, TTL and stream, and no capacity', () => {
  // WHEN
  const { tables, notices } = appOf((stack) => {
    const table = new Table(stack, 'Items', {
      tableName: 'items',
      partitionKey: pk,
      sortKey: sk,
      billingMode: BillingMode.PROVISIONED,
      readCapacity: 3,
      timeToLiveAttribute: 'ttl',
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    table.addGlobalSecondaryIndex({ indexName: 'byUser', partitionKey: { name: 'user', type: AttributeType.STRING }, projectionType: ProjectionType.KEYS_ONLY });
    table.addLocalSecondaryIndex({ indexName: 'byAge', sortKey: { name: 'age', type: AttributeType.BINARY } });
    return {};
  });

  // THEN
  expect(notices).toEqual([]);
  expect(tables).toEqual([{
    path: 'Test/Items',
    name: 'items',
    region: 'eu-west-1',
    definition: {
      TableName: 'items',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'N' }, { AttributeName: 'user', AttributeType: 'S' },
        { AttributeName: 'age', AttributeType: 'B' },
      ],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      GlobalSecondaryIndexes: [{ IndexName: 'byUser', KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } }],
      LocalSecondaryIndexes: [{
        IndexName: 'byAge',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'age', KeyType: 'RANGE' }],
        Projection: { ProjectionType: 'ALL' },
      }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
    timeToLive: 'ttl',
  }]);
});

test('TableV2: the same, from a GlobalTable', () => {
  // WHEN
  const { tables, notices } = appOf((stack) => {
    new TableV2(stack, 'Items', {
      tableName: 'items',
      partitionKey: pk,
      billing: Billing.onDemand(),
      timeToLiveAttribute: 'expires',
      dynamoStream: StreamViewType.KEYS_ONLY,
      globalSecondaryIndexes: [{ indexName: 'byUser', partitionKey: { name: 'user', type: AttributeType.STRING } }],
    });
    return {};
  });

  // THEN
  expect(notices).toEqual([]);
  expect(tables).toEqual([{
    path: 'Test/Items',
    name: 'items',
    region: 'eu-west-1',
    definition: {
      TableName: 'items',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'user', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [{ IndexName: 'byUser', KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
    },
    timeToLive: 'expires',
  }]);
});

test('the environments of functions have the names and ARNs of tables that the app does not name', () => {
  // WHEN
  const app = appOf((stack) => {
    const table = new TableV2(stack, 'Items', { partitionKey: pk, dynamoStream: StreamViewType.KEYS_ONLY });
    return { TABLE: table.tableName, ARN: table.tableArn, STREAM: table.tableStreamArn!, ID: table.tableId! };
  });

  // THEN
  const [{ name }] = app.tables;
  expect(name).toMatch(/^Test-Items\w{8}-[A-Z\d]{12}$/);
  expect(app.notices).toEqual([]);
  expect(variables(app)).toMatchObject([{
    TABLE: name,
    ARN: `arn:aws:dynamodb:eu-west-1:111111111111:table/${name}`,
    STREAM: `arn:aws:dynamodb:eu-west-1:111111111111:table/${name}/stream/2026-01-01T00:00:00.000`,
    ID: expect.stringMatching(/^[\da-f-]{36}$/),
    unresolved: [],
  }]);
});

test('a long name has at most 255 characters, and a name is of DynamoDB\'s characters', () => {
  const { tables: [{ name }] } = appOf((stack) => {
    new CfnTable(stack, 'T'.repeat(255), { keySchema: [{ attributeName: 'pk', keyType: 'HASH' }] });
    return {};
  });
  expect(name).toMatch(/^[\w.-]{255}$/);
});

test('with tables on AWS, none is made, and a name that a deployment makes is unknown', () => {
  const app = appOf((stack) => ({
    A: new Table(stack, 'Named', { tableName: 'named', partitionKey: pk }).tableName, B: new Table(stack, 'Items', { partitionKey: pk }).tableName,
  }), true);
  expect(app.tables).toEqual([]);
  expect(variables(app)).toMatchObject([{
    A: 'named', unresolved: [{ name: 'B', refersTo: 'Test/Items (AWS::DynamoDB::Table)', reason: 'its name is made at deployment' }],
  }]);
});

test('tables of other stacks and of nested ones are made; those whose condition is false are not', () => {
  // GIVEN
  const app = new App();
  const stack = new Stack(app, 'Test');
  new WebsocketService(stack, 'Chat', { routes: { send: { function: inlineFunction(stack, 'Fn') } } });
  new Table(new NestedStack(stack, 'Inner'), 'Items', { partitionKey: pk });
  new Table(new Stack(new Stage(app, 'Prod'), 'Data'), 'Items', { tableName: 'prod', partitionKey: pk });
  const never = new Table(stack, 'Never', { partitionKey: pk }).node.defaultChild as CfnTable;
  never.cfnOptions.condition = new CfnCondition(stack, 'No', { expression: Fn.conditionEquals('a', 'b') });

  // THEN
  expect(readApp(app.synth().directory, { stack: 'Test' }).tables.map(({ path }) => path)).toEqual(['Test/Inner/Items', 'Prod/Data/Items']);
});

test('a table of which only a deployment knows the keys, the name or the existence is noted', () => {
  const { tables, notices } = appOf((stack) => {
    const unknown = new CfnParameter(stack, 'Unknown').valueAsString;
    const maybe = new CfnCondition(stack, 'Maybe', { expression: Fn.conditionEquals(unknown, 'b') });
    new Table(stack, 'Keys', { tableName: 'keys', partitionKey: { name: unknown, type: AttributeType.STRING } });
    new Table(stack, 'Name', { tableName: unknown, partitionKey: pk });
    (new Table(stack, 'Condition', { partitionKey: pk }).node.defaultChild as CfnTable).cfnOptions.condition = maybe;
    return {};
  });
  expect(tables).toEqual([]);
  expect(notices).toEqual([
    ['Test/Keys', 'its property AttributeDefinitions refers to parameter Unknown: it has no default'],
    ['Test/Name', 'its property TableName refers to parameter Unknown: it has no default'],
    ['Test/Condition', 'only a deployment knows whether it exists'],
  ].map(([subject, why]) => ({ code: 'table-not-made', subject, text: `${subject}: the table is not made here: ${why}` })));
});

test('of two tables with one name the first is made, with a notice', () => {
  const { tables, notices } = appOf((stack) => {
    new Table(stack, 'One', { tableName: 'items', partitionKey: pk });
    new Table(stack, 'Two', { tableName: 'items', partitionKey: sk });
    return {};
  });
  expect(tables.map(({ path }) => path)).toEqual(['Test/One']);
  expect(notices).toEqual([{
    code: 'table-shared',
    subject: 'Test/Two',
    text: 'Test/Two: it has the name of Test/One, items: here they are one table, made as Test/One says',
  }]);
});
