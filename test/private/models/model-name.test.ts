import { modelNameFault, modelNameFrom } from '../../../lib/private/models/model-name';

test.each([
  [['send-message'], 'SendMessage'],
  [['sendMessage'], 'SendMessage'],
  [['A message, 2nd edition'], 'AMessage2ndEdition'],
  [['chat/join', 'text'], 'ChatJoinText'],
  [['$default', ''], 'Default'],
  [['x'.repeat(200)], `X${'x'.repeat(127)}`],
  [['送信', ''], undefined],
])('a name of %j', (texts, name) => {
  expect(modelNameFrom(...texts)).toBe(name);
});

test.each(['A', '1', 'SendMessage', 'x'.repeat(128)])('legal: %s', (name) => {
  expect(modelNameFault(name)).toBeUndefined();
});

test.each([
  ['send-message', ', for example "SendMessage"'],
  ['', ''],
  ['ä', ''],
  ['x'.repeat(129), `, for example "X${'x'.repeat(127)}"`],
])('refused: %s', (name, example) => {
  expect(modelNameFault(name)).toEqual({ reason: 'is not a legal name of a model', remedy: `use 1 to 128 letters and digits${example}` });
});
