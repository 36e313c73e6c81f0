import { spawn } from 'child_process';
import { once } from 'events';
import * as fs from 'fs';
import * as path from 'path';
import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType, CfnTable, StreamViewType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { WebsocketService } from '../../../lib';
import { Gateway, GatewayEvent, GatewayOptions, startGateway } from '../../../lib/local';
import { BINARY_PACKAGE } from '../../../lib/local/dynamodb/binary';
import { AppFolder } from '../../_helpers/app-folder';
import { TestClient, until } from '../_helpers/local-server';

const HANDLERS = `
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
const table = DynamoDBDocumentClient.from(new DynamoDBClient());
const reply = (body: unknown) => ({ statusCode: 200, body: JSON.stringify(body) });
const put = async (event: any) => {
  await table.send(new PutCommand({ TableName: process.env.TABLE, Item: JSON.parse(event.body).item }));
  return reply('put');
};
const query = async (event: any) => {
  const { user } = JSON.parse(event.body);
  const { Items } = await table.send(new QueryCommand({
    TableName: process.env.TABLE_ARN, IndexName: 'byUser', KeyConditionExpression: '#user = :user',
    ExpressionAttributeNames: { '#user': 'user' }, ExpressionAttributeValues: { ':user': user },
  }));
  return reply(Items);
};
const unknown = async () => {
  try {
    return reply(await table.send(new GetCommand({ TableName: 'elsewhere', Key: { pk: 'a' } })));
  } catch (error: any) {
    return reply({ name: error.name, message: error.message });
  }
};
const environment = async () => reply(process.env);
export const all = (event: any) => ({ put, query, unknown, environment })[event.requestContext.routeKey as 'put'](event);
`;

const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, '../../../node_modules', BINARY_PACKAGE, 'package.json'), 'utf8')) as { version: string };
const pk = { name: 'pk', type: AttributeType.STRING };

let folder: AppFolder;
let events: GatewayEvent[] = [];
const open: Gateway[] = [];

function synthesize(define: (stack: Stack) => void = () => undefined): string {
  const app = new App({ outdir: path.join(folder.path, 'cdk.out'), context: { 'aws:cdk:enable-path-metadata': true } });
  const stack = new Stack(app, 'Test');
  const items = new TableV2(stack, 'Items', {
    partitionKey: pk,
    sortKey: { name: 'sk', type: AttributeType.NUMBER },
    timeToLiveAttribute: 'ttl',
    dynamoStream: StreamViewType.NEW_IMAGE,
    globalSecondaryIndexes: [{ indexName: 'byUser', partitionKey: { name: 'user', type: AttributeType.STRING } }],
    localSecondaryIndexes: [{ indexName: 'byAge', sortKey: { name: 'age', type: AttributeType.NUMBER } }],
  });
  new Table(stack, 'Named', { tableName: 'named', partitionKey: pk });
  new WebsocketService(stack, 'Chat', {
    routes: Object.fromEntries(['put', 'query', 'unknown', 'environment'].map((name) => [name, { handler: 'handlers.all', returnResponse: true }])),
    defaults: { environment: { TABLE: items.tableName, TABLE_ARN: items.tableArn } },
  });
  define(stack);
  return app.synth().directory;
}

async function start(options: GatewayOptions = {}): Promise<Gateway> {
  const gateway = await startGateway({ directory: folder.path, app: 'cdk.out', onEvent: (event) => events.push(event), ...options });
  open.push(gateway);
  return gateway;
}

async function ask(gateway: Gateway, message: object): Promise<unknown> {
  const client = await TestClient.open(gateway.url);
  client.send(JSON.stringify(message));
  const reply = await client.next();
  await client.close();
  return JSON.parse(reply);
}

function sdk(gateway: Gateway): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: `http://127.0.0.1:${new URL(gateway.url).port}/.aws/dynamodb`, region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  });
}

const notices = (): string[] => events.flatMap((event) => (event.type === 'notice' ? [`${event.code}: ${event.text}`] : []));

/** The processes of dynoxide that a process started. */
function dynoxides(parent = process.pid): number[] {
  return fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => {
    try {
      const command = fs.readFileSync(`/proc/${name}/cmdline`, 'utf8');
      return command.includes('/dynoxide\0') && fs.readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1] === String(parent);
    } catch {
      return false;
    }
  }).map(Number);
}

beforeAll(() => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  fs.symlinkSync(path.join(__dirname, '../../../node_modules'), path.join(folder.path, 'node_modules'));
  synthesize();
});
afterAll(() => folder.leave());
beforeEach(() => { events = []; });
afterEach(async () => {
  await Promise.all(open.splice(0).map((gateway) => gateway.close()));
});


