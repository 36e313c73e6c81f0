import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';
import { WebsocketDynamoDbPutIntegrationOptions, RouteIntegration } from '../../lib';
import { HOSTILE_TEXTS } from '../_helpers/hostile-texts';
import { CONTEXT, IntegrationParts, serviceCall } from '../_helpers/integration-parts';
import { quickApp, quickStack } from '../_helpers/quick-app';

const ARN = 'arn:aws:dynamodb:eu-central-1:111111111111:table/connections';
const KEY = { connectionId: '$context.connectionId' };

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function parts(options: Partial<WebsocketDynamoDbPutIntegrationOptions> = {}, table?: dynamodb.ITable): IntegrationParts {
  const target = table ?? dynamodb.Table.fromTableArn(stack, 'Table', ARN);
  return new IntegrationParts(stack, RouteIntegration.dynamoDbPut(target, { attributes: KEY, ...options }));
}

test('the integration, and a role that may put items into the table and nothing else', () => {
  // WHEN
  const made = parts();

  // THEN
  expect(made.integration).toMatchObject(serviceCall({ 'integration.request.header.Content-Type': "'application/x-amz-json-1.0'" }));
  expect(made.uri).toBe('arn:AWS::Partition:apigateway:eu-central-1:dynamodb:action/PutItem');
  expect(made.statements).toEqual([{ Action: 'dynamodb:PutItem', Effect: 'Allow', Resource: ARN }]);
});

test.each(['', ...HOSTILE_TEXTS])('the message is a string in the item, and nothing else of the client is: %j', (body) => {
  expect(JSON.parse(parts({ attributes: { ...KEY, text: '$input.body' } }).request(body))).toEqual({
    TableName: 'connections', Item: { connectionId: { S: CONTEXT.connectionId }, text: { S: body } },
  });
});

test('numbers, the condition and what it refers to', () => {
  // WHEN
  const made = parts({
    attributes: { ...KEY, 'it\'s "new"': 'less than 5$' },
    numberAttributes: { at: '$context.requestTimeEpoch', size: "$input.path('$.size')" },
    conditionExpression: 'attribute_not_exists(#id) OR #id = :id',
    expressionAttributeNames: { '#id': 'connectionId' },
    expressionAttributeValues: { ':id': "$input.path('$.id')" },
  });

  // THEN
  expect(JSON.parse(made.request('{"size":3,"id":"a\\"}"}'))).toEqual({
    TableName: 'connections',
    Item: {
      'connectionId': { S: CONTEXT.connectionId }, 'it\'s "new"': { S: 'less than 5$' }, 'at': { N: '1764000000000' }, 'size': { N: '3' },
    },
    ConditionExpression: 'attribute_not_exists(#id) OR #id = :id',
    ExpressionAttributeNames: { '#id': 'connectionId' },
    ExpressionAttributeValues: { ':id': { S: 'a"}' } },
  });
});

test.each<[string, (key: kms.IKey) => dynamodb.ITable]>([
  ['Table', (encryptionKey) => new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'connectionId', type: dynamodb.AttributeType.STRING }, encryptionKey })],
  ['TableV2', (key) => new dynamodb.TableV2(stack, 'Table', {
    partitionKey: { name: 'connectionId', type: dynamodb.AttributeType.STRING }, encryption: dynamodb.TableEncryptionV2.customerManagedKey(key),
  })],
])('the key of an encrypted %s may be used', (_kind, make) => {
  // GIVEN
  stack = new Stack(quickApp(), 'Stack', { env: { region: 'eu-west-1', account: '111111111111' } });
  const key = new kms.Key(stack, 'Key');

  // WHEN
  const made = parts({}, make(key));

  // THEN
  expect(made.statements).toEqual([
    { Action: 'dynamodb:PutItem', Effect: 'Allow', Resource: expect.anything() },
    {
      Action: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Effect: 'Allow',
      Resource: stack.resolve(key.keyArn),
    },
  ]);
});

describe('refused is', () => {
  test.each<[string, Partial<WebsocketDynamoDbPutIntegrationOptions>, string]>([
    ['no attribute', { attributes: {} },
      "attributes: {} leaves the item without its key; name at least the key, for example { connectionId: '$context.connectionId' }"],
    ['an attribute of two types', { numberAttributes: { connectionId: '1' } },
      'numberAttributes: "connectionId" is in `attributes` too, and an attribute has one type; keep one of them'],
    ['a placeholder without a condition', { expressionAttributeNames: { '#a': 'a' } },
      'expressionAttributeNames: { #a } is for a condition, and the item has none; give `conditionExpression`, or leave it out'],
    ['a value without a condition', { expressionAttributeValues: { ':a': 'a' } },
      'expressionAttributeValues: { :a } is for a condition, and the item has none; give `conditionExpression`, or leave it out'],
    ['what is neither a text nor a variable', { attributes: { a: "$input.path('$.a') and more" } },
      'attributes["a"]: "$input.path(\'$.a\') and more" is neither literal text nor one variable; use $context.<name>, $stageVariables.<name>, $input.body, '
      + "$input.path('<JSONPath>') or $input.params('<name>'), or `requestTemplates` for more than that"],
  ])('%s', (_case, options, message) => {
    expect(() => parts(options)).toThrow(new Error(`Stack/Home: integration.${message}`));
  });
});
