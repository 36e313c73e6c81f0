import { call } from './_helpers/backend';
import { GatewayError } from '../../../lib/local/gateway-error';
import { AddressBook } from '../../../lib/local/wire/address-book';
import { ManagementApi, markedEndpoint } from '../../../lib/local/wire/management-api';
import { FrontDoor, Ports } from '../../../lib/local/wire/ports';
import { ServedStage } from '../../../lib/local/wire/served-stage';
import { ServiceEndpoints } from '../../../lib/local/wire/service-endpoints';
import { Tools } from '../../../lib/local/wire/tools';
import { Upgrades } from '../../../lib/local/wire/upgrades';
import { Visitors } from '../../../lib/local/wire/visitors';
import { api, app, route, stage, testCertificate, TestServer } from '../_helpers/local-server';

describe('ports', () => {
  let ports: Ports;
  /** What each port leads to, in the order in which they were made. */
  let doors: FrontDoor[];
  beforeEach(() => {
    doors = [];
    ports = new Ports((book) => {
      // Nobody comes through these doors.
      const door = new FrontDoor(book, new Visitors({}), {} as Upgrades, {} as ManagementApi, {} as ServiceEndpoints, {} as Tools);
      doors.push(door);
      return door;
    });
  });
  afterEach(() => ports.close());

  function served(logicalId: string, name: string, ...mappingKeys: string[]): ServedStage {
    const one = stage({ name, mappings: mappingKeys.map((mappingKey) => ({ domainName: 'example.com', mappingKey })) });
    return new ServedStage(api([], { logicalId, stages: [one] }), one);
  }

  async function open(...stages: ServedStage[]): Promise<number[]> {
    ports.assign(stages);
    await ports.open(0, '127.0.0.1', await testCertificate());
    ports.publish();
    return stages.map((one) => ports.numberOf(one));
  }

  function leadsTo(book: AddressBook, path: string): ServedStage | undefined {
    return book.find('localhost', path)?.served;
  }

  test('APIs whose stages have different names share a port', async () => {
    const [chat, feed] = [served('Chat', 'dev'), served('Feed', 'prod')];
    const [first, second] = await open(chat, feed);
    expect(first).toBeGreaterThan(0);
    expect(second).toBe(first);
    expect([leadsTo(doors[0].book, '/dev'), leadsTo(doors[0].book, '/prod')]).toEqual([chat, feed]);
  });

  test.each([
    ['two stages of one name', served('Chat', 'dev'), served('Feed', 'dev')],
    ['a mapping key that is the name of a stage', served('Chat', 'dev', 'v1'), served('Feed', 'v1')],
    ['two mapping keys', served('Chat', 'dev', 'v1'), served('Feed', 'prod', 'v1')],
  ])('%s need two ports', async (_what, chat, feed) => {
    const [first, second] = await open(chat, feed);
    expect(second).not.toBe(first);
    expect(doors.map(({ book }) => [chat, feed].indexOf(leadsTo(book, `/${feed.stage.name}`)!))).toContain(1);
  });

  test('an assigned stage cannot be reached before it is published', async () => {
    const [chat, feed] = [served('Chat', 'dev'), served('Feed', 'prod')];
    await open(chat);

    // WHEN
    ports.assign([feed]);

    // THEN
    expect([leadsTo(doors[0].book, '/dev'), leadsTo(doors[0].book, '/prod')]).toEqual([chat, undefined]);
    ports.publish();
    expect([leadsTo(doors[0].book, '/dev'), leadsTo(doors[0].book, '/prod')]).toEqual([undefined, feed]);
  });

  test('a served stage keeps its port, and a new one gets one', async () => {
    // GIVEN
    const [chat, feed] = [served('Chat', 'dev'), served('Feed', 'dev')];
    const [before] = await open(chat);

    // WHEN
    const [after, other] = await open(chat, feed);

    // THEN
    expect(after).toBe(before);
    expect(other).not.toBe(before);
  });

  test('an API that takes the place of another takes its port', async () => {
    // GIVEN
    const [chat, renamed] = [served('Chat', 'dev'), served('Chat2', 'dev')];
    const [before] = await open(chat);

    // WHEN
    const [after] = await open(renamed);

    // THEN
    expect(after).toBe(before);
    expect(ports.numberOf(chat)).toBe(0);
    expect(leadsTo(doors[0].book, '/dev')).toBe(renamed);
  });

  test('a stage goes to the port of its API, unless it would clash there', async () => {
    // GIVEN
    const feed = api([], { logicalId: 'Feed' });
    const [chatDev, feedDev, feedProd, feedTest] = [
      served('Chat', 'dev', 'test'), new ServedStage(feed, stage()), new ServedStage(feed, stage({ name: 'prod' })), new ServedStage(feed, stage({ name: 'test' })),
    ];

    // WHEN
    const [chat, dev, prod, test] = await open(chatDev, feedDev, feedProd, feedTest);

    // THEN
    expect([dev === chat, prod === dev, test === dev]).toEqual([false, true, true]);
  });

  test('an API that is gone before its port could be opened needs none', async () => {
    // GIVEN
    const [chat, feed] = [served('Chat', 'dev'), served('Feed', 'dev')];
    ports.assign([chat, feed]);

    // WHEN
    await open(chat);

    // THEN
    expect([chat, feed].map((one) => ports.numberOf(one) > 0)).toEqual([true, false]);
  });

  test('a second port after the last one is refused by its name, and none is opened', async () => {
    // GIVEN
    ports.assign([served('Chat', 'dev'), served('Feed', 'dev')]);

    // WHEN
    const opened = ports.open(65_535, '127.0.0.1', await testCertificate());

    // THEN
    await expect(opened).rejects.toThrow(new GatewayError('PORT_REFUSED', 'port 65536 does not exist, and APIs with stages of '
      + 'the same name need the ports 65535 to 65536; begin lower, for example --port 3001'));
  });
});