describe('an app with tables', () => {
  let gateway: Gateway;
  beforeAll(async () => { gateway = await startGateway({ directory: folder.path, app: 'cdk.out' }); });
  afterAll(() => gateway.close());

  test('handlers put, and query an index by the ARN of the table, with the SDK', async () => {
    const item = { pk: 'a', sk: 1, user: 'ann', arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/named' };
    expect(await ask(gateway, { action: 'put', item })).toBe('put');
    expect(await ask(gateway, { action: 'query', user: 'ann' })).toEqual([item]);
  });

  test('tables have the keys, indexes, TTL and stream of the template', async () => {
    // WHEN
    const client = sdk(gateway);
    const { TableNames = [] } = await client.send(new ListTablesCommand());
    const { Table: items } = await client.send(new DescribeTableCommand({ TableName: TableNames[0] }));
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: TableNames[0] }));

    // THEN
    expect(TableNames).toEqual([expect.stringMatching(/^Test-Items\w{8}-[A-Z\d]{12}$/), 'named']);
    expect(items).toMatchObject({
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      GlobalSecondaryIndexes: [{ IndexName: 'byUser', KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }] }],
      LocalSecondaryIndexes: [{ IndexName: 'byAge', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'age', KeyType: 'RANGE' }] }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    });
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    expect(gateway.tables).toEqual({ names: expect.arrayContaining(TableNames), where: `in memory, by dynoxide ${version}` });
  });

  test('a condition that fails is the error of the SDK, with the item', async () => {
    const put = (value: string) => sdk(gateway).send(new PutItemCommand({
      TableName: 'named',
      Item: { pk: { S: 'once' }, value: { S: value } },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }));
    await put('first');
    await expect(put('second')).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException', Item: { pk: { S: 'once' }, value: { S: 'first' } },
    });
  });

  test('a table that is not in the app is AWS\'s error, with the way out', async () => {
    expect(await ask(gateway, { action: 'unknown' })).toEqual({
      name: 'ResourceNotFoundException',
      message: expect.stringMatching(new RegExp('^Requested resource not found: "elsewhere" is not a table of this app, which has named, Test-Items\\w{8}-[A-Z\\d]{12}; '
        + 'tables elsewhere are reached with --dynamodb URL or --dynamodb aws \\(startGateway: dynamodb\\)$')),
    });
  });

  test('its process listens at a random address of this machine only, and no handler knows it', async () => {
    // GIVEN
    const [pid] = dynoxides();
    const [, , host, , port] = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');

    // THEN
    expect(host).toMatch(/^127\.\d+\.\d+\.\d+$/);
    expect(host).not.toBe('127.0.0.1');
    expect(fs.readFileSync(`/proc/${pid}/environ`, 'utf8')).toBe('');
    expect(JSON.stringify(await ask(gateway, { action: 'environment' }))).not.toContain(`${host}:${port}`);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  });

  test('answers have no CORS header, although those of dynoxide have', async () => {
    const response = await fetch(`http://127.0.0.1:${new URL(gateway.url).port}/.aws/dynamodb`, {
      method: 'POST', body: '{}', headers: { ...SIGNED, 'Origin': 'http://localhost:5173', 'X-Amz-Target': 'DynamoDB_20120810.ListTables', 'X-Amz-Date': '20231129T000000Z' },
    });
    expect([response.status, Object.keys(await response.json() as object)]).toEqual([200, ['TableNames']]);
    expect([...response.headers.keys()].sort()).toEqual([
      'connection', 'content-length', 'content-type', 'date', 'keep-alive', 'x-amz-crc32', 'x-amzn-requestid',
    ]);
  });
});

