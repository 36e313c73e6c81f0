import { ALL_OPTIONS, LOCAL_OPTIONS, parseCommand } from '../../../lib/local/command/arguments';
import { HELP } from '../../../lib/local/command/help';

const DEFAULTS = { port: 3001, watch: true, inspector: true };

function usageError(...args: string[]): string {
  try {
    parseCommand(args);
  } catch (error) {
    expect(error).toMatchObject({ name: 'GatewayError', code: 'INVALID_OPTION' });
    return (error as Error).message;
  }
  throw new Error('no error');
}

test('--help explains every option, and no other', () => {
  const explained = [...HELP.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);

  expect([...new Set(explained)].sort()).toEqual(Object.keys(ALL_OPTIONS).sort());
});

test.each([[['--help']], [['-h']], [['local', '--help', '--prot']], [['routes', '-h']]])('%j prints the help', (args) => {
  expect(parseCommand(args)).toEqual({ name: 'help' });
});

test.each([
  [['routes'], 'cdk.out'], [['routes', '--app', 'out'], 'out'], [['--app=out', 'routes'], 'out'],
])('%j prints the routes of %s', (args, app) => {
  expect(parseCommand(args)).toEqual({ name: 'routes', app });
});

test.each([
  [['asyncapi'], { app: 'cdk.out' }],
  [['asyncapi', '--app', 'out', '--api=Chat', '--out', 'chat.json'], { app: 'out', api: 'Chat', out: 'chat.json' }],
])('%j describes an API', (args, options) => {
  expect(parseCommand(args)).toEqual({ name: 'asyncapi', ...options });
});

test('local takes the app of cdk.json and watches by default', () => {
  expect(parseCommand(['local'])).toEqual({ name: 'local', options: DEFAULTS, json: false });
});

test('local takes all options', () => {
  const args = [
    'local', '--app', 'npx tsx app.ts', '--stack', 'Chat', '--port', '0', '--host', '0.0.0.0', '--allow-host', 'a.lan', '--allow-host=b.lan', '--allow-origin', 'null', '--env-vars', '.env',
    '--dynamodb', 'aws', '--data', 'kept', '--inspect=9300', '--no-watch', '--no-inspector', '--serial', '--concurrency', '2', '--lambda', 'aws', '--verbose', '--json',
    '--local-issuer', '--record', 'session.jsonl', '--mask',
  ];

  expect(Object.keys(LOCAL_OPTIONS).filter((name) => !args.some((arg) => arg.split('=')[0] === `--${name}`))).toEqual(['help', 'version']);
  expect(parseCommand(args)).toEqual({
    name: 'local',
    options: {
      app: 'npx tsx app.ts',
      stack: 'Chat',
      port: 0,
      host: '0.0.0.0',
      allowedHosts: ['a.lan', 'b.lan'],
      allowedOrigins: ['null'],
      envVars: '.env',
      dynamodb: 'aws',
      data: 'kept',
      inspect: 9300,
      watch: false,
      inspector: false,
      serial: true,
      concurrency: 2,
      lambda: 'aws',
      localIssuer: true,
      verbose: true,
      record: 'session.jsonl',
      mask: true,
    },
    json: true,
  });
});

test('token takes all options, and none of them must be given', () => {
  const args = [
    'token', '--sub', 'ann', '--claim', 'group=x', '--claim=-a=1', '--expires-in=-60', '--api', 'Chat', '--stage', 'dev', '--host', '::1', '--port', '4000',
  ];

  expect(parseCommand(args)).toEqual({
    name: 'token', host: '::1', port: 4000, request: { sub: 'ann', claims: { 'group': 'x', '-a': 1 }, expiresIn: -60, api: 'Chat', stage: 'dev' },
  });
  expect(parseCommand(['token'])).toEqual({ name: 'token', host: '127.0.0.1', port: 3001, request: {} });
});

test('migrate takes a file, and all options', () => {
  expect(parseCommand(['migrate', 'serverless.yml'])).toEqual({ name: 'migrate', file: 'serverless.yml', params: {}, fresh: false, check: false, json: false });
  expect(parseCommand(['migrate', 'a.yml', '--out', 'app', '--stage=prod', '--param', 'size=5=5', '--param', 'name=', '--variable', 'cf:net.Id=vpc-1', '--compiled', 'c.json', '--dialect', 'osls', '--fresh', '--json']))
    .toEqual({
      name: 'migrate',
      file: 'a.yml',
      out: 'app',
      stage: 'prod',
      params: { size: '5=5', name: '' },
      variables: { 'cf:net.Id': 'vpc-1' },
      compiled: 'c.json',
      dialect: 'osls',
      fresh: true,
      check: false,
      json: true,
    });
  expect(parseCommand(['migrate', '--check', '--compiled', 'c.json', '--template', 't.json']))
    .toEqual({ name: 'migrate', params: {}, compiled: 'c.json', template: 't.json', fresh: false, check: true, json: false });
});

test('the debugger port is optional', () => {
  expect(parseCommand(['local', '--inspect', '--port', '4000'])).toEqual({
    name: 'local', options: { ...DEFAULTS, port: 4000, inspect: true }, json: false,
  });
});

