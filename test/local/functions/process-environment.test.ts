import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { sampleFunction } from './_helpers/sample-pool';
import { functionEnvironment, gatewayOrigin, type EnvironmentContext, usesPlaceholders } from '../../../lib/local/functions/process-environment';

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'functions-test-'));
fs.mkdirSync(path.join(home, '.aws'));
afterAll(() => fs.rmSync(home, { recursive: true }));
afterEach(() => ['credentials', 'config'].forEach((file) => fs.rmSync(path.join(home, '.aws', file), { force: true })));

const context = (properties: Partial<EnvironmentContext> = {}): EnvironmentContext => ({
  shell: { PATH: '/bin', HOME: home, EDITOR: 'vi', NODE_OPTIONS: '--inspect' },
  localize: (text) => text.replaceAll('abc.execute-api.eu-west-1.amazonaws.com', 'localhost:3001'),
  overrides: {},
  region: 'eu-west-1',
  callbackEndpoint: 'http://localhost:3001/dev',
  serviceEndpoints: {},
  certificateFile: '/certificates/extra.pem',
  bundleFile: '/certificates/bundle.pem',
  gatewayFile: '/gateway.json',
  servedHosts: ['abc.execute-api.eu-west-1.amazonaws.com'],
  ...properties,
});

test('has the variables of Lambda and of the gateway, and some of the shell, nothing else', () => {
  expect(functionEnvironment(sampleFunction('fn'), context())).toEqual({
    AWS_ACCESS_KEY_ID: 'localgateway',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'http://localhost:3001/dev',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
    AWS_LAMBDA_FUNCTION_NAME: 'test-fn',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/test-fn',
    AWS_LAMBDA_LOG_STREAM_NAME: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
    AWS_REGION: 'eu-west-1',
    AWS_SECRET_ACCESS_KEY: 'localgateway',
    CDK_WEBSOCKET_SERVICE_GATEWAY: '/gateway.json',
    HOME: home,
    NODE_EXTRA_CA_CERTS: '/certificates/extra.pem',
    PATH: '/bin',
    TZ: ':UTC',
    _HANDLER: 'index.handler',
  });
});

test('the template wins over the gateway, overrides win over the template', () => {
  const environment = functionEnvironment({
    ...sampleFunction('fn'),
    environment: {
      TABLE: 'Live',
      URL: 'https://abc.execute-api.eu-west-1.amazonaws.com/dev',
      AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'https://own',
    },
    unresolved: ['QUEUE', 'TOPIC'].map((name) => ({ name, refersTo: name, reason: 'known after deployment' })),
  }, context({ overrides: { TABLE: 'Mine', QUEUE: 'http://queue' } }));
  expect(environment).toMatchObject({
    TABLE: 'Mine', URL: 'https://localhost:3001/dev', QUEUE: 'http://queue', AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI: 'https://own',
  });
  expect(environment).not.toHaveProperty('TOPIC');
});

test('functions get the endpoints of the services that the gateway stands in for', () => {
  const serviceEndpoints = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:3001/.aws/dynamodb', AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:3001/.aws/lambda' };
  expect(functionEnvironment(sampleFunction('fn'), context({ serviceEndpoints }))).toMatchObject(serviceEndpoints);
});

describe('an endpoint that the developer has set takes precedence', () => {
  const serviceEndpoints = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:3001/.aws/dynamodb' };
  const [ofService, ofAll] = [{ AWS_ENDPOINT_URL_DYNAMODB: 'http://own:8000' }, { AWS_ENDPOINT_URL: 'http://localhost:4566' }];

  test.each([
    ['the shell', ofService, { shell: { HOME: home, ...ofService } }, {}],
    ['the template', ofService, {}, ofService],
    ['the env file', ofService, { overrides: ofService }, {}],
    ['the shell, for all services', ofAll, { shell: { HOME: home, ...ofAll } }, {}],
    ['the template, for all services', ofAll, {}, ofAll],
    ['the env file, for all services', ofAll, { overrides: ofAll }, {}],
  ])('in %s', (_, own, properties, environment) => {
    const found = functionEnvironment({ ...sampleFunction('fn'), environment }, context({ serviceEndpoints, ...properties }));
    expect(Object.fromEntries(Object.entries(found).filter(([name]) => /^AWS_ENDPOINT_URL(_DYNAMODB)?$/.test(name)))).toEqual(own);
  });
});

