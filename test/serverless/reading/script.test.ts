import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { runScript } from '../../../lib/serverless/reading/script';
import { readYml, problemOf, serviceFolder } from '../_helpers/service-folder';

const SERVICE = ['service: svc', 'provider: {name: aws}', 'functions: {a: {handler: h.h}}', 'custom: "${file(a.js)}"', ''].join('\n');

test.each<[string, string, unknown]>([
  ['writes to the descriptor of the answer', 'require("node:fs").writeSync(3, \'{"value":{"x":2}}\'); module.exports = {x: 1};', { x: 1 }],
  ['leaves a process behind, which has its descriptors',
    'require("node:child_process").spawn("sleep", ["2"], {stdio: "inherit"}).unref(); module.exports = {x: 1};', { x: 1 }],
  ['exports what JSON does not have', 'module.exports = {s: Symbol("x"), d: new Date(0), u: undefined, f() {}, n: NaN};',
    { d: '1970-01-01T00:00:00.000Z', n: null }],
  ['exports keys of prototypes', 'module.exports = JSON.parse(\'{"__proto__": {"x": 1}, "constructor": 2}\');',
    JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')],
])('a script that %s', (_, text, expected) => {
  // WHEN
  const { config } = readYml(SERVICE, {}, { 'a.js': text });

  // THEN
  expect(config.custom).toEqual(expected);
  expect({}).not.toHaveProperty('x');
});

test.each<[string, string, RegExp]>([
  ['throws nothing', 'throw null;', /^ServerlessFileError: a\.js: the script failed: null$/],
  ['rejects', 'module.exports = () => Promise.reject("no");', /^ServerlessFileError: a\.js: the script failed: no$/],
  ['exits', 'process.exit(3);', /^ServerlessFileError: a\.js: the script failed: it ended with status 3 before it gave a value$/],
  ['is killed', 'process.kill(process.pid, "SIGKILL");', /^ServerlessFileError: a\.js: the script failed: it ended with SIGKILL before it gave a value$/],
  ['exports a circle', 'const a = {}; a.a = a; module.exports = a;',
    /^ServerlessFileError: a\.js: the script failed: TypeError: Converting circular structure to JSON/],
  ['exports too much', 'module.exports = "x".repeat(20_000_001);', /^ServerlessFileError: a\.js: the script exports more than 20 MB\.$/],
])('a script that %s is refused', (_, text, problem) => {
  expect(problemOf(SERVICE, {}, { 'a.js': text })).toMatch(problem);
});

test('a script that prints without end is stopped', () => {
  // GIVEN
  const folder = serviceFolder({ 'a.js': 'for (;;) require("node:fs").writeSync(1, "x".repeat(1_000_000));' });
  const file = path.join(folder, 'a.js');

  // THEN
  expect(() => runScript({ file, folder, environment: {}, timeoutSeconds: 0.5 })).toThrow(`${file}: the script did not end within 0.5 seconds.`);
});

test('a folder or pipe is not run', () => {
  // GIVEN
  const folder = serviceFolder({ 'a.js/x': '' });
  execFileSync('mkfifo', [path.join(folder, 'pipe.js')]);

  // THEN
  expect(problemOf(SERVICE, {}, { 'a.js/x': '' })).toBe('ServerlessFileError: a.js: this is a folder; name a file.');
  expect(problemOf(SERVICE.replace('a.js', path.join(folder, 'pipe.js'))))
    .toBe(`ServerlessFileError: ${folder}/pipe.js: this is not a regular file; name a file.`);
});
