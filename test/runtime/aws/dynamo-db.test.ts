import { dynamoDb } from '../../../lib/runtime/aws/dynamo-db';
import { transact } from '../../../lib/runtime/store/table';
import { failure, FakeAnswer, FakeAws } from '../_helpers/fake-aws';
import { within } from '../_helpers/within';

let aws: FakeAws;
const environment = { ...process.env };

beforeAll(async () => aws = await FakeAws.start());
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  process.env = {
    ...environment,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_DYNAMODB: `${aws.url}/.aws/dynamodb`,
    WEBSOCKET_STORE: JSON.stringify({ table: 'store' }),
  };
});
afterEach(() => process.env = environment);

const item = { pk: { S: 'C#a' }, sk: { S: 'C' } };

/** As DynamoDB writes an error: the type is in the body. */
function error(status: number, type: string, message: string, more: object = {}): FakeAnswer {
  return { status, body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message, ...more }) };
}

function cancelled(...codes: string[]): FakeAnswer {
  return error(400, 'TransactionCanceledException', 'cancelled', { CancellationReasons: codes.map((Code) => ({ Code })) });
}

test('an operation is the JSON of the wire, at the path of the endpoint', async () => {
  aws.answer = () => ({ body: JSON.stringify({ Attributes: item }) });

  const result = await dynamoDb()('PutItem', { TableName: 'store', Item: item });

  expect(result).toEqual({ Attributes: item });
  expect(aws.arrived[0]).toMatchObject({
    method: 'POST', path: '/.aws/dynamodb/', headers: { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-type': 'application/x-amz-json-1.0' },
  });
  expect(JSON.parse(aws.arrived[0].body.toString())).toEqual({ TableName: 'store', Item: item });
});

test('the region is that of the store', async () => {
  process.env.WEBSOCKET_STORE = JSON.stringify({ table: 'store', region: 'us-east-2' });

  await dynamoDb()('GetItem', {});

  expect(aws.arrived[0].headers.authorization).toContain('/us-east-2/dynamodb/');
});

test('a failed condition is not tried again, and brings the old item', async () => {
  aws.answer = () => error(400, 'ConditionalCheckFailedException', 'The conditional request failed', { Item: item });

  await expect(dynamoDb()('UpdateItem', {})).rejects.toMatchObject({
    name: 'ConditionalCheckFailedException', message: 'UpdateItem on the table store answered 400 ConditionalCheckFailedException The conditional request failed', item,
  });
  expect(aws.arrived).toHaveLength(1);
});

test.each([
  'ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded', 'InternalServerError', 'TransactionInProgressException',
])('%s passes', async (type) => {
  aws.answer = (_, index) => (index < 3 ? error(400, type, 'later') : { body: '{}' });

  expect(await dynamoDb()('GetItem', {})).toEqual({});
  expect(aws.arrived).toHaveLength(4);
});

test.each([[['TransactionConflict', 'None']], [['None', 'ThrottlingError']], [['ProvisionedThroughputExceeded', 'TransactionConflict']]])(
  'a transaction that is cancelled by %j passes, as the same transaction', async (codes) => {
    aws.answer = (_, index) => (index < 2 ? cancelled(...codes) : { body: '{}' });

    await transact(['Delete', {}]);

    const tokens = aws.arrived.map(({ body }) => (JSON.parse(body.toString()) as { ClientRequestToken: string }).ClientRequestToken);
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  });

test.each([[['ConditionalCheckFailed', 'None']], [['ConditionalCheckFailed', 'TransactionConflict']], [['ValidationError', 'ThrottlingError']]])(
  'a transaction that is cancelled by %j does not', async (codes) => {
    aws.answer = () => cancelled(...codes);

    await expect(dynamoDb()('TransactWriteItems', { TransactItems: [] })).rejects.toMatchObject({
      name: 'TransactionCanceledException', reasons: codes.map((Code) => ({ Code })),
    });
    expect(aws.arrived).toHaveLength(1);
  });

test('all of it ends at the deadline of the invocation, with the last error', async () => {
  aws.answer = () => error(400, 'ThrottlingException', 'Rate exceeded');
  await expect(within(300, () => dynamoDb()('GetItem', {}))).rejects.toMatchObject({
    name: 'ThrottlingException', code: 'STORE_FAILED', message: 'GetItem on the table store answered 400 ThrottlingException Rate exceeded',
  });

  aws.answer = () => ({ cut: 'before' });
  await expect(within(300, () => dynamoDb()('GetItem', {}))).rejects.toMatchObject({ code: 'TIMEOUT' });
});

test('no rights, and an error without a type', async () => {
  aws.answer = () => failure(400, 'AccessDeniedException', 'User: arn:aws:sts::1:assumed-role/x is not authorized');
  await expect(dynamoDb()('GetItem', {})).rejects.toMatchObject({ name: 'AccessDeniedException' });

  aws.answer = () => ({ status: 404, body: '<html>' });
  await expect(dynamoDb()('GetItem', {})).rejects.toMatchObject({ name: 'UnknownError', message: 'GetItem on the table store answered 404' });
});

test('without a store there is no database', async () => {
  delete process.env.WEBSOCKET_STORE;

  await expect(dynamoDb()('GetItem', {})).rejects.toMatchObject({ code: 'NO_STORE' });
});
