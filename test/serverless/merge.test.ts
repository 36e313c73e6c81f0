import { problemOf, readYml } from './_helpers/service-folder';

const HEAD = 'service: svc\nprovider: {name: aws}\n';

test('functions and resources may be lists, whose items are merged in depth', () => {
  // GIVEN
  const text = `${HEAD}functions: [{a: {handler: h.h, timeout: 5}}, null, {a: {timeout: 6}, b: {handler: h.b}}]\n`
    + 'resources: ["${file(r.yml)}", {Resources: {T: {Properties: {B: 2}}}}]\n';

  // WHEN
  const { functions, config } = readYml(text, {}, { 'r.yml': 'Resources: {T: {Type: X, Properties: {A: !Ref Q}}}\n' });

  // THEN
  expect(functions.map(({ key, config: each }) => [key, each])).toEqual([['a', { handler: 'h.h', timeout: 6 }], ['b', { handler: 'h.b' }]]);
  expect(config.resources).toEqual({ Resources: { T: { Type: 'X', Properties: { A: { Ref: 'Q' }, B: 2 } } } });
});

test('an item that is a text is refused', () => {
  expect(problemOf(`${HEAD}functions: [{a: {handler: h.h}}, nope]\n`))
    .toBe('ServerlessFileError: serverless.yml:3:34: each item of "functions" is a map, not "nope".');
});
