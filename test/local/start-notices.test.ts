import { Api, LambdaFunction, LocalApp, Notice } from '../../lib/local/assembly/local-app';
import { FunctionNotices, inspectorNotice, networkNotices, startNotices } from '../../lib/local/start-notices';

const HERE = `nodejs${parseInt(process.versions.node, 10)}.x`;
/** A stand-in for AWS: nothing is said of it. */
const SHELL = { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret', AWS_ENDPOINT_URL: 'http://localhost:4566' };
const NOTHING = { all: {}, functions: {} };

function app(fn: Partial<LambdaFunction>, notices: readonly Notice[] = []): LocalApp {
  const whole = { id: 'Test/SendFn', path: 'Test/Send', name: 'send', runtime: HERE, unresolved: [], ...fn } as unknown as LambdaFunction;
  return { apis: [], functions: new Map([[whole.id, whole]]), tables: [], notices };
}

const unresolved = [{ name: 'TABLE', refersTo: 'Table (AWS::DynamoDB::Table)', reason: 'its name is made at deployment' }];

test('an app without problems gets no notices', () => {
  expect(startNotices(app({}), NOTHING, SHELL)).toEqual([]);
});

test('passes the notices of the assembly on', () => {
  const notice = { code: 'integration-not-served', subject: 'X', text: 'X is not served' };

  expect(startNotices(app({}, [notice]), NOTHING, SHELL)).toEqual([notice]);
});

test('names a variable without a value, what it refers to, and the way out', () => {
  expect(startNotices(app({ unresolved }), NOTHING, SHELL)).toEqual([{
    code: 'variable-unresolved',
    subject: 'Test/Send',
    text: 'TABLE of Test/Send has no value here, since it refers to Table (AWS::DynamoDB::Table): its name is made at deployment; '
      + 'give it one with --env-vars',
  }]);
});

test('says that the paths below /_ws are those of a stage or mapping key of that name', () => {
  // GIVEN
  const apis = [
    { name: 'Chat', routes: new Map(), stages: [{ name: 'dev', mappings: [] }, { name: '_ws', mappings: [] }] },
    { name: 'Feed', routes: new Map(), stages: [{ name: 'dev', mappings: [{ domainName: 'example.com', mappingKey: '_ws/v1' }] }] },
  ] as unknown as Api[];
  const isOff = 'which is served: the inspector, the faults and the tokens of the gateway are off on its port, since their paths begin with /_ws too';

  // THEN
  expect(startNotices({ ...app({}), apis }, NOTHING, SHELL)).toEqual([
    { code: 'path-taken', subject: 'Chat/_ws', text: `Chat has a stage called _ws, ${isOff}` },
    { code: 'path-taken', subject: 'Feed/dev', text: `Feed has a mapping key called _ws/v1, ${isOff}` },
  ]);
});

test('names a variable that many functions lack once, but each reason by itself', () => {
  // GIVEN
  const functions = Array.from({ length: 12 }, (_, index) => ({ id: `F${index}`, path: `Test/Chat/Handler-src%2Fa.f${index}`, runtime: HERE, unresolved }));
  const other = { ...functions[0], id: 'Other', path: 'Test/Other', unresolved: [{ ...unresolved[0], refersTo: 'Users' }] };
  const all = [...functions, other] as unknown as LambdaFunction[];

  // THEN
  expect(startNotices({ apis: [], functions: new Map(all.map((fn) => [fn.id, fn])), tables: [], notices: [] }, NOTHING, SHELL)).toEqual([
    {
      code: 'variable-unresolved',
      subject: functions.map(({ path }) => path).join(', '),
      text: 'TABLE of 12 functions (src/a.f0, src/a.f1, src/a.f2 and 9 more) has no value here, since it refers to Table (AWS::DynamoDB::Table): '
        + 'its name is made at deployment; give it one with --env-vars',
    },
    {
      code: 'variable-unresolved',
      subject: 'Test/Other',
      text: 'TABLE of Test/Other has no value here, since it refers to Users: its name is made at deployment; give it one with --env-vars',
    },
  ]);
});

test.each([
  ['for all functions', { all: { TABLE: 'local' }, functions: {} }],
  ['for the function', { all: {}, functions: { 'Test/Send': { TABLE: 'local' } } }],
])('has no notice of a variable that is set %s', (_, given) => {
  expect(startNotices(app({ unresolved }), given, SHELL)).toEqual([]);
});

test.each([
  ['Snedfn', 'did you mean Test/Send?'],
  ['Test/Sned', 'did you mean Test/Send?'],
  ['Send', 'did you mean Test/Send?'],
  ['Prod/Test/Send', 'did you mean Test/Send?'],
  ['Receive', 'it has Test/Send'],
])('names an unknown function that variables are set for: %s', (name, hint) => {
  expect(startNotices(app({ name: 'chat-prod-sender' }), { all: {}, functions: { [name]: { A: '1' } } }, SHELL)).toEqual([{
    code: 'function-unknown',
    subject: name,
    text: `variables are given for the function "${name}", which the app does not have; ${hint}`,
  }]);
});

test.each<[string, NodeJS.ProcessEnv, Record<string, string>, string | undefined]>([
  ['of the shell', { AWS_ACCESS_KEY_ID: 'AKIA1' }, {}, 'the access key id AKIA1 (AWS_ACCESS_KEY_ID)'],
  ['of the shell, but for its profile', { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_PROFILE: 'dev' }, {},
    'the access key id AKIA1 (AWS_ACCESS_KEY_ID) or the profile dev (AWS_PROFILE), which some SDKs prefer'],
  ['that are given for all functions', { AWS_ACCESS_KEY_ID: 'AKIA1' }, { AWS_ACCESS_KEY_ID: 'AKIA2' }, 'the access key id AKIA2 (AWS_ACCESS_KEY_ID)'],
  ['of a stand-in', { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_ENDPOINT_URL: 'http://localhost:4566' }, {}, undefined],
])('names the account that handlers use with credentials %s', (_, shell, all, source) => {
  expect(startNotices(app({}), { all, functions: {} }, { HOME: '/nowhere', ...shell })).toEqual(source === undefined ? [] : [{
    code: 'credentials-real',
    subject: 'AWS_ACCESS_KEY_ID',
    text: `handlers call AWS with the credentials of this shell, ${source}: what they write goes to that account`,
  }]);
});

test('says which Node.js runs functions that ask for another', () => {
  expect(startNotices(app({ runtime: 'nodejs16.x' }), NOTHING, SHELL)).toEqual([{
    code: 'runtime-differs',
    subject: 'nodejs16.x',
    text: `functions with the runtime nodejs16.x run on Node.js ${process.versions.node} here, the one that runs this command`,
  }]);
});

test('says that any signature gets into an API for AWS_IAM', () => {
  const routes = (type: 'AWS_IAM' | 'NONE') => new Map([['$connect', { authorization: { type } }]]);
  const signed = { name: 'Chat', logicalId: 'ChatApi1', stages: [], routes: routes('AWS_IAM') };
  const open = { name: 'Feed', stages: [], routes: routes('NONE') };

  expect(startNotices({ ...app({}), apis: [signed, open] as unknown as Api[] }, NOTHING, SHELL)).toEqual([{
    code: 'signature-not-checked',
    subject: 'ChatApi1',
    text: 'Chat: $connect is for AWS_IAM, and signatures are checked in form only: any access key gets in here, on AWS who may '
      + 'execute-api:Invoke; try policies on AWS',
  }]);
});

test('says that handlers have placeholders for credentials', () => {
  expect(startNotices(app({}), NOTHING, { HOME: '/nowhere' })).toEqual([{
    code: 'credentials-placeholder',
    subject: 'AWS_ACCESS_KEY_ID',
    text: 'the shell has no AWS credentials: handlers get placeholders, with which only calls of this gateway work',
  }]);
});

test('names the address for debuggers', () => {
  const fn = { path: 'Test/Chat/Handler-src%2Fmessages.send' } as LambdaFunction;

  expect(inspectorNotice(fn, 'ws://127.0.0.1:9229/1-2-3')).toEqual({
    code: 'inspector',
    subject: 'Test/Chat/Handler-src%2Fmessages.send',
    text: 'src/messages.send: a debugger may attach to 127.0.0.1:9229 (ws://127.0.0.1:9229/1-2-3)',
  });
});

test.each([
  ['0.0.0.0', 'this machine'], ['::', 'this machine'], ['192.168.1.7', '192.168.1.7'], ['fd00::1', 'fd00::1'],
])('%s is open to other machines', (address, what) => {
  expect(networkNotices(['127.0.0.1', address])).toEqual([{
    code: 'open-to-network',
    subject: address,
    text: `listening on ${address}: whoever can reach ${what} over the network can connect, run every route and call @connections, since the gateway `
      + 'does not verify signatures, and handlers run with the AWS credentials of this shell, if it has any; without --host only this machine can',
  }]);
});

test.each(['127.0.0.1', '127.0.1.1', '::1', '::ffff:127.0.0.1'])('%s is not', (address) => {
  expect(networkNotices([address])).toEqual([]);
});

test('a cause of several functions is one notice', () => {
  // GIVEN
  const said: Notice[] = [];
  const notices = new FunctionNotices((notice) => said.push(notice));
  const missing = (subject: string, name: string): Notice => ({ code: 'package-missing', subject, text: `${subject} imports ${name}: install it` });

  // WHEN
  for (const name of ['a', 'b', 'c', 'd', 'e']) notices.add(missing(`Test/Chat/Handler-src%2Fx.${name}`, 'ms'));
  notices.add(missing('Test/One', 'ws'));
  notices.add(missing('Test/Two', 'ws'));
  notices.add(missing('Test/One', 'left-pad'));
  notices.flush();
  notices.flush();

  // THEN
  expect(said.map(({ text }) => text)).toEqual([
    'Test/Chat/Handler-src%2Fx.a imports ms: install it; the same goes for 4 other functions (src/x.b, src/x.c, src/x.d and 1 more)',
    'Test/One imports ws: install it; the same goes for Test/Two',
    'Test/One imports left-pad: install it',
  ]);
  expect(said[1].subject).toBe('Test/One, Test/Two');
});
