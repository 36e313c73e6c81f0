import { Lazy } from 'aws-cdk-lib';
import { stageNameFault } from '../../../lib/private/checks/stage-name';

const remedy = 'use 1 to 128 letters, digits, hyphens and underscores, for example "dev"';

test.each(['dev', 'v1', 'PROD', 'a-b_c', '-', '0', 'x'.repeat(128)])('%s is a stage name', (name) => {
  expect(stageNameFault(name)).toBeUndefined();
});

test('a token is let through', () => {
  expect(stageNameFault(Lazy.string({ produce: () => '$default' }))).toBeUndefined();
});

test('$default is refused', () => {
  expect(stageNameFault('$default')).toEqual({ reason: 'is a stage of HTTP APIs, and a WebSocket API cannot have it', remedy });
});

test.each(['', ' ', 'my stage', 'dev\n', 'a/b', 'a.b', '$dev', 'größe', 'x'.repeat(129)])('%j is refused', (name) => {
  expect(stageNameFault(name)).toEqual({ reason: 'is not a legal stage name', remedy });
});
