import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { ConnectAuthorizer, WebsocketServiceRoute, WebsocketService, WebsocketTokenSource } from '../../lib';
import { TestClient } from './_helpers/test-client';
import { Gateway, startGateway } from '../../lib/local';
import { AppFolder } from '../_helpers/app-folder';
import { browserTest, withPage } from '../_helpers/browser';
import { rsaKey, TestIssuer } from '../lambda/_helpers/issuer';

const HANDLERS = `
export const whoami = async (event: any) => ({ statusCode: 200, body: JSON.stringify(event.requestContext.authorizer) });
export const connect = async (event: any) => event.headers.Origin === 'https://evil.example.com'
  ? { statusCode: 403 } : { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'own' } };
`;
const POOL = 'eu-west-1_AbCdEf123';

let folder: AppFolder;
let issuer: TestIssuer;
let gateway: Gateway;
const before = process.env.NODE_EXTRA_CA_CERTS;

/** A service for each kind of door. */
function synthesize(): string {
  const stack = new Stack(new App({ outdir: path.join(folder.path, 'cdk.out'), context: { 'aws:cdk:enable-path-metadata': true } }), 'Test');
  const whoami = { whoami: { handler: 'handlers.whoami', returnResponse: true } };
  const door = (id: string, authorizer: ConnectAuthorizer, routes: Record<string, WebsocketServiceRoute> = {}): void => {
    new WebsocketService(stack, id, { routes: { ...whoami, ...routes }, authorizer });
  };
  const trusted = { issuer: issuer.url, audience: ['chat'] };
  const { queryString, header, cookie, subprotocol } = WebsocketTokenSource;
  door('Query', ConnectAuthorizer.jwt(trusted));
  door('Any', ConnectAuthorizer.jwt({ ...trusted, tokenSources: [queryString('token'), header('Authorization'), cookie('session'), subprotocol('bearer')] }));
  door('Own', ConnectAuthorizer.jwt({ ...trusted, tokenSources: [subprotocol('own')] }), { $connect: { handler: 'handlers.connect' } });
  door('Scoped', ConnectAuthorizer.jwt({ ...trusted, scopes: ['chat'] }));
  door('Pool', ConnectAuthorizer.cognito({
    userPool: cognito.UserPool.fromUserPoolId(stack, 'UserPool', POOL),
    userPoolClients: [cognito.UserPoolClient.fromUserPoolClientId(stack, 'Client', 'web')],
  }));
  return (stack.node.root as App).synth().directory;
}

beforeAll(async () => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  issuer = await TestIssuer.start();
  process.env.NODE_EXTRA_CA_CERTS = issuer.certificateFile;
  const functionEnvironment = { 'Test/Pool/AuthorizerFunction': { JWT_JWKS_URI: issuer.jwksUri } };
  // An empty page of a browser has no origin of its own.
  gateway = await startGateway({ app: synthesize(), directory: folder.path, functionEnvironment, allowedOrigins: ['null'] });
});
afterAll(async () => {
  await gateway.close();
  if (before === undefined) delete process.env.NODE_EXTRA_CA_CERTS;
  else process.env.NODE_EXTRA_CA_CERTS = before;
  await issuer.stop();
  folder.leave();
});

const query = (token: string): string => `?token=${token}`;

async function identity(client: TestClient): Promise<unknown> {
  const answer: unknown = JSON.parse(await client.ask({ action: 'whoami' }));
  await client.close();
  return answer;
}

test('the handler sees the claims, as text', async () => {
  const client = await TestClient.open(gateway.urls.Query + query(issuer.token({ iat: 1, exp: 4_000_000_000, admin: true, roles: ['a'] })));

  expect(await identity(client)).toEqual({
    principalId: 'ann', sub: 'ann', iss: issuer.url, aud: 'chat', iat: '1', exp: '4000000000', admin: 'true', roles: '["a"]',
  });
});

