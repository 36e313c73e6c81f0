import { createHmac, createSign } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { ConnectAuthorizer, WebsocketCognitoTokenUse, WebsocketService } from '../../../lib';
import { Gateway, GatewayEvent, startGateway } from '../../../lib/local';
import type { LocalApp } from '../../../lib/local/assembly/local-app';
import { GatewayError } from '../../../lib/local/gateway-error';
import { requestForIdentity, TokenRequest } from '../../../lib/local/issuer/claims';
import { LocalIssuer } from '../../../lib/local/issuer/issuer';
import type { ServedApi } from '../../../lib/local/terminal/served';
import { AppFolder } from '../../_helpers/app-folder';
import { rsaKey } from '../../lambda/_helpers/issuer';
import { TestClient } from '../_helpers/test-client';

const HANDLERS = 'export const whoami = async (event: any) => ({ statusCode: 200, body: JSON.stringify(event.requestContext.authorizer) });';
const ISSUER = 'https://login.example.com/';

let folder: AppFolder;
let assembly: string;
let gateway: Gateway;
const events: GatewayEvent[] = [];

/** A door of an issuer, one of a user pool that is not deployed yet, and one of the user. */
function synthesize(): string {
  const stack = new Stack(new App({ outdir: path.join(folder.path, 'cdk.out'), context: { 'aws:cdk:enable-path-metadata': true } }), 'Test');
  const door = (id: string, authorizer: ConnectAuthorizer): WebsocketService => new WebsocketService(stack, id, {
    routes: { whoami: { handler: 'handlers.whoami', returnResponse: true } }, authorizer,
  });
  const userPool = new cognito.UserPool(stack, 'UserPool');
  const userPoolClients = [userPool.addClient('Web')];
  door('Chat', ConnectAuthorizer.jwt({ issuer: ISSUER, audience: ['chat', 'mail'], scopes: ['read', 'write'] }));
  door('Pool', ConnectAuthorizer.cognito({ userPool, userPoolClients, groups: ['staff'] }));
  door('Ids', ConnectAuthorizer.cognito({ userPool, userPoolClients, tokenUse: WebsocketCognitoTokenUse.ID }));
  return (stack.node.root as App).synth().directory;
}

function start(options: object): Promise<Gateway> {
  return startGateway({ app: assembly, directory: folder.path, ...options });
}

beforeAll(async () => {
  folder = new AppFolder({ 'handlers.ts': HANDLERS });
  assembly = synthesize();
  gateway = await start({ localIssuer: true, onEvent: (event: GatewayEvent) => events.push(event) });
});
afterAll(async () => {
  await gateway.close();
  folder.leave();
});

const at = (api: string, token: string, of = gateway): string => `${of.urls[api]}?token=${token}`;

async function identity(api: string, token: string): Promise<Record<string, string>> {
  const client = await TestClient.open(at(api, token));
  const answer = JSON.parse(await client.ask({ action: 'whoami' })) as Record<string, string>;
  await client.close();
  return answer;
}

async function status(api: string, token: string, of = gateway): Promise<number> {
  return (await TestClient.refusal(at(api, token, of))).status;
}

function base(of = gateway): string {
  return `http://${new URL(of.url).host}/_ws`;
}

async function post(body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; json: Record<string, unknown> }> {
  const response = await fetch(`${base()}/token`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() as Record<string, unknown> };
}