const SIGNED = {
  'Authorization': `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20231129/eu-west-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
  'Content-Type': 'application/x-amz-json-1.0',
};

test('--host does not expose it', async () => {
  // WHEN
  await start({ host: '0.0.0.0' });
  const words = (): string[] => fs.readFileSync(`/proc/${dynoxides()[0]}/cmdline`, 'utf8').split('\0');
  // Before that, it is the shell that waits for the word to start it.
  await until(() => dynoxides().length === 1 && !words().some((word) => word.includes('read -r')));

  // THEN
  const [, , host] = words();
  expect(host).toMatch(/^127\./);
});

test('an app without tables starts nothing, and functions get no endpoint', async () => {
  // GIVEN
  const app = new App({ outdir: path.join(folder.path, 'none') });
  new WebsocketService(new Stack(app, 'Test'), 'Chat', { routes: { environment: { handler: 'handlers.all', returnResponse: true } } });

  // WHEN
  const gateway = await start({ app: app.synth().directory });

  // THEN
  expect(Object.keys(await ask(gateway, { action: 'environment' }) as object)).not.toContain('AWS_ENDPOINT_URL_DYNAMODB');
  expect([dynoxides(), gateway.tables]).toEqual([[], undefined]);
  await expect(sdk(gateway).send(new ListTablesCommand())).rejects.toThrow('the app has no table, so the gateway has no DynamoDB; tables elsewhere are reached '
    + 'with --dynamodb URL or --dynamodb aws (startGateway: dynamodb)');
});

test('an endpoint that the developer has set is kept, and nothing is started', async () => {
  const gateway = await start({ environment: { AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000' } });
  expect(await ask(gateway, { action: 'environment' })).toMatchObject({ AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000' });
  expect([dynoxides(), gateway.tables?.where]).toEqual([[], 'at http://localhost:8000 (AWS_ENDPOINT_URL_DYNAMODB)']);
});

test('--dynamodb and an endpoint that the developer has set contradict each other', async () => {
  await expect(start({ dynamodb: 'aws', environment: { AWS_ENDPOINT_URL: 'http://localhost:4566' } })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: '--dynamodb (startGateway: dynamodb) says aws, and AWS_ENDPOINT_URL of the shell or of the environment that functions are given says '
      + 'http://localhost:4566; keep one of them',
  });
});

test('--dynamodb aws: handlers call AWS, and a name that a deployment makes is a notice again', async () => {
  const gateway = await start({ dynamodb: 'aws' });
  const variables = await ask(gateway, { action: 'environment' });
  expect(Object.keys(variables as object)).not.toEqual(expect.arrayContaining(['AWS_ENDPOINT_URL_DYNAMODB', 'TABLE']));
  expect([dynoxides(), gateway.tables]).toEqual([[], undefined]);
  expect(notices().join('\n')).toContain('has no value here, since it refers to Test/Items (AWS::DynamoDB::GlobalTable): its name is made at deployment');
});

test('--dynamodb URL: missing tables are made there, and those that are there stay as they are', async () => {
  // GIVEN: a DynamoDB that the developer runs, with one of the tables in another shape
  const theirs = await start();
  const url = `http://127.0.0.1:${new URL(theirs.url).port}/.aws/dynamodb`;
  await sdk(theirs).send(new DeleteTableCommand({ TableName: 'named' }));
  const Other = { TableName: 'named', BillingMode: 'PAY_PER_REQUEST' as const, AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' as const }] };
  await sdk(theirs).send(new CreateTableCommand({ ...Other, KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }));
  const [, items] = theirs.tables!.names;
  await sdk(theirs).send(new DeleteTableCommand({ TableName: items }));

  // WHEN
  const gateway = await start({ dynamodb: url });
  await until(() => notices().some((text) => text.startsWith('table-changed')));

  // THEN
  expect(await ask(gateway, { action: 'environment' })).toMatchObject({ AWS_ENDPOINT_URL_DYNAMODB: url });
  expect(notices().filter((text) => text.startsWith('table-'))).toEqual([
    'table-changed: Test/Named: the table named exists with other keys than the app has now (KeySchema), and nothing is deleted: it keeps its keys and its items; '
    + 'delete the table, or give it another name',
  ]);
  await until(async () => (await sdk(theirs).send(new ListTablesCommand())).TableNames!.length === 2);
  await expect(sdk(gateway).send(new ListTablesCommand())).rejects.toThrow(`with --dynamodb ${url}, the gateway has no DynamoDB of its own`);
});

test('a dynoxide that is killed is restarted with empty tables, and a notice says so', async () => {
  // GIVEN
  const gateway = await start();
  await ask(gateway, { action: 'put', item: { pk: 'a', sk: 1, user: 'ann' } });
  const [before] = dynoxides();

  // WHEN
  process.kill(before, 'SIGKILL');
  await until(() => notices().some((text) => text.startsWith('dynamodb-restarted')));

  // THEN
  expect(await ask(gateway, { action: 'query', user: 'ann' })).toEqual([]);
  expect(dynoxides()).not.toContain(before);
  expect(notices().filter((text) => text.startsWith('dynamodb'))).toEqual([
    'dynamodb-restarted: the embedded DynamoDB has ended (SIGKILL) and is restarted: the items of its tables are lost',
  ]);
});