describe('every source of a token opens the door', () => {
  test.each<[string, (token: string) => Promise<TestClient>]>([
    ['the URL', (token) => TestClient.open(gateway.urls.Any + query(token))],
    ['a header', (token) => TestClient.open(gateway.urls.Any, { headers: { Authorization: `Bearer ${token}` } })],
    ['a cookie', (token) => TestClient.open(gateway.urls.Any, { headers: { Cookie: `theme=dark; session=${token}` } })],
  ])('%s', async (_source, open) => {
    const client = await open(issuer.token());

    expect(client.socket.protocol).toBe('');
    expect(await identity(client)).toMatchObject({ principalId: 'ann' });
  });

  test('a subprotocol, which the function of $connect selects', async () => {
    const client = await TestClient.open(gateway.urls.Any, {}, ['bearer', issuer.token()]);

    expect(client.socket.protocol).toBe('bearer');
    expect(await identity(client)).toMatchObject({ principalId: 'ann' });
  });

  test('a subprotocol, which a $connect of the user selects', async () => {
    const client = await TestClient.open(gateway.urls.Own, {}, ['own', issuer.token()]);

    expect(client.socket.protocol).toBe('own');
    expect(await identity(client)).toMatchObject({ principalId: 'ann' });
  });

  browserTest('a subprotocol of a browser, which closes a connection that does not select it', () => withPage(async (page) => {
    // GIVEN
    const open = (protocols: string[]): Promise<unknown> => page.evaluate(([url, offered]) => new Promise((resolve) => {
      const socket = new WebSocket(url as string, offered);
      socket.onopen = () => socket.send('{"action":"whoami"}');
      socket.onmessage = ({ data }) => resolve([socket.protocol, JSON.parse(data as string).principalId]);
      socket.onclose = ({ code }) => resolve(code);
    }), [gateway.urls.Any, protocols] as const);

    // THEN
    expect(await open(['bearer', issuer.token()])).toEqual(['bearer', 'ann']);
    expect(await open(['other', issuer.token()])).toBe(1006);
    expect(await open(['bearer', 'no.good.token'])).toBe(1006);
  }));

  test('a token of a user pool', async () => {
    const iss = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`;
    const token = issuer.token({ iss, aud: undefined, client_id: 'web', token_use: 'access' });

    expect(await identity(await TestClient.open(gateway.urls.Pool + query(token)))).toMatchObject({ client_id: 'web' });
  });
});

describe('a door stays closed before 101', () => {
  const refusal = async (service: string, token?: string, headers: Record<string, string> = {}, protocols: string[] = []): Promise<number> =>
    (await TestClient.refusal(gateway.urls[service] + (token === undefined ? '' : query(token)), { headers }, protocols)).status;

  test.each<[string, () => Promise<number>, number]>([
    ['no token', () => refusal('Query'), 401],
    ['an empty token', () => refusal('Query', ''), 401],
    ['no token in any source', () => refusal('Any'), 401],
    ['no JWT', () => refusal('Query', 'abc'), 401],
    ['an expired token', () => refusal('Query', issuer.token({ exp: 1 })), 401],
    ['a token for another audience', () => refusal('Query', issuer.token({ aud: 'mail' })), 401],
    ['a token of a stranger', () => refusal('Query', issuer.token({}, { privateKey: rsaKey('first').privateKey })), 401],
    ['a bad token where a second source has a good one', () => refusal('Any', 'abc', { Authorization: issuer.token() }), 401],
    ['a bad token in a header', () => refusal('Any', undefined, { Authorization: 'Bearer abc' }), 401],
    ['a bad token in a cookie', () => refusal('Any', undefined, { Cookie: 'session=abc' }), 401],
    ['a bad token beside a subprotocol', () => refusal('Any', undefined, {}, ['bearer', 'abc']), 401],
    ['a subprotocol alone', () => refusal('Own', undefined, {}, ['own']), 401],
    ['a good token without the scope', () => refusal('Scoped', issuer.token()), 403],
    ['a good token of another site, which $connect refuses', () => refusal(
      'Own', undefined, { Origin: 'https://evil.example.com' }, ['own', issuer.token()]), 403],
    ['a token of the issuer at the door of the user pool', () => refusal('Pool', issuer.token()), 401],
  ])('%s', async (_kind, knock, status) => {
    expect(await knock()).toBe(status);
  });

  test('but with the scope it opens', async () => {
    const client = await TestClient.open(gateway.urls.Scoped + query(issuer.token({ scope: 'mail chat' })));

    expect(await identity(client)).toMatchObject({ scope: 'mail chat' });
  });

  test('an issuer that fails does not make the token invalid', async () => {
    issuer.keys.push(rsaKey('new'));
    issuer.fault = { status: 503, body: '' };
    const status = await refusal('Query', issuer.token({}, issuer.keys[1]));
    issuer.fault = undefined;
    // The issuer is asked once a second at most.
    let client: TestClient | undefined;
    while (!client) client = await TestClient.open(gateway.urls.Query + query(issuer.token({}, issuer.keys[1]))).catch(() => undefined);

    expect(status).toBe(500);
    expect(await identity(client)).toMatchObject({ sub: 'ann' });
  });
});