/** The parts of a token, decoded. */
function parts(token: string): { header: Record<string, unknown>; claims: Record<string, unknown>; signed: string; signature: string } {
  const [header, claims, signature] = token.split('.');
  const decoded = [header, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  return { header: decoded[0], claims: decoded[1], signed: `${header}.${claims}`, signature };
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of the gateway opens', () => {
  test('the door of an issuer, whose name and audience it has', async () => {
    const token = await gateway.token({ api: 'Chat', sub: 'ann', claims: { group: 'x', roles: ['a'], text: 'ü\n\u0000' } });

    expect(await identity('Chat', token)).toEqual({
      principalId: 'ann',
      sub: 'ann',
      iss: ISSUER,
      aud: 'chat',
      scope: 'read write',
      group: 'x',
      roles: '["a"]',
      text: 'ü\n\u0000',
      iat: expect.any(String),
      exp: expect.any(String),
    });
  });

  test('that of a user pool that is not deployed', async () => {
    expect(await identity('Pool', await gateway.token({ api: 'Pool', sub: 'ann' }))).toMatchObject({
      'principalId': 'ann', 'iss': 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_local', 'client_id': 'local-client', 'cognito:groups': '["staff"]',
    });
    expect(await identity('Ids', await gateway.token({ api: 'Ids', stage: 'dev' }))).toMatchObject({
      'aud': 'local-client', 'cognito:username': 'local-user', 'token_use': 'id',
    });
  });

  test('the same identity again, as it was recorded', async () => {
    const seen = await identity('Pool', await gateway.token({ api: 'Pool', sub: 'ann', claims: { 'admin': true, 'cognito:groups': ['staff', 'x'] } }));

    const again = await identity('Pool', await gateway.token({ ...requestForIdentity(seen), api: 'Pool' }));

    const { iat, exp, auth_time, jti, ...others } = seen;
    expect(again).toMatchObject(others);
  });
});

describe('the checks of the app stay', () => {
  test.each<[string, string, TokenRequest, number]>([
    ['an expired token', 'Chat', { api: 'Chat', expiresIn: -1 }, 401],
    ['a token that is not valid yet', 'Chat', { api: 'Chat', claims: { nbf: 4_000_000_000 } }, 401],
    ['a token of another authorizer', 'Chat', { api: 'Pool' }, 401],
    ['a token of another use', 'Pool', { api: 'Ids' }, 401],
    ['a token without the scope', 'Chat', { api: 'Chat', claims: { scope: 'other' } }, 403],
    ['a token without the group', 'Pool', { api: 'Pool', claims: { 'cognito:groups': null } }, 403],
  ])('%s is refused', async (_kind, api, request, expected) => {
    expect(await status(api, await gateway.token(request))).toBe(expected);
  });

  test.each<[string, (token: string) => string]>([
    ['without a signature', (token) => `${encoded({ alg: 'none' })}.${token.split('.')[1]}.`],
    ['whose key id alone is right', (token) => {
      const { header, claims } = parts(token);
      const signed = `${encoded(header)}.${encoded(claims)}`;
      return `${signed}.${createSign('RSA-SHA256').update(signed).sign(rsaKey('other').privateKey, 'base64url')}`;
    }],
    ['with other claims', (token) => {
      const { header, claims, signature } = parts(token);
      return `${encoded(header)}.${encoded({ ...claims, sub: 'root' })}.${signature}`;
    }],
    ['that the public key signs as a secret', (token) => {
      const { header, claims } = parts(token);
      const signed = `${encoded({ ...header, alg: 'HS256' })}.${encoded(claims)}`;
      return `${signed}.${createHmac('sha256', 'public key').update(signed).digest('base64url')}`;
    }],
  ])('a token %s is refused', async (_kind, forge) => {
    expect(await status('Chat', forge(await gateway.token({ api: 'Chat' })))).toBe(401);
  });

  test('another gateway, or this one after a restart, has another key', async () => {
    const other = await start({ localIssuer: true });
    const [token, strange] = await Promise.all([gateway.token({ api: 'Chat' }), other.token({ api: 'Chat' })]);

    expect([await status('Chat', strange), await status('Chat', token, other)]).toEqual([401, 401]);
    await other.close();
  });
});