test('a table that is added to the app is made with the next synthesis; one whose keys have changed stays', async () => {
  // GIVEN
  const gateway = await start({ watch: true });
  const client = sdk(gateway);
  expect((await client.send(new ListTablesCommand())).TableNames).toHaveLength(2);

  // WHEN
  synthesize((stack) => {
    new Table(stack, 'Added', { tableName: 'added', partitionKey: pk });
    const named = stack.node.findChild('Named').node.defaultChild as CfnTable;
    named.keySchema = [{ attributeName: 'id', keyType: 'HASH' }];
    named.attributeDefinitions = [{ attributeName: 'id', attributeType: 'S' }];
  });
  await until(async () => (await client.send(new ListTablesCommand())).TableNames!.includes('added'));
  await until(() => notices().some((text) => text.startsWith('table-changed')));

  // THEN
  await client.send(new PutItemCommand({ TableName: 'named', Item: { pk: { S: 'still' } } }));
  expect(gateway.tables?.names).toContain('added');
  synthesize();
});

test('nothing of it outlives the gateway', async () => {
  const gateway = await start();
  await sdk(gateway).send(new ListTablesCommand());
  const [pid] = dynoxides();
  await gateway.close();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('nothing of it outlives a gateway that is killed', async () => {
  // GIVEN: a gateway in a process of its own
  const script = `require(${JSON.stringify(path.join(__dirname, '../../../lib/local'))}).startGateway({ app: 'cdk.out' })
    .then(({ url }) => console.log(url))`;
  const child = spawn(process.execPath, ['-e', script], { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data') as [Buffer];
  const gateway = { url: url.toString().trim() } as Gateway;
  await sdk(gateway).send(new ListTablesCommand());
  const [pid] = dynoxides(child.pid);

  // WHEN
  child.kill('SIGKILL');

  // THEN
  await until(() => !fs.existsSync(`/proc/${pid}`));
});

describe('--data', () => {
  const data = (): string => path.join(folder.path, 'kept');
  afterEach(() => fs.rmSync(data(), { recursive: true, force: true }));

  test('keeps items from one gateway to the next, in a folder of this user alone', async () => {
    // GIVEN
    const item = { pk: 'a', sk: 1, user: 'ann' };
    const first = await start({ data: 'kept' });
    await ask(first, { action: 'put', item });
    await first.close();

    // WHEN
    const second = await start({ data: 'kept' });

    // THEN
    expect(await ask(second, { action: 'query', user: 'ann' })).toEqual([item]);
    expect(second.tables?.where).toBe(`in ${data()}, by dynoxide ${version}`);
    expect((fs.statSync(data()).mode % 0o1000).toString(8)).toBe('700');
    expect(notices().filter((text) => text.startsWith('table-'))).toEqual([]);
  });

  test('keeps items over a dynoxide that is killed', async () => {
    const item = { pk: 'a', sk: 1, user: 'ann' };
    const gateway = await start({ data: 'kept' });
    await ask(gateway, { action: 'put', item });
    process.kill(dynoxides()[0], 'SIGKILL');
    await until(() => notices().some((text) => text.startsWith('dynamodb-restarted')));
    expect(await ask(gateway, { action: 'query', user: 'ann' })).toEqual([item]);
    expect(notices().filter((text) => text.startsWith('dynamodb'))).toEqual([
      `dynamodb-restarted: the embedded DynamoDB has ended (SIGKILL) and is restarted: its tables are kept in ${data()}/dynamodb.sqlite`,
    ]);
  });

  test('belongs to one gateway at a time', async () => {
    await start({ data: 'kept' });
    await expect(start({ data: 'kept' })).rejects.toMatchObject({
      code: 'DATA_IN_USE', message: `the data folder "kept" is used by another gateway (process ${process.pid}); stop that, or name another folder`,
    });
  });
});

test('without the program, a notice and every call say what to add', async () => {
  // GIVEN
  const bare = new AppFolder({ 'handlers.ts': 'export const environment = async () => ({ statusCode: 200, body: JSON.stringify(process.env) });' });
  try {
    // WHEN
    const gateway = await start({ app: path.join(folder.path, 'cdk.out'), directory: bare.path });
    const text = `there is no DynamoDB here: run npm install --save-dev ${BINARY_PACKAGE} in the folder of the app for one that the gateway `
      + 'starts itself, or name another with --dynamodb URL or, for the tables on AWS, --dynamodb aws (startGateway: dynamodb)';

    // THEN
    expect(notices().filter((notice) => notice.startsWith('dynamodb'))).toEqual([`dynamodb-missing: 2 tables (Test/Named, Test/Items): ${text}`]);
    await expect(sdk(gateway).send(new ListTablesCommand())).rejects.toMatchObject({ name: 'LocalDynamoDbMissing', message: text, $metadata: { attempts: 1 } });
  } finally {
    bare.leave();
    process.chdir(folder.path);
  }
});