test('streams are where the tables are', () => {
  const ours = 'http://127.0.0.1:3001/.aws/dynamodb';
  const serviceEndpoints = { AWS_ENDPOINT_URL_DYNAMODB: ours, AWS_ENDPOINT_URL_DYNAMODB_STREAMS: ours };
  const environment = functionEnvironment(sampleFunction('fn'), context({ serviceEndpoints, overrides: { AWS_ENDPOINT_URL_DYNAMODB: 'http://own:8000' } }));
  expect(environment).not.toHaveProperty('AWS_ENDPOINT_URL_DYNAMODB_STREAMS');
});

test.each([['127.0.0.1', '127.0.0.1'], ['0.0.0.0', '127.0.0.1'], ['::', '127.0.0.1'], ['::1', '[::1]'], ['192.168.1.7', '192.168.1.7'], ['my.lan', 'my.lan']])(
  'a gateway that listens on %s is reached at %s', (host, reachable) => {
    expect(gatewayOrigin(host, 3001)).toBe(`http://${reachable}:3001`);
  },
);

test("a certificate file of Lambda's does not hide the gateway's", () => {
  const fn = { ...sampleFunction('fn'), environment: { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } };
  expect(functionEnvironment(fn, context())).toMatchObject({ NODE_EXTRA_CA_CERTS: '/certificates/extra.pem' });
});

test('Python takes one file of authorities', () => {
  expect(functionEnvironment({ ...sampleFunction('fn'), runtime: 'python3.13' }, context())).toMatchObject({
    AWS_EXECUTION_ENV: 'AWS_Lambda_python3.13', AWS_CA_BUNDLE: '/certificates/bundle.pem', SSL_CERT_FILE: '/certificates/bundle.pem',
  });
});

test('calls to this machine bypass a proxy', () => {
  const shell = { https_proxy: 'http://proxy:8080', NO_PROXY: 'intranet' };
  const environment = functionEnvironment(sampleFunction('fn'), context({ shell }));
  const exempt = 'intranet,localhost,127.0.0.1,::1,abc.execute-api.eu-west-1.amazonaws.com';
  expect(environment).toMatchObject({ https_proxy: 'http://proxy:8080', NO_PROXY: exempt, no_proxy: exempt });
});

test('calls bypass a proxy that the template or the developer sets', () => {
  const fn = { ...sampleFunction('fn'), environment: { HTTPS_PROXY: 'http://proxy:8080' } };
  const exempt = { NO_PROXY: 'localhost,127.0.0.1,::1,abc.execute-api.eu-west-1.amazonaws.com' };
  expect(functionEnvironment(fn, context())).toMatchObject(exempt);
  expect(functionEnvironment(sampleFunction('fn'), context({ overrides: { ALL_PROXY: 'http://proxy:8080' } }))).toMatchObject(exempt);
  expect(functionEnvironment(sampleFunction('fn'), context())).not.toHaveProperty('NO_PROXY');
});

test('endpoints of other services pass through', () => {
  const shell = { AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000', AWS_PROFILE: 'dev' };
  const environment = functionEnvironment(sampleFunction('fn'), context({ shell }));
  expect(environment).toMatchObject(shell);
  expect(environment).not.toHaveProperty('AWS_ACCESS_KEY_ID');
});

describe('placeholders for credentials', () => {
  test.each<[string, NodeJS.ProcessEnv, Record<string, string>, boolean]>([
    ['with nothing', {}, {}, true],
    ['with keys', { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'x' }, {}, false],
    ['with a profile by name', { AWS_PROFILE: 'dev' }, {}, false],
    ['with a role of a container', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://localhost' }, {}, false],
    ['with a default profile', {}, { credentials: '[default]\naws_access_key_id = AKIA\n' }, false],
    ['with a default profile of single sign-on', {}, { config: '[default]\nregion = eu-west-1\nsso_session = us\n' }, false],
    ['with another profile only', {}, { credentials: '[default]\n[dev]\naws_access_key_id = AKIA\n' }, true],
    ['with a region only', {}, { config: '[default]\nregion = eu-west-1\n' }, true],
  ])('%s', (_what, variables, files, expected) => {
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(home, '.aws', file), text);
    expect(usesPlaceholders({ HOME: home, ...variables })).toBe(expected);
  });

  test('are not mixed with keys that the developer gives', () => {
    const overrides = { AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 'secret' };
    expect(functionEnvironment(sampleFunction('fn'), context({ overrides }))).toMatchObject(overrides);
  });
});
