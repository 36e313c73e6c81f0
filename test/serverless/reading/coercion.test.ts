import { readYml } from '../_helpers/service-folder';

test('values get the types that the schema of Serverless has', () => {
  // GIVEN
  const lines = ['service: svc', 'provider: {name: aws, memorySize: "512", versionFunctions: "false", tags: {a: 5}, logs: {websocket: "true"}}',
    'functions: {a: {handler: h.h, timeout: "6", layers: x, environment: {N: 5, R: !Ref X}, events: [{websocket: 123}]}}', ''];

  // WHEN
  const { provider, functions, routes } = readYml(lines.join('\n'));

  // THEN
  expect(provider).toMatchObject({ memorySize: 512, versionFunctions: false, tags: { a: '5' }, logs: { websocket: true } });
  expect(functions[0].config).toEqual({ handler: 'h.h', timeout: 6, layers: ['x'], environment: { N: '5', R: { Ref: 'X' } } });
  expect(routes).toMatchObject([{ routeKey: '123' }]);
});
