import { Lazy } from 'aws-cdk-lib';
import { stageNameComplaint } from '../../../lib/private/checks/stage-name';

const remedy = 'use 1 to 128 letters, digits, hyphens and underscores, for example "dev"';

test.each(['dev', 'v1', 'PROD', 'a-b_c', '-', '0', 'x'.repeat(128)])('%s is a stage name', (name) => {
  expect(stageNameComplaint(name)).toBeUndefined();
});

test('a token is let through', () => {
  expect(stageNameComplaint(Lazy.string({ produce: () => '$default' }))).toBeUndefined();
});

test('$default is refused', () => {
  expect(stageNameComplaint('$default')).toEqual({ reason: 'is a stage of HTTP APIs, and a WebSocket API cannot have it', remedy });
});

test.each(['', ' ', 'my stage', 'dev\n', 'a/b', 'a.b', '$dev', 'größe', 'x'.repeat(129)])('%j is refused', (name) => {
  expect(stageNameComplaint(name)).toEqual({ reason: 'is not a legal stage name', remedy });
});
