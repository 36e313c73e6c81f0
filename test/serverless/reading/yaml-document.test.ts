import { problemOf, readYml } from '../_helpers/service-folder';

test.each<[string, string, string]>([
  ['brackets', `a: ${'['.repeat(50_000)}`, 'serverless.yml: values lie too deep within each other.'],
  ['items', `a:\n ${'- '.repeat(50_000)}x`, 'serverless.yml: values lie too deep within each other.'],
  ['an alias of itself', 'a: &a [*a]\n', 'serverless.yml:1:7: values lie more than 100 levels deep.'],
  ['an unknown tag', 'a: !Nope x\n', 'serverless.yml:1:10: unknown tag "!Nope". Known are the short forms of CloudFormation functions: '
    + '!And, !Base64, !Cidr, !Condition, !Equals, !FindInMap, !GetAtt, !GetAZs, !GetStackOutput, !If, !ImportValue, !Join, !Not, !Or, !Ref, '
    + '!Select, !Split, !Sub, !Transform.'],
])('%s', (_, text, problem) => {
  expect(problemOf(text)).toBe(`ServerlessFileError: ${problem}`);
});

test('an alias is the value that has its anchor above it, the last one of several', () => {
  // GIVEN
  const lines = ['service: svc', 'provider: {name: aws}', 'functions: {a: {handler: h.h}}',
    'custom: {a: &x {y: &y 1}, b: *x, c: *y, d: &y 2, e: *y, f: {<<: *x, z: 3}}', ''];

  // THEN
  expect(readYml(lines.join('\n')).config.custom).toEqual({ a: { y: 1 }, b: { y: 1 }, c: 1, d: 2, e: 2, f: { y: 1, z: 3 } });
});

test('aliases that multiply each other are counted, and thousands of them take no longer than other values', () => {
  // GIVEN
  const bomb = Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} [${Array(10).fill(`*a${index}`).join(', ')}]`);
  const many = Array.from({ length: 2000 }, (_, index) => `b${index}: {<<: *a, c: *a}`);

  // THEN
  expect(problemOf(['a0: &a0 x', ...bomb, ''].join('\n')))
    .toBe('ServerlessFileError: serverless.yml:1:9: the file has more than 200000 values, those that its aliases repeat included.');
  expect(problemOf(['a: &a {x: 1}', ...many, ''].join('\n')))
    .toBe('ServerlessFileError: serverless.yml: this is not a configuration of the Serverless Framework: it has no "provider.name".');
});
