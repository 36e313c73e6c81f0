import type { ReadOptions } from '../../../lib/serverless/service';
import { problemOf, readYml, serviceFolder } from '../_helpers/service-folder';

/** `custom` of a service, as it is resolved. */
function custom(lines: readonly string[], options: Partial<ReadOptions> = {}, files: Readonly<Record<string, string>> = {}): unknown {
  return readYml(service(lines), options, files).config.custom;
}

function service(lines: readonly string[]): string {
  return ['service: svc', 'provider: {name: aws}', 'params: {default: {p: plain}, dev: {q: quiet}, prod: {q: "${env:NONE}"}}',
    'functions: {a: {handler: h.h}}', 'custom:', ...lines.map((line) => `  ${line}`), ''].join('\n');
}

// What the command line of Serverless prints for the same lines: test/tools/serverless/variables.test.ts asks it.
test.each<[string, readonly string[], unknown]>([
  ['sources and defaults', ['a: ${self:service}', 'b: ${opt:nope, self:custom.no, 5}', 'c: "${opt:no, \'a, b: c}\'}"', 'd: ${opt:no, null}',
    'e: ${env:NO, \'\'}', 'f: ${param:p}${param:q}', 'g: ${sls:stage}-${aws:region}'],
  { a: 'svc', b: 5, c: 'a, b: c}', d: null, e: '', f: 'plainquiet', g: 'dev-us-east-1' }],
  ['nesting', ['st: dev', 'a: ${self:custom.${self:custom.st}}', 'dev: found'], { st: 'dev', a: 'found', dev: 'found' }],
  ['copies', ['a: ${self:custom.b}', 'b: {c: "${self:custom.d}"}', 'd: [1]'], { a: { c: [1] }, b: { c: [1] }, d: [1] }],
  ['escapes', ['a: \\${self:service}', 'b: \\\\${self:service}', 'c: \\${AWS::Region}', 'd: \\$$${self:service}',
    'e: $\\\\${self:service}', 'f: $$${self:service}'],
  { a: '${self:service}', b: '\\svc', c: '${AWS::Region}', d: '\\$svc', e: '$\\${self:service}', f: 'svc' }],
  ['what is none of ours', ['a: ${AWS::Region}', 'b: ${Foo}', 'c: ${foo.bar}', 'd: ${Foo.${self:service}}', 'e: "${aws::x}"'],
    { a: '${AWS::Region}', b: '${Foo}', c: '${foo.bar}', d: '${Foo.svc}', e: '${aws::x}' }],
  ['texts put together make no variables', ['a: ${self:custom.p}${self:custom.q}', 'p: $', 'q: "{self:service}"'],
    { a: '${self:service}', p: '$', q: '{self:service}' }],
  ['booleans', ['a: ${strToBool(true)}', 'b: "${strToBool(\'0\')}"'], { a: true, b: false }],
])('%s', (_, lines, expected) => {
  expect(custom(lines)).toEqual(expected);
});

test('files are read by what they are', () => {
  // GIVEN
  const files = {
    'a.yml': 'x: 1\ny: {z: "${self:service}"}\nr: !Ref Q\n',
    'b.json': '{"q": [1, {"a": "${self:service}"}]}',
    't.txt': 'hello ${self:service}',
  };

  // WHEN
  const read = custom(['a: ${file(a.yml)}', 'b: ${file(./b.json):q.1}', 't: ${file(t.txt)}', 'n: ${file(no.yml), "none"}'], {}, files);

  // THEN
  expect(read).toEqual({ a: { x: 1, y: { z: 'svc' }, r: { Ref: 'Q' } }, b: { a: 'svc' }, t: 'hello svc', n: 'none' });
});

