import { OutputLines, type OutputLine } from '../../../lib/local/functions/output-lines';

test('lines are told when they are whole, or when their invocation ends', () => {
  // GIVEN
  const told: OutputLine[] = [];
  const lines = new OutputLines('fn', (line) => told.push(line));
  // WHEN
  lines.add('stdout', undefined, 'loaded\nhalf');
  lines.add('stdout', 'a', 'one\r\ntwo\nth');
  lines.add('stderr', 'a', 'oops');
  lines.add('stdout', 'a', 'ree');
  lines.flush();
  lines.flush();
  // THEN
  expect(told).toEqual([
    { functionId: 'fn', stream: 'stdout', text: 'loaded' },
    { functionId: 'fn', stream: 'stdout', text: 'half' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'one' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'two' },
    { functionId: 'fn', requestId: 'a', stream: 'stdout', text: 'three' },
    { functionId: 'fn', requestId: 'a', stream: 'stderr', text: 'oops' },
  ]);
});