describe('the front door of a port', () => {
  let server: TestServer;
  const unnamed: string[] = [];
  beforeAll(async () => {
    const onMissingEndpoint = (functionId: string) => unnamed.push(functionId);
    server = await TestServer.start(app(api([route('$connect')])), () => ({ statusCode: 200 }), { onMissingEndpoint });
  });
  afterAll(() => server.stop());

  test.each(['/dev', '/dev/', '/dev/x', '/dev/x/y?z=1'])('1.1.4: GET %s without an upgrade is 426 Upgrade Required', async (path) => {
    expect(await call(server, 'GET', path)).toMatchObject({
      status: 426,
      body: '{"message":"Upgrade Required"}',
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': expect.stringMatching(/^[\w-]{15}=$/) },
    });
  });

  test.each(['/', '/nope', '/@connections/PJqB0fHsqRcCHlw='])('1.1.3, 6.10: %s has no stage and is Forbidden', async (path) => {
    expect(await call(server, 'GET', path)).toMatchObject({
      status: 403, body: '{"message":"Forbidden"}', headers: { 'x-amzn-errortype': 'ForbiddenException' },
    });
  });

  test('6.2, 6.10: @connections in capital letters is Forbidden, with the reason reported', async () => {
    expect(await call(server, 'POST', '/dev/@Connections/PJqB0fHsqRcCHlw=')).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
    expect(server.requests('post').map(({ reason }) => reason)).toEqual([
      '/@Connections/PJqB0fHsqRcCHlw=: @connections is written in lower case (6.2)',
    ]);
  });

  test('a refused request may have a body of any length', async () => {
    expect(await call(server, 'POST', '/nope', { body: 'x'.repeat(5_000_000) })).toMatchObject({ status: 403 });
  });

  test('a call of a client without an endpoint is served, and its function is reported', async () => {
    // GIVEN
    const { pathname } = new URL(markedEndpoint('http://localhost:3001/dev', 'Test/Füñction'));

    // WHEN
    const { status } = await call(server, 'GET', `${pathname}/@connections/PJqB0fHsqRcCHlw=`);

    // THEN
    expect(status).toBe(410);
    expect(unnamed).toEqual(['Test/Füñction']);
  });

  test.each(['/.no-endpoint/', '/.no-endpoint/x', '/.no-endpoint/%00/dev'])('%s is not such a call', async (path) => {
    expect(await call(server, 'GET', path)).toMatchObject({ status: 403 });
  });

  test('a marked endpoint has no slash at the end if the domain itself is the stage', () => {
    expect(new URL(markedEndpoint('http://localhost:3001', 'Fn')).pathname).toBe('/.no-endpoint/Rm4');
  });
});
