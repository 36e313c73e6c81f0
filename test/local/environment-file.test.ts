import * as fs from 'fs';
import * as path from 'path';
import { LambdaFunction } from '../../lib/local/assembly/local-app';
import { VariableOverrides, readOverrides, variablesOf, watchVariables } from '../../lib/local/environment-file';
import { GatewayError } from '../../lib/local/gateway-error';
import { AppFolder } from '../_helpers/app-folder';
import { until } from './_helpers/local-server';

let folder: AppFolder;
beforeAll(() => {
  folder = new AppFolder({
    '.env': 'TABLE=messages\n# a comment\nQUOTED="a b"\n',
    'all.json': '{ "Parameters": { "TABLE": "all", "COLOUR": "red" }, "SendFn": { "TABLE": "one" }, "Test/Chat/Send": { "SIZE": "2" } }',
    'broken.json': '{ "Parameters": ',
    'wrong.json': '{ "SendFn": { "SIZE": 2 } }',
    'list.json': '[]',
  });
});
afterAll(() => folder.leave());

const fn = { id: 'Test/SendFn', path: 'Test/Chat/Send', name: 'send-1' } as LambdaFunction;

test('a file of NAME=value lines is for all functions', () => {
  expect(variablesOf(fn, readOverrides({ envVars: '.env' }))).toEqual({ TABLE: 'messages', QUOTED: 'a b' });
});

test('a JSON file has an object for all and one for each function, by logical id, name or construct path', () => {
  expect(variablesOf(fn, readOverrides({ envVars: 'all.json' }))).toEqual({ TABLE: 'one', COLOUR: 'red', SIZE: '2' });
  expect(variablesOf({ ...fn, id: 'Test/Other', path: 'Test/Chat/Other' }, readOverrides({ envVars: 'all.json' })))
    .toEqual({ TABLE: 'all', COLOUR: 'red' });
});

test('a function has the name that is printed too', () => {
  const printed = { ...fn, path: 'Test/Chat/Handler-src%2Fmessages.send' };

  expect(variablesOf(printed, readOverrides({ functionEnvironment: { 'src/messages.send': { SIZE: '3' } } }))).toEqual({ SIZE: '3' });
});

test('the objects take precedence over the file', () => {
  // WHEN
  const given = readOverrides({ envVars: 'all.json', environment: { COLOUR: 'blue' }, functionEnvironment: { 'send-1': { TABLE: 'mine' } } });

  // THEN
  expect(variablesOf(fn, given)).toEqual({ TABLE: 'mine', COLOUR: 'blue', SIZE: '2' });
});

test('without options there are no variables', () => {
  expect(readOverrides({})).toEqual({ all: {}, functions: {} });
});

test.each<[string, (file: string) => string]>([
  ['missing.env', (file) => `the env file "${file}" cannot be read (ENOENT); write its path relative to ${process.cwd()}`],
  ['wrong.json', (file) => `the env file "${file}" has no variables at "SendFn"; write { "<function or Parameters>": { "NAME": "value" } }`],
  ['list.json', (file) => `the env file "${file}" is not an object; write { "Parameters": { "NAME": "value" } }`],
])('fails with %s', (name, message) => {
  const envVars = path.join(folder.path, name);

  expect(() => readOverrides({ envVars })).toThrow(new GatewayError('ENV_FILE_UNREADABLE', message(envVars)));
});

test('fails with a file that is not JSON, and says why in one line', () => {
  expect(() => readOverrides({ envVars: 'broken.json' }))
    .toThrow(/^the env file "broken\.json" is not valid JSON \(.+\); write \{ "Parameters": \{ "NAME": "value" \} \}$/);
});

test('a file that is saved is read again, and a broken one is reported', async () => {
  // GIVEN
  const read: VariableOverrides[] = [];
  const broken: string[] = [];
  folder.write({ 'watched.json': '{}' });
  const end = watchVariables({ envVars: 'watched.json', environment: { COLOUR: 'blue' } }, {
    onChange: (given) => read.push(given), onBroken: ({ message }) => broken.push(message),
  });

  // WHEN
  fs.writeFileSync('watched.json.tmp', '{ "Parameters": { "TABLE": "one" } }');
  fs.renameSync('watched.json.tmp', 'watched.json');
  await until(() => read.length > 1);
  folder.write({ 'watched.json': '[]' });
  await until(() => broken.length > 0);
  end();

  // THEN
  expect(read).toEqual([{ all: { COLOUR: 'blue' }, functions: {} }, { all: { TABLE: 'one', COLOUR: 'blue' }, functions: {} }]);
  expect(broken).toEqual([`the env file "${path.join(folder.path, 'watched.json')}" is not an object; write { "Parameters": { "NAME": "value" } }`]);
});