test('scripts run in a process of their own, and may ask for the configuration', () => {
  // GIVEN
  const files = {
    'a.js': 'console.log("noise");\nmodule.exports = async ({ resolveConfigurationProperty: get, resolveVariable: ask, options }) =>'
      + ' ({ service: await get(["service"]), none: await get(["custom", "none"]), stage: await ask("sls:stage"), given: options.stage });',
  };

  // WHEN
  const read = custom(['a: ${file(a.js)}'], { stage: 'qa' }, files);

  // THEN
  expect(read).toEqual({ a: { service: 'svc', stage: 'qa', given: 'qa' } });
});

test('the account and parameters are resolved when CloudFormation deploys', () => {
  // WHEN
  const { config, notices } = readYml(service(['a: ${aws:accountId}', 'b: arn:${aws:accountId}:${Q}', 'c: !Sub "${aws:accountId}-${Q}"',
    'd: ${ssm:/x/y}']));

  // THEN
  expect(config.custom).toEqual({
    a: { Ref: 'AWS::AccountId' },
    b: { 'Fn::Sub': 'arn:${AWS::AccountId}:${!Q}' },
    c: { 'Fn::Sub': '${AWS::AccountId}-${Q}' },
    d: '{{resolve:ssm:/x/y}}',
  });
  expect(notices.map(({ code }) => code)).toEqual(['deployTimeValue', 'deployTimeValue']);
});

test('values may be given for what only AWS knows', () => {
  expect(custom(['a: ${cf(eu-west-1):net.Id}', 'b: ${s3:bucket/key, 4}', 'c: ${ssm(eu-west-1):/x}', 'd: ${aws:accountId}'], {
    values: { 'cf(eu-west-1):net.Id': 'vpc-1', 's3:bucket/key': null, 'ssm(eu-west-1):/x': ['p'], 'aws:accountId': '123456789012' },
  })).toEqual({ a: 'vpc-1', b: 4, c: ['p'], d: '123456789012' });
});

test('what has no value is listed at once', () => {
  expect(problemOf(service(['a: ${cf:net.Id}', 'b: ${vault:x}', 'table: ${self:custom.tabel}']))).toBe([
    'ServerlessFileError: serverless.yml:6:3: 3 variables have no value:',
    '  serverless.yml:6:3: "${cf:net.Id}" is known only to AWS.',
    '  serverless.yml:7:3: "${vault:x}" has a source that Serverless itself does not know.',
    '  serverless.yml:8:3: "${self:custom.tabel}" has no value. Did you mean "custom.table"?',
    'Give each value in "variables", or by --variable NAME=VALUE, by what is between the braces. '
      + 'Only AWS knows whether it exists: if not, write the default in its place.',
  ].join('\n'));
});

test.each<[string, readonly string[], string, Record<string, string>?]>([
  ['a variable without value', ['a: ${env:NONE}'], 'serverless.yml:6:3: "${env:NONE}" has no value.'],
  ['itself', ['a: ${self:custom.a}'], 'serverless.yml:6:3: "custom.a" depends on itself.'],
  ['what it stands in', ['a: ${self:custom}'], 'serverless.yml:6:3: "custom.a" depends on itself.'],
  ['a default in braces', ['a: ${opt:x, ${self:service}}'],
    'serverless.yml:6:3: after a comma, a source without braces of its own (`${opt:a, self:b}`) is expected at character 10 of '
    + '"${opt:x, ${self:service}}".'],
  ['a map in a text', ['a: x${self:custom.o}', 'o: {y: 7}'],
    'serverless.yml:6:3: "${self:custom.o}" is a map, and cannot be part of a text.'],
  ['a script that throws', ['a: ${file(a.js)}'], 'a.js: the script failed: boom', { 'a.js': 'throw "boom";' }],
  ['a script that ends', ['a: ${file(a.js)}'], 'a.js: the script failed: it ended before its promise was settled',
    { 'a.js': 'module.exports = new Promise(() => {});' }],
  ['a folder', ['a: ${file(sub)}'], 'sub: this is a folder; name a file.', { 'sub/x': '' }],
  ['a device', ['a: ${file(/dev/zero)}'], '/dev/zero: this is not a regular file; name a file.'],
  ['a broken file', ['a: ${file(a.json)}'], 'a.json: not valid JSON: Unexpected end of JSON input.', { 'a.json': '' }],
])('%s is refused', (_, lines, problem, files = {}) => {
  expect(problemOf(service(lines), {}, files)).toBe(`ServerlessFileError: ${problem}`);
});