test.each([
  [[], 'No command: local, routes, asyncapi, token, replay, migrate'],
  [['rutes'], 'There is no command "rutes"'],
  [['routes', 'here'], 'routes takes options only, not "here"'],
  [['local', '--prot', '1'], 'Unknown option \'--prot\''],
  [['local', '--prot=1'], 'Unknown option \'--prot\''],
  [['local', '-p'], 'Unknown option \'-p\''],
  [['routes', '--port', '1'], 'Unknown option \'--port\''],
  [['local', '--app'], 'Option \'--app <value>\' argument missing'],
  [['local', '--app', '--json'], 'Option \'--app\' argument is ambiguous'],
  [['local', '--serial=yes'], 'Option \'--serial\' does not take an argument'],
  [['local', '--stack='], '--stack needs a value'],
  [['local', '--port', 'http'], '--port must be an integer from 0 to 65535, got "http"'],
  [['local', '--port', '65536'], '--port must be an integer from 0 to 65535, got "65536"'],
  [['local', '--port', '3e3'], '--port must be an integer from 0 to 65535, got "3e3"'],
  [['local', '--port=-1'], '--port must be an integer from 0 to 65535, got "-1"'],
  [['local', '--port='], '--port needs a value'],
  [['local', '--inspect=0'], '--inspect must be an integer from 1 to 65535, got "0"'],
  [['local', '--lambda', 'here'], '--lambda must be local or aws, got "here"'],
  [['token', 'ann'], 'token takes options only, not "ann"'],
  [['token', '--claims', 'a=b'], 'Unknown option \'--claims\''],
  [['token', '--sub='], '--sub needs a value'],
  [['token', '--port', 'x'], '--port must be an integer from 0 to 65535, got "x"'],
  [['token', '--expires-in', '3601'], '--expires-in must be an integer from -3600 to 3600, got "3601"'],
  [['token', '--claim', 'group'], '--claim must be name=value, got "group"'],
  [['local', '--sub', 'ann'], 'Unknown option \'--sub\''],
  [['migrate'], 'migrate needs the file of a service: serverless.yml'],
  [['migrate', '--check', '--template', 'a.json'], 'migrate needs the file of a service: serverless.yml'],
  [['migrate', 'serverless.yml', 'more.yml'], 'migrate takes one file, not "serverless.yml more.yml"'],
  [['migrate', 'serverless.yml', '--template', 'a.json'], '--template is judged by --check'],
  [['migrate', 'serverless.yml', '--check', '--fresh'], '--check compares with the stack that is deployed, and --fresh makes a new one'],
  [['migrate', 'serverless.yml', '--check', '--out', 'cdk'], '--check writes nothing, so it takes no --out'],
  [['migrate', 'serverless.yml', '--param', 'size'], '--param must be key=value, got "size"'],
  [['migrate', 'serverless.yml', '--variable', 'cf:a.b'], '--variable must be key=value, got "cf:a.b"'],
  [['migrate', 'serverless.yml', '--dialect', 'v3'], '--dialect must be serverless or osls, got "v3"'],
  [['migrate', 'serverless.yml', '--port', '1'], 'Unknown option \'--port\''],
  [['local', '--concurrency', '0'], '--concurrency must be an integer from 1 to 1000, got "0"'],
])('%j is an error in one line: %s', (args, text) => {
  expect(usageError(...args)).toBe(`${text}; see cdk-websocket-service --help`);
});

test.each([[['local', '--app', 'npx', 'tsx']], [['local', '--inspect', '9300']]])('%j is an error that says how a value is given', (args) => {
  expect(usageError(...args)).toBe(
    `local takes options only, not "${args.at(-1)}"; a command with spaces needs quotes (--app "npx tsx app.ts"), ` +
    'a debugger port an equals sign (--inspect=9300); see cdk-websocket-service --help',
  );
});

test.each([[['--env-file', 'a.env']], [['--env-file=a.env']]])('%j is an error that names --env-vars', (args) => {
  expect(usageError('local', ...args)).toBe('--env-file is an option of Node.js, which reads the file itself; the variables of functions are '
    + 'given with --env-vars; see cdk-websocket-service --help');
});

test('replay takes a file, and the options of an app', () => {
  const options = ['--app', 'cdk.out', '--stack', 'Chat', '--env-vars', '.env', '--dynamodb', 'aws', '--lambda', 'aws', '--authorize'];

  expect(parseCommand(['replay', 'session.jsonl'])).toEqual({ name: 'replay', file: 'session.jsonl', options: {}, json: false });
  expect(parseCommand(['replay', 'session.jsonl', ...options, '--json'])).toEqual({
    name: 'replay',
    file: 'session.jsonl',
    options: { app: 'cdk.out', stack: 'Chat', envVars: '.env', dynamodb: 'aws', lambda: 'aws', authorize: true },
    json: true,
  });
});

test.each([
  [['replay'], 'replay needs the file of a recording'],
  [['replay', 'a', 'b'], 'replay takes one file, not "a b"'],
  [['replay', 'a', '--port', '1'], 'Unknown option \'--port\''],
])('%j is refused', (args, problem) => {
  expect(usageError(...args)).toBe(`${problem}; see cdk-websocket-service --help`);
});
