import { functionLabel } from '../../../lib/local/terminal/function-label';

test.each([
  ['Stack/Chat/Handler-src%2Fmessages.send', 'src/messages.send'],
  ['Stage/Stack/Chat/Handler-100%25%2Fa.b', '100%/a.b'],
  ['Stack/Send', 'Stack/Send'],
  ['Stack/Chat/Handler-src%2Fmessages.send/Alias', 'Stack/Chat/Handler-src%2Fmessages.send/Alias'],
  ['MOCK', 'MOCK'],
])('%s is called %s', (path, label) => {
  expect(functionLabel(path)).toBe(label);
});