test('two that depend on each other are refused', () => {
  expect(problemOf(service(['a: ${self:custom.b}', 'b: ${self:custom.a}']))).toContain('depends on itself, by "custom.');
});

test('a text that doubles itself ends with an error', () => {
  // GIVEN
  const lines = Array.from({ length: 40 }, (_, index) => `a${index}: '\${self:custom.a${index + 1}}\${self:custom.a${index + 1}}'`);

  // THEN
  expect(problemOf(service([...lines, 'a40: x']))).toContain('the text becomes longer than 2 million characters.');
});

test('a list that doubles itself ends with an error', () => {
  // GIVEN
  const lines = Array.from({ length: 40 }, (_, index) => `a${index}: ['\${self:custom.a${index + 1}}', '\${self:custom.a${index + 1}}']`);

  // THEN
  expect(problemOf(service([...lines, 'a40: x']))).toContain('the configuration has more than 500000 values, those of its copies included.');
});

test('keys of prototypes are no values, and change nothing', () => {
  expect(problemOf(service(['a: ${self:custom.constructor.name}']))).toContain('"${self:custom.constructor.name}" has no value.');
  expect(problemOf(service(['__proto__: {polluted: true}']))).toContain('"__proto__" is not accepted as a key.');
  expect(custom(['a: ${file(a.json)}'], {}, { 'a.json': '{"__proto__": {"polluted": true}}' })).not.toHaveProperty('a.polluted');
  expect({}).not.toHaveProperty('polluted');
});

test('.env of the stage is loaded, and changes nothing that is set', () => {
  // GIVEN
  const files = { '.env.dev': 'A=1 # one\nexport B="two\\nlines"\nC=${A}-$SET\nSET=file\n', '.env': 'D=4\n' };
  const lines = ['a: ${env:A}', 'b: ${env:B}', 'c: ${env:C}', 'd: ${env:D, "none"}', 's: ${env:SET}'];

  // WHEN
  const { config } = readYml(`useDotenv: true\n${service(lines)}`, { environment: { SET: 'here' } }, files);

  // THEN
  expect(config.custom).toEqual({ a: '1', b: 'two\nlines', c: '1-here', d: 'none', s: 'here' });
});

test('variables that need each other ten times, twenty levels deep, are evaluated once each', () => {
  // GIVEN
  const levels = (last: string, variable: (key: string) => string) => [
    ...Array.from({ length: 20 }, (_, index) => `k${index}: '${variable(`self:custom.k${index + 1}`)}'`), `k20: '${last}'`,
  ];
  const sum = (key: string) => `\${${key}}`.repeat(10);
  const fallbacks = (key: string) => `\${${Array(10).fill(`${key}.none`).join(', ')}}`;
  const everyOther = Array.from({ length: 20 }, (_, index) => `self:custom.k${index}`).join(', ');

  // THEN
  expect(custom(levels('', sum))).toMatchObject({ k0: '', k19: '' });
  expect(problemOf(service(levels('x', sum)))).toContain('the text becomes longer than 2 million characters.');
  expect(problemOf(service(levels('x', fallbacks)))).toBe('ServerlessFileError: serverless.yml:25:3: "${self:custom.k20.none}" has no value.');
  expect(problemOf(service(Array.from({ length: 20 }, (_, index) => `k${index}: '\${${everyOther}, "default"}'`))))
    .toBe('ServerlessFileError: serverless.yml:6:3: "custom.k0" depends on itself.');
});

test('a folder outside is read only if the file names it', () => {
  // GIVEN
  const outside = serviceFolder({ 'shared.yml': 'x: 1\n' });

  // THEN
  expect(custom([`a: \${file(${outside}/shared.yml):x}`])).toEqual({ a: 1 });
});