test('what is deployed has no trace of it', () => {
  // GIVEN
  const bundle = fs.readFileSync(path.join(__dirname, '../../../lib/lambda/jwt-authorizer.bundle.js'));
  const template = fs.readFileSync(path.join(assembly, 'Test.template.json'), 'utf8');
  const authorizer = [...gateway.functions.values()].find((fn) => fn.path === 'Test/Chat/AuthorizerFunction')!;
  const { directory } = authorizer.code as { directory: string };

  // THEN
  expect(fs.readFileSync(path.join(directory, 'index.js')).equals(bundle)).toBe(true);
  expect(path.dirname(fs.realpathSync(directory))).toBe(fs.realpathSync(assembly));
  expect(bundle.toString()).not.toMatch(/_ws\b|local-?issuer|localhost|127\.0\.0\.1/i);
  expect(template).not.toMatch(/JWT_JWKS_URI|_ws/);
});

test('it is said at the start, and nothing else is missing', () => {
  const notices = events.flatMap((event) => (event.type === 'notice' ? [event] : []));
  const paths = ['Chat', 'Pool', 'Ids'].map((id) => `Test/${id}/AuthorizerFunction`).join(', ');

  expect(notices.filter(({ code }) => code === 'local-issuer')).toEqual([{
    type: 'notice',
    time: expect.any(Number),
    code: 'local-issuer',
    subject: paths,
    text: `${paths}: tokens of this gateway get in, and those of the app's own issuer are refused (--local-issuer); `
      + `cdk-websocket-service token --port ${new URL(gateway.url).port} prints one`,
  }]);
  expect(notices.filter(({ code }) => code === 'variable-unresolved')).toEqual([]);
});

describe('POST /_ws/token', () => {
  test('makes a token', async () => {
    const { status: code, json } = await post({ api: 'Chat', sub: 'ann', expiresIn: 60 });

    const { claims } = parts(json.token as string);
    expect([code, Object.keys(json)]).toEqual([200, ['token', 'expiresAt']]);
    expect(claims).toMatchObject({ sub: 'ann', exp: (claims.iat as number) + 60 });
    expect(json.expiresAt).toBe((claims.exp as number) * 1000);
  });

  test.each<[unknown, string]>([
    [{}, 'the authorizers of the app accept different tokens; name the API and, if that is not enough, the stage: '
      + 'Chat (dev), Pool (dev), Ids (dev)'],
    [{ api: 'Mail' }, 'no authorizer verifies tokens for {"api":"Mail"}; name the API and, if that is not enough, the stage: '
      + 'Chat (dev), Pool (dev), Ids (dev)'],
    [{ api: 'Chat', claims: { exp: 1 } }, 'the gateway sets `exp` to what the authorizer accepts; leave it out'],
    [[], 'a token is asked for with an object, got []'],
  ])('refuses %j', async (body, message) => {
    expect(await post(body)).toEqual({ status: 400, json: { message } });
  });

  test('gives none to a web page', async () => {
    const page = await post({ api: 'Chat' }, { 'origin': 'https://evil.example.com', 'sec-fetch-site': 'cross-site' });
    const simple = await post({ api: 'Chat' }, { 'content-type': 'text/plain' });

    expect([page.status, page.json.token, simple.status, simple.json.token]).toEqual([403, undefined, 415, undefined]);
  });

  test('gives none to a GET, and the private key to nobody', async () => {
    const get = await fetch(`${base()}/token`);
    const keys = await fetch(`${base()}/issuer/jwks.json`);
    const other = await fetch(`${base()}/issuer/private`);

    expect([get.status, await get.json()]).toEqual([404, { message: 'a token is asked for with POST /_ws/token' }]);
    expect(await keys.json()).toEqual({
      keys: [{ kty: 'RSA', n: expect.any(String), e: 'AQAB', kid: expect.stringMatching(/^local-[\da-f]{16}$/), use: 'sig', alg: 'RS256' }],
    });
    expect([other.status, await other.json()]).toEqual([404, { message: 'the keys are at GET /_ws/issuer/jwks.json' }]);
  });
});

test('without the option, the gateway makes no token and has no keys', async () => {
  // GIVEN
  const plain = await start({});
  const off = 'this gateway makes no tokens; start it with --local-issuer (startGateway: `localIssuer: true`)';

  // THEN
  await expect(plain.token()).rejects.toThrow(new GatewayError('INVALID_OPTION', off));
  const keys = await fetch(`${base(plain)}/issuer/jwks.json`);
  expect([keys.status, await keys.json()]).toEqual([404, { message: off }]);
  await plain.close();
});

