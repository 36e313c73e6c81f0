import { GatewayError } from '../../lib/local/gateway-error';
import { GatewayOptions, inspectorPort, withDefaults } from '../../lib/local/gateway-options';

test('without options there is a free port on this machine alone, with the limits of AWS', () => {
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
  };

  expect(withDefaults(options)).toEqual(options);
});

test.each<[object, string]>([
  [{ port: 65_536 }, 'port: 65536 is no whole number from 0 to 65535'],
  [{ port: '3001' }, 'port: "3001" is no whole number from 0 to 65535'],
  [{ app: 5 }, 'app: 5 is no text'],
  [{ host: '' }, 'host: "" is no text'],
  [{ envVars: ['a'] }, 'envVars: ["a"] is no text'],
  [null as unknown as object, 'startGateway takes an object of options, and got null'],
  [{ port: 1.5 }, 'port: 1.5 is no whole number from 0 to 65535'],
  [{ concurrency: 0 }, 'concurrency: 0 is no whole number from 1 to 1000'],
  [{ idleTimeout: -1 }, 'idleTimeout: -1 is no whole number from 1 to 7200000'],
  [{ connectionDuration: 7_200_001 }, 'connectionDuration: 7200001 is no whole number from 1 to 7200000'],
  [{ allowedHosts: 'localhost' }, 'allowedHosts must be a list of host names or IP addresses, such as my-machine.lan, 192.168.1.7 or *.example.com, got "localhost"'],
  [{ allowedHosts: ['a.lan', 'http://b.lan'] }, 'allowedHosts must be a list of host names or IP addresses, such as my-machine.lan, 192.168.1.7 or '
    + '*.example.com, got "http://b.lan"'],
  [{ allowedOrigins: ['*'] }, 'allowedOrigins must be a list of origins, such as https://app.example.com, http://my-machine.lan:5173, null or file://, got "*"'],
  [{ allowedOrigins: ['https://app.example.com/'] }, 'allowedOrigins must be a list of origins, such as https://app.example.com, http://my-machine.lan:5173, '
    + 'null or file://, got "https://app.example.com/"'],
  [{ inspect: 0 }, 'inspect: 0 is no whole number from 1 to 65535'],
])('fails with %j', (options, message) => {
  expect(() => withDefaults(options)).toThrow(new GatewayError('INVALID_OPTION', message));
});

test('fails with an option that there is not, and says which there are', () => {
  expect(() => withDefaults({ prot: 3001 } as GatewayOptions)).toThrow(new GatewayError('INVALID_OPTION',
    'startGateway has no option "prot"; it takes app, directory, stack, port, host, allowedHosts, allowedOrigins, envVars, environment, '
    + 'functionEnvironment, inspect, watch, serial, concurrency, idleTimeout, connectionDuration, verbose, signal, onEvent'));
});

test('the former name of envVars leads to the new one', () => {
  expect(() => withDefaults({ envFile: 'local.env' } as GatewayOptions)).toThrow(
    new GatewayError('INVALID_OPTION', 'startGateway has no option "envFile"; it is called envVars, as --env-vars is'));
});

test.each<[GatewayOptions['inspect'], number | undefined]>([
  [undefined, undefined], [false, undefined], [true, 9229], [9300, 9300],
])('inspect: %p begins at port %p', (inspect, port) => {
  expect(inspectorPort({ inspect })).toBe(port);
});
