import * as path from 'path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from '../../../lib';
import { Gateway, GatewayEvent, RequestEvent, startGateway } from '../../../lib/local';
import { AppFolder } from '../../_helpers/app-folder';
import { TestClient, until } from '../_helpers/local-server';

const HANDLERS = `
let calls = 0;
export const count = async () => ({ statusCode: 200, body: 'pid ' + process.pid + ' call ' + ++calls });
export const slow = async () => {
  console.log('slow began');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  return { statusCode: 200, body: 'too late' };
};
export const patient = async () => ({ statusCode: 200, body: 'answered' });
export const connect = async () => ({ statusCode: 200 });
`;

let folder: AppFolder;
let gateway: Gateway;
let client: TestClient;
const events: GatewayEvent[] = [];

const requests = (type: RequestEvent['type']): RequestEvent[] => events.filter((event): event is RequestEvent => event.type === type);

/** What the counting function says, as [process, call]. */
const count = async (): Promise<string[]> => /pid (\d+) call (\d+)/.exec(await client.ask({ action: 'count' }))!.slice(1);

beforeAll(async () => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  const app = new App({ outdir: path.join(folder.path, 'cdk.out') });
  new WebsocketService(new Stack(app, 'Test'), 'Chat', {
    routes: {
      $connect: { handler: 'handlers.connect' },
      count: { handler: 'handlers.count', returnResponse: true },
      patient: { handler: 'handlers.patient', returnResponse: true, timeout: Duration.minutes(1) },
      slow: { handler: 'handlers.slow', returnResponse: true },
    },
    authorizer: ConnectAuthorizer.none(),
  });
  gateway = await startGateway({ app: app.synth().directory, directory: folder.path, concurrency: 1, onEvent: (event) => events.push(event) });
  client = await TestClient.open(gateway.url);
});
afterEach(() => gateway.faults.clear());
afterAll(async () => {
  await client.close();
  await gateway.close();
  folder.leave();
});

test('4.4.2: a killed handler has run, its client gets an error frame, and the next invocation a new process', async () => {
  // GIVEN
  const [before, calls] = await count();
  await gateway.faults.handler({ route: 'count', kill: true });

  // WHEN
  const frame = JSON.parse(await client.ask({ action: 'count' })) as unknown;
  await gateway.faults.clear();
  const [after, fresh] = await count();

  // THEN
  expect(frame).toMatchObject({ message: 'Internal server error' });
  expect([before === after, Number(calls) > 0, fresh]).toEqual([false, true, '1']);
  expect(requests('message').at(-2)).toMatchObject({ error: { type: 'Runtime.ExitError', message: expect.stringMatching(/Error: Runtime exited with error: signal: killed$/) } });
});

test('4.4.2: a handler that does not answer is killed within its work, not before', async () => {
  // GIVEN
  await gateway.faults.handler({ route: 'slow', kill: true });

  // WHEN
  const frame = JSON.parse(await client.ask({ action: 'slow' })) as unknown;

  // THEN
  expect(frame).toMatchObject({ message: 'Internal server error' });
  expect(events.some((event) => event.type === 'output' && event.text === 'slow began')).toBe(true);
});

test('several messages at once are each killed alone, and those that come later are answered', async () => {
  // GIVEN
  await gateway.faults.handler({ route: 'count', kill: true });

  // WHEN
  for (let messages = 0; messages < 3; messages++) client.send({ action: 'count' });
  const frames = [await client.next(), await client.next(), await client.next()];
  await gateway.faults.clear();

  // THEN
  expect(frames.map((frame) => (JSON.parse(frame) as { message: string }).message)).toEqual(Array(3).fill('Internal server error'));
  expect((await count())[1]).toBe('1');
});

test('2.3: a killed $connect refuses the handshake with 502', async () => {
  await gateway.faults.handler({ route: '$connect', kill: true });
  expect((await TestClient.refusal(gateway.url)).status).toBe(502);
});

describe('a slow handler', () => {
  test.each(['advance', 'clear'] as const)('4.4.5: answers when the time has come: %s', async (how) => {
    // GIVEN
    await gateway.faults.handler({ route: 'patient', delay: 20_000 });
    client.send({ action: 'patient' });
    expect(await client.silence()).toEqual([]);

    // WHEN
    await (how === 'advance' ? gateway.faults.advance(20_000) : gateway.faults.clear());

    // THEN
    expect(await client.next()).toBe('answered');
  });

  test('4.4.2: is ended by the timeout of its function', async () => {
    // GIVEN
    await gateway.faults.handler({ route: 'count', delay: 20_000 });
    client.send({ action: 'count' });
    expect(await client.silence()).toEqual([]);

    // WHEN
    await gateway.faults.advance(3_000);

    // THEN
    expect(JSON.parse(await client.next())).toMatchObject({ message: 'Internal server error' });
    await until(() => requests('message').at(-1)?.error !== undefined);
    expect(requests('message').at(-1)?.error).toMatchObject({
      type: 'Sandbox.Timedout', message: expect.stringMatching(/ Task timed out after 3\.00 seconds$/),
    });
  });

  test('4.4.5: its client waits no longer than the integration', async () => {
    // GIVEN
    await gateway.faults.handler({ route: 'patient', delay: 29_500 });
    client.send({ action: 'patient' });
    expect(await client.silence()).toEqual([]);

    // WHEN
    await gateway.faults.advance(29_000);

    // THEN
    expect(JSON.parse(await client.next())).toMatchObject({ message: 'Endpoint request timed out' });
  });
});

test('4.4.5: a cold start delays the next invocation of each function, once', async () => {
  // GIVEN
  await gateway.faults.coldStart({ milliseconds: 10_000 });
  client.send({ action: 'count' });
  expect(await client.silence()).toEqual([]);

  // WHEN
  await gateway.faults.advance(10_000);

  // THEN
  expect(await client.next()).toMatch(/^pid/);
  expect(await count()).toHaveLength(2);
});
