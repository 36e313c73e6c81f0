import { GatewayError } from '../../lib/local/gateway-error';
import { GatewayOptions, inspectorPort, withDefaults } from '../../lib/local/gateway-options';

test('the defaults are a free port on this machine only, and the limits of AWS', () => {
  expect(withDefaults({})).toEqual({
    directory: process.cwd(), port: 0, host: '127.0.0.1', concurrency: 4, idleTimeout: 600_000, connectionDuration: 7_200_000,
  });
});

test('options win over defaults', () => {
  const options: GatewayOptions = {
    directory: '/app',
    port: 4000,
    host: '0.0.0.0',
    concurrency: 1,
    idleTimeout: 50,
    connectionDuration: 100,
    serial: true,
    watch: true,
    allowedHosts: ['my-machine.lan', '::1', '*.example.com'],
    allowedOrigins: ['https://app.example.com', 'null', 'file://'],
    dynamodb: 'http://localhost:4566',
  };

  expect(withDefaults(options)).toEqual(options);
});

test.each<[object, string]>([
  [{ port: 65_536 }, '`port` must be an integer from 0 to 65535, got 65536'],
  [{ port: '3001' }, '`port` must be an integer from 0 to 65535, got "3001"'],
  [{ app: 5 }, '`app` must be a non-empty string, got 5'],
  [{ host: '' }, '`host` must be a non-empty string, got ""'],
  [{ envVars: ['a'] }, '`envVars` must be a non-empty string, got ["a"]'],
  [null as unknown as object, 'startGateway takes an object of options, got null'],
  [{ port: 1.5 }, '`port` must be an integer from 0 to 65535, got 1.5'],
  [{ lambda: 'here' as 'aws' }, '`lambda` must be "local" or "aws", got "here"'],
  [{ concurrency: 0 }, '`concurrency` must be an integer from 1 to 1000, got 0'],
  [{ idleTimeout: -1 }, '`idleTimeout` must be an integer from 1 to 7200000, got -1'],
  [{ connectionDuration: 7_200_001 }, '`connectionDuration` must be an integer from 1 to 7200000, got 7200001'],
  [{ allowedHosts: 'localhost' }, '`allowedHosts` must be a list of host names or IP addresses, such as my-machine.lan, 192.168.1.7 or *.example.com, got "localhost"'],
  [{ allowedHosts: ['a.lan', 'http://b.lan'] }, '`allowedHosts` must be a list of host names or IP addresses, such as my-machine.lan, 192.168.1.7 or '
    + '*.example.com, got "http://b.lan"'],
  [{ allowedOrigins: ['*'] }, '`allowedOrigins` must be a list of origins, such as https://app.example.com, http://my-machine.lan:5173, null or file://, got "*"'],
  [{ allowedOrigins: ['https://app.example.com/'] }, '`allowedOrigins` must be a list of origins, such as https://app.example.com, http://my-machine.lan:5173, '
    + 'null or file://, got "https://app.example.com/"'],
  [{ data: '' }, '`data` must be a non-empty string, got ""'],
  [{ dynamodb: 'localhost:8000' }, '`dynamodb` must be the URL of a DynamoDB, such as http://localhost:8000, or aws, got "localhost:8000"'],
  [{ dynamodb: 'http://user:secret@localhost:8000' }, '`dynamodb` must be the URL of a DynamoDB, such as http://localhost:8000, or aws, got '
    + '"http://user:secret@localhost:8000"'],
  [{ dynamodb: 'aws', data: 'kept' }, '`data` is the folder of the DynamoDB that the gateway starts itself, and `dynamodb` names another; give one of them'],
  [{ dynamodb: 'http://localhost:8000', data: 'kept' }, '`data` is the folder of the DynamoDB that the gateway starts itself, and `dynamodb` names '
    + 'another; give one of them'],
  [{ inspect: 0 }, '`inspect` must be an integer from 1 to 65535, got 0'],
])('fails with %j', (options, message) => {
  expect(() => withDefaults(options)).toThrow(new GatewayError('INVALID_OPTION', message));
});

test('fails with an unknown option, and lists the options', () => {
  expect(() => withDefaults({ certificate: 'a.pem' } as GatewayOptions)).toThrow(new GatewayError('INVALID_OPTION',
    'there is no option `certificate`; startGateway takes app, directory, stack, port, host, allowedHosts, allowedOrigins, envVars, environment, '
    + 'functionEnvironment, dynamodb, data, inspect, watch, serial, concurrency, lambda, localIssuer, '
    + 'idleTimeout, connectionDuration, inspector, verbose, record, mask, signal, onEvent'));
});

test.each([
  [{ prot: 3001 }, 'there is no option `prot`; did you mean `port`?'],
  [{ envFile: 'local.env' }, 'there is no option `envFile`; did you mean `envVars`?'],
])('suggests the option that %j means', (options, message) => {
  expect(() => withDefaults(options as GatewayOptions)).toThrow(new GatewayError('INVALID_OPTION', message));
});

test.each<[GatewayOptions['inspect'], number | undefined]>([
  [undefined, undefined], [false, undefined], [true, 9229], [9300, 9300],
])('inspect: %p begins at port %p', (inspect, port) => {
  expect(inspectorPort({ inspect })).toBe(port);
});
