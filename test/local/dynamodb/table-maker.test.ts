import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { Notice, Table } from '../../../lib/local/assembly/local-app';
import { findBinary } from '../../../lib/local/dynamodb/binary';
import { Dynoxide, startDynoxide } from '../../../lib/local/dynamodb/dynoxide';
import { makeTables } from '../../../lib/local/dynamodb/table-maker';

let database: Dynoxide;
let client: DynamoDBClient;
beforeAll(async () => {
  database = await startDynoxide({ binary: findBinary(__dirname)!, onStart: () => undefined });
  client = new DynamoDBClient({ endpoint: database.endpoint.href, region: 'eu-west-1', credentials: { accessKeyId: 'A', secretAccessKey: 's' } });
});
afterAll(() => database.stop());

const attributes = (types: Record<string, string>) => (
  Object.entries(types).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })));
const keys = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' }, ...range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }],
];
const index = (IndexName: string, hash: string, Projection: object = { ProjectionType: 'ALL' }) => ({ IndexName, KeySchema: keys(hash), Projection });

let tables = 0;
/** A table of a name of its own, or another version of one. */
function table(definition: Record<string, unknown> = {}, timeToLive?: string, name = `table-${++tables}`): Table {
  return {
    path: `Test/${name}`,
    name,
    region: 'eu-west-1',
    definition: {
      TableName: name, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: attributes({ pk: 'S' }), KeySchema: keys('pk'), ...definition,
    },
    timeToLive,
  };
}

function make(one: Table, grows = true): Promise<Notice[]> {
  return makeTables([one], { endpoint: database.endpoint, accessKeyId: 'A' }, grows);
}

const describedBy = async (TableName: string) => (await client.send(new DescribeTableCommand({ TableName }))).Table!;
async function expiryOf(TableName: string): Promise<string | undefined> {
  return (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription?.AttributeName;
}

test('a table is made with its TTL; the same again changes nothing and keeps the items', async () => {
  // GIVEN
  const local = [{ IndexName: 'local', KeySchema: keys('pk', 'b'), Projection: { ProjectionType: 'KEYS_ONLY' } }];
  const one = table({
    AttributeDefinitions: attributes({ pk: 'S', sk: 'N', a: 'S', b: 'B' }),
    KeySchema: keys('pk', 'sk'),
    GlobalSecondaryIndexes: [index('byA', 'a', { ProjectionType: 'INCLUDE', NonKeyAttributes: ['y', 'x'] })],
    LocalSecondaryIndexes: local,
  }, 'ttl');

  // WHEN
  expect(await make(one)).toEqual([]);
  await client.send(new PutItemCommand({ TableName: one.name, Item: { pk: { S: 'a' }, sk: { N: '1' } } }));
  expect(await make(one)).toEqual([]);

  // THEN
  expect((await client.send(new ScanCommand({ TableName: one.name }))).Count).toBe(1);
  expect(await expiryOf(one.name)).toBe('ttl');
});

test('an index and a TTL that the app has got since are added', async () => {
  // GIVEN
  const before = table();
  await make(before);

  // WHEN
  const added = [index('byA', 'a'), index('byB', 'b')];
  const after = table({ AttributeDefinitions: attributes({ pk: 'S', a: 'S', b: 'N' }), GlobalSecondaryIndexes: added }, 'ttl', before.name);
  expect(await make(after)).toEqual([]);

  // THEN
  expect((await describedBy(before.name)).GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['byA', 'byB']);
  expect(await expiryOf(before.name)).toBe('ttl');
});

test.each<[string, Record<string, unknown>, string]>([
  ['key', { KeySchema: keys('id'), AttributeDefinitions: attributes({ id: 'S', a: 'S' }) }, 'KeySchema'],
  ['type of a key', { AttributeDefinitions: attributes({ pk: 'N', a: 'S' }) }, 'attribute pk'],
  ['index', { AttributeDefinitions: attributes({ pk: 'S', b: 'S' }), GlobalSecondaryIndexes: [index('byA', 'b')] }, 'index byA'],
  ['projection', { AttributeDefinitions: attributes({ pk: 'S', a: 'S' }), GlobalSecondaryIndexes: [index('byA', 'a', { ProjectionType: 'KEYS_ONLY' })] }, 'index byA'],
])('another %s is a notice, and the table stays as it is, with its items', async (_, definition, what) => {
  // GIVEN
  const before = table({ AttributeDefinitions: attributes({ pk: 'S', a: 'S' }), GlobalSecondaryIndexes: [index('byA', 'a')] });
  await make(before);
  await client.send(new PutItemCommand({ TableName: before.name, Item: { pk: { S: 'a' } } }));

  // WHEN
  const notices = await make(table({ GlobalSecondaryIndexes: [index('byA', 'a')], ...definition }, undefined, before.name));

  // THEN
  expect(notices).toEqual([{
    code: 'table-changed',
    subject: before.path,
    text: `${before.path}: the table ${before.name} exists with other keys than the app has now (${what}), and nothing is deleted: it keeps its keys and its items; `
      + 'restart the gateway (with --data, remove its folder), or give it another name',
  }]);
  expect((await client.send(new ScanCommand({ TableName: before.name }))).Count).toBe(1);
});

test('a table of the developer\'s own does not grow', async () => {
  // GIVEN
  const theirs = table();
  await make(theirs);

  // WHEN
  const ours = table({ AttributeDefinitions: attributes({ pk: 'S', a: 'S' }), GlobalSecondaryIndexes: [index('byA', 'a')] }, 'ttl', theirs.name);
  const notices = await make(ours, false);

  // THEN
  expect(notices.map(({ code, text }) => [code, text.split(': ')[1]])).toEqual([
    ['table-changed', `the table ${theirs.name} exists with other keys than the app has now (index byA), and nothing is deleted`],
  ]);
  expect((await describedBy(theirs.name)).GlobalSecondaryIndexes).toBeUndefined();
  expect(await expiryOf(theirs.name)).toBeUndefined();
});

test('a table that DynamoDB refuses is a notice, and the others are made', async () => {
  // GIVEN
  const broken = table({ KeySchema: keys('nope') });
  const good = table();

  // WHEN
  const notices = await makeTables([broken, good], { endpoint: database.endpoint, accessKeyId: 'A' }, true);

  // THEN
  expect(notices).toEqual([{
    code: 'table-not-made',
    subject: broken.path,
    text: expect.stringMatching(new RegExp(`^${broken.path}: the table ${broken.name} could not be made as the app defines it: ValidationException: .+`)),
  }]);
  expect((await describedBy(good.name)).TableStatus).toBe('ACTIVE');
});

test('rejects if nobody answers', async () => {
  await expect(makeTables([table()], { endpoint: new URL('http://127.0.0.1:1'), accessKeyId: 'A' }, true)).rejects.toThrow('ECONNREFUSED');
});