describe('an app that changes', () => {
  const ENVIRONMENT = { JWT_TOKEN_SOURCES: 'querystring:token', JWT_ISSUER: ISSUER, JWT_AUDIENCE: 'chat' };
  const origin = (port: number): string => `https://127.0.0.1:${port}`;

  /** An API at a port, whose authorizer is a function of that id. */
  function served(logicalId: string, port: number, fn: string, stageName = 'dev', mappingKey = ''): ServedApi {
    const authorization = { type: 'CUSTOM', authorizer: { target: { type: 'function', functionId: fn } } };
    const stage = { name: stageName, mappings: [{ domainName: 'chat.example.com', mappingKey }] };
    return { port, api: { stack: 'Test', logicalId, name: 'Chat', routes: new Map([['$connect', { authorization }]]) }, stages: [{ stage }] } as unknown as ServedApi;
  }

  function app(...environments: Array<Record<string, string>>): LocalApp {
    const functions = environments.map((environment, index) => ({ id: `Fn${index}`, name: '', path: `Fn${index}`, region: 'eu-west-1', unresolved: [], environment }));
    return { functions: new Map(functions.map((fn) => [fn.id, fn])) } as unknown as LocalApp;
  }

  test('has the address of the keys at the port of each API, over what the developer gives', () => {
    const own = { all: { A: '1' }, functions: { Fn0: { JWT_JWKS_URI: 'https://other.example.com', B: '2' } } };
    const issuer = new LocalIssuer(true, () => own);

    issuer.serve(app(ENVIRONMENT, ENVIRONMENT), [served('One', 3001, 'Fn0'), served('Two', 3002, 'Fn1')], origin);

    expect(issuer.overrides).toEqual({
      all: { A: '1' },
      functions: {
        Fn0: { JWT_JWKS_URI: 'https://127.0.0.1:3001/_ws/issuer/jwks.json', B: '2' }, Fn1: { JWT_JWKS_URI: 'https://127.0.0.1:3002/_ws/issuer/jwks.json' },
      },
    });
  });

  test('needs no name where all authorizers accept the same tokens, and the long one where names are equal', async () => {
    const issuer = new LocalIssuer(true, () => ({ all: {}, functions: {} }));
    const apis = [served('One', 3001, 'Fn0'), served('Two', 3002, 'Fn1')];

    issuer.serve(app(ENVIRONMENT, ENVIRONMENT), apis, origin);
    expect(parts((await issuer.token()).token).claims).toMatchObject({ aud: 'chat' });

    issuer.serve(app(ENVIRONMENT, { ...ENVIRONMENT, JWT_AUDIENCE: 'mail' }), apis, origin);
    expect(parts((await issuer.token({ api: 'Test/Two' })).token).claims).toMatchObject({ aud: 'mail' });
    await expect(issuer.token({ api: 'Chat' })).rejects.toThrow('the authorizers of the app accept different tokens; name the API and, if that is not '
      + 'enough, the stage: Test/One (dev), Test/Two (dev)');
  });

  test.each([['a stage', '_ws', ''], ['a mapping key', 'dev', '_ws/chat']])('keeps its own issuer at a port where %s has the path of the keys', async (_kind, stage, key) => {
    const issuer = new LocalIssuer(true, () => ({ all: {}, functions: {} }));

    issuer.serve(app(ENVIRONMENT), [served('One', 3001, 'Fn0', stage, key)], origin);

    const problem = 'the app has no ConnectAuthorizer.jwt or .cognito at a port without a stage called _ws, so that no token opens a door';
    expect(issuer.overrides.functions).toEqual({});
    expect(issuer.notices).toEqual([{ code: 'local-issuer-unused', subject: '--local-issuer', text: `--local-issuer: ${problem}` }]);
    await expect(issuer.token()).rejects.toThrow(new GatewayError('INVALID_OPTION', problem));
  });
});
