import { hasStageVariables, missingVariable, withStageVariables } from '../../../lib/local/protocol/stage-variables';

test.each([
  ['https://${stageVariables.host}/${stageVariables.two-words}', { text: 'https://example.com/x' }],
  ['${stageVariables.nested}', { text: '${stageVariables.host}' }],
  ['${stageVariables.host}/${stageVariables.none}/${stageVariables.other}', { missing: 'none' }],
  ['${stageVariables.constructor}', { missing: 'constructor' }],
  ['https://example.com', { text: 'https://example.com' }],
])('5.3.8: %s', (text, substituted) => {
  expect(withStageVariables(text, { 'host': 'example.com', 'two-words': 'x', 'nested': '${stageVariables.host}' })).toEqual(substituted);
});

test('5.3.8: a text has stage variables or has none', () => {
  expect(['x${stageVariables.a}', '${stageVariables.a}', '${stageVariables.}', '$stageVariables.a'].map(hasStageVariables))
    .toEqual([true, true, false, false]);
});

test('5.3.8: a variable that the stage does not have is named', () => {
  expect(missingVariable('https://${stageVariables.host}', 'host'))
    .toBe('the integration URI https://${stageVariables.host} needs the stage variable "host", which the stage does not have');
});
