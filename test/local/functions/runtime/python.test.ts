import { hasPython, SamplePool } from '../_helpers/sample-pool';

let sample: SamplePool;
beforeEach(() => {
  sample = new SamplePool();
});
afterEach(() => sample.close());

const answer = async (text: string, handler = 'index.handler', event: unknown = {}) => {
  sample.add('fn', undefined, { runtime: 'python3.13', handler, timeout: 3_600_000 });
  sample.write('fn/index.py', text);
  await sample.start();
  return sample.pool.invoke('fn', JSON.stringify(event));
};

(hasPython ? describe : describe.skip)('Python', () => {
  test('event, context and result', async () => {
    const result = await answer(`
import os
def handler(event, context):
    return {"got": event["text"], "id": context.aws_request_id, "name": context.function_name, "arn": context.invoked_function_arn,
            "left": 3_000_000 < context.get_remaining_time_in_millis() <= 3_600_000, "cwd": os.getcwd(), "trace": os.environ["_X_AMZN_TRACE_ID"][:7]}
`, 'index.handler', { text: 'ä☃' });
    expect(result.ok && JSON.parse(result.payload)).toEqual({
      got: 'ä☃',
      id: result.requestId,
      name: 'test-fn',
      arn: 'arn:aws:lambda:eu-west-1:111111111111:function:test-fn',
      left: true,
      cwd: `${sample.directory}/fn`,
      trace: 'Root=1-',
    });
  });

  test('output is attributed to its invocation', async () => {
    const { requestId } = await answer(`
import logging, sys
logging.getLogger().setLevel("INFO")
print("loading")
def handler(event, context):
    print("one")
    print("two", file=sys.stderr)
    logging.info("three")
`);
    expect(sample.output).toEqual([
      { functionId: 'fn', stream: 'stdout', text: 'loading' },
      { functionId: 'fn', requestId, stream: 'stdout', text: 'one' },
      { functionId: 'fn', requestId, stream: 'stderr', text: 'two' },
      { functionId: 'fn', requestId, stream: 'stdout', text: '[INFO]\tthree' },
    ]);
  });

  test('errors', async () => {
    expect(await answer('def handler(event, context):\n    raise ValueError("no")\n')).toMatchObject({
      ok: false,
      kind: 'error',
      errorType: 'ValueError',
      errorMessage: 'no',
      stackTrace: [expect.stringMatching(/^ {2}File ".*\/fn\/index\.py", line 2, in handler\n {4}raise ValueError\("no"\)\n/)],
    });
  });

  test('sys.exit ends the process', async () => {
    expect(await answer('import sys\ndef handler(event, context):\n    sys.exit(4)\n')).toMatchObject({
      kind: 'exit', errorType: 'Runtime.ExitError', errorMessage: expect.stringMatching(/Runtime exited with error: exit status 4$/),
    });
  });

  test.each([
    ['no such function', 'handle = 1', {
      errorType: 'Runtime.HandlerNotFound', errorMessage: "Handler 'handler' missing on module 'index'",
    }],
    ['a syntax error', 'def handler(', {
      errorType: 'Runtime.UserCodeSyntaxError', errorMessage: expect.stringContaining("Syntax error in module 'index': "),
    }],
  ])('%s', async (_what, text, error) => {
    expect(await answer(text)).toMatchObject({ kind: 'init', ...error });
  });

  test('a missing package is named with the command that installs it', async () => {
    expect(await answer('import left_out.part\n')).toMatchObject({
      kind: 'init', errorType: 'Runtime.ImportModuleError', errorMessage: "Unable to import module 'index': No module named 'left_out'",
    });
    expect(sample.notices).toEqual([{
      code: 'package-missing',
      subject: 'Test/fn',
      text: 'Test/fn imports left_out, which is neither in its code nor installed: pip install left_out',
    }]);
  });

  test('invocations run one after the other', async () => {
    await answer('order = []\ndef handler(event, context):\n    order.append(event)\n    return order\n', 'index.handler', 0);
    const results = await Promise.all([1, 2, 3].map((n) => sample.pool.invoke('fn', String(n))));
    expect(results.map((result) => result.ok && result.payload)).toEqual(['[0, 1]', '[0, 1, 2]', '[0, 1, 2, 3]']);
  });
});
