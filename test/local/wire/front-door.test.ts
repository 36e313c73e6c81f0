import { call } from './_helpers/backend';
import { markedEndpoint } from '../../../lib/local/wire/front-door';
import { api, app, route, TestServer } from '../_helpers/local-server';

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

test('6.2, 6.10: @connections in capital letters is Forbidden, and why is told', async () => {
  expect(await call(server, 'POST', '/dev/@Connections/PJqB0fHsqRcCHlw=')).toMatchObject({ status: 403, body: '{"message":"Forbidden"}' });
  expect(server.requests('post').map(({ reason }) => reason)).toEqual([
    '/@Connections/PJqB0fHsqRcCHlw=: @connections is written in lower case (6.2)',
  ]);
});

test('a refused request may have a body of any length', async () => {
  expect(await call(server, 'POST', '/nope', { body: 'x'.repeat(5_000_000) })).toMatchObject({ status: 403 });
});

test('a call of a client without an endpoint is served, and told by its function', async () => {
  // GIVEN
  const { pathname } = new URL(markedEndpoint('http://localhost:3001/dev', 'Test/Füñction'));

  // WHEN
  const { status } = await call(server, 'GET', `${pathname}/@connections/PJqB0fHsqRcCHlw=`);

  // THEN
  expect(status).toBe(410);
  expect(unnamed).toEqual(['Test/Füñction']);
});

test.each(['/.no-endpoint/', '/.no-endpoint/x', '/.no-endpoint/%00/dev'])('%s is no such call', async (path) => {
  expect(await call(server, 'GET', path)).toMatchObject({ status: 403 });
});

test('its endpoint has no slash at the end, where the domain itself is the stage', () => {
  expect(new URL(markedEndpoint('http://localhost:3001', 'Fn')).pathname).toBe('/.no-endpoint/Rm4');
});
