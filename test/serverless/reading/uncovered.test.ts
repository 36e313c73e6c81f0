import { readYml } from '../_helpers/service-folder';

const SERVICE = ['service: svc', 'provider: {name: aws}', 'functions: {a: {handler: h.h, events: [{sqs: x}, {websocket: $connect}]}, b: {image: i}}',
  'layers: {l: {path: x}}'].join('\n');

test('what makes resources of other kinds is listed with its place', () => {
  // WHEN
  const { uncovered } = readYml(`${SERVICE}\nplugins: [serverless-offline, serverless-step-functions, my-plugin, serverless-domain-manager]\n`);

  // THEN
  expect(uncovered.map(({ code, text, position }) => [code, text, `${position?.line}:${position?.column}`])).toEqual([
    ['otherEvent', 'Function "a" has an event "sqs".', '3:31'],
    ['image', 'Function "b" is a container image.', '3:79'],
    ['layers', 'The file makes layers: l.', '4:1'],
    ['plugin', 'Plugin "serverless-step-functions" adds state machines.', '5:31'],
    ['unknownPlugin', 'Plugin "my-plugin" may change the template; plugins are never run.', '5:58'],
  ]);
});

test('plugins may be a map with modules', () => {
  expect(readYml(`${SERVICE}\nplugins: {modules: [my-plugin]}\n`).uncovered.map(({ code }) => code))
    .toEqual(['otherEvent', 'image', 'layers', 'unknownPlugin']);
});
