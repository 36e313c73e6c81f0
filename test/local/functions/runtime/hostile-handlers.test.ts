import { hasPython, REQUEST_ID, SamplePool, until } from '../_helpers/sample-pool';

let sample: SamplePool;
beforeEach(() => {
  sample = new SamplePool();
});
afterEach(() => sample.close());

const OTHER = '0b5f8f0e-2f4d-4c53-9f43-1f0e5b1c2d3e';
const ERROR = '{"errorType":"E","errorMessage":"m","trace":[]}';

/** What is written to the channel; `<id>` is the invocation's own id. */
const GARBAGE: ReadonlyArray<readonly [string, string]> = [
  ['binary', '\u0000\u0001\u00ff\u00fe\n'],
  ['an empty line', '\n'],
  ['half a line, which the next one completes', 'R'],
  ['an unknown letter', 'Q<id>1 {}\n'],
  ['a result without its time', 'R<id> {}\n'],
  ['a result with no number for its time', 'R<id>NaN {}\n'],
  ['the result of another invocation', `R${OTHER}1 {}\n`],
  ['the result of its own, which then comes once more', 'R<id>1 {}\n'],
  ['a result that is no JSON', 'R<id>1 {"a":\n'],
  ['an error that is null', 'E<id>1 null\n'],
  ['an error that is no JSON', 'E<id>1 {\n'],
  ['an error with a trace that is no list', 'E<id>1 {"errorType":"E","errorMessage":"m","trace":{"length":3}}\n'],
  ['the last error of another', `X${OTHER}1 ${ERROR}\n`],
  ['a second start', 'S\n'],
  ['a start that failed', `F${ERROR}\n`],
  ['a start that failed for null', 'Fnull\n'],
  ['output that is null', 'Onull\n'],
  ['output of lists', 'O[["stdout"],[1],["text"]]\n'],
  ['output on a stream of the prototype', 'O["__proto__",null,"x"]\n'],
  ['output that is no JSON', 'O["stdout",\n'],
  ['more given back than was given', 'B999999\n'],
  ['a huge number', `B${'9'.repeat(400)}\n`],
];
const NODE = `const fs = require('fs');
exports.handler = async ({ text }, { awsRequestId }) => {
  if (text) fs.writeSync(3, text.replace('<id>', awsRequestId), null, 'latin1');
  return process.pid;
};`;
const PYTHON = `import os
def handler(event, context):
    if "text" in event:
        os.write(3, event["text"].replace("<id>", context.aws_request_id).encode("latin-1"))
    return os.getpid()
`;

const addNode = (): void => { sample.add('fn', NODE); };
const addPython = (): void => {
  sample.add('fn', undefined, { runtime: 'python3.13' });
  sample.write('fn/index.py', PYTHON);
};

describe.each(hasPython ? [['Node.js', addNode], ['Python', addPython]] as const : [['Node.js', addNode]] as const)(
  'garbage that a handler writes to the channel (%s)', (_, add) => {
    test.each(GARBAGE)('%s costs its process, and says so', async (_what, text) => {
    // GIVEN
      add();
      sample.add('other', 'exports.handler = async () => "well";');
      await sample.start();
      const [pid] = sample.pool.pids('fn');
      // WHEN
      const bad = await sample.pool.invoke('fn', JSON.stringify({ text }));
      // THEN it answered for itself, or is answered as Lambda answers for a runtime that ended
      const answeredItself = text.startsWith('R<id>1');
      if (!answeredItself) {
        expect(bad).toMatchObject({ ok: false, kind: 'exit', errorType: 'Runtime.ExitError', stackTrace: [] });
        expect(!bad.ok && bad.errorMessage.replace(REQUEST_ID, '<id>')).toBe('RequestId: <id> Error: Runtime exited with error: signal: killed');
      }
      await until(() => sample.notices.length > 0);
      expect(sample.notices).toEqual([{
        code: 'function-garbled',
        subject: 'Test/fn',
        text: expect.stringMatching(/^Test\/fn: its process was ended: it wrote ".*" to file descriptor 3, by which it answers the gateway$/) as string,
      }]);
      const after = await sample.pool.invoke('fn', '{}');
      expect(after).toMatchObject({ ok: true, payload: expect.not.stringContaining(String(pid)) as string });
      expect(await sample.pool.invoke('other', '{}')).toMatchObject({ ok: true, payload: '"well"' });
    });
  });

test('100 MB without a line feed cost the process, and no more memory than a line may have', async () => {
  // GIVEN
  sample.add('fn', `const fs = require('fs'); exports.handler = async () => {
    const piece = Buffer.alloc(1_000_000, 'x');
    for (let sent = 0; sent < 100_000_000;) try { sent += fs.writeSync(3, piece); } catch {}
  };`);
  await sample.start();
  // WHEN
  const result = await sample.pool.invoke('fn', '{}');
  // THEN
  expect(result).toMatchObject({ ok: false, kind: 'exit', errorType: 'Runtime.ExitError' });
  expect(sample.notices.map(({ text }) => text)).toEqual([
    'Test/fn: its process was ended: it wrote a line of more than 6 MB to file descriptor 3, by which it answers the gateway',
  ]);
});

test('a process that closes the channel is ended', async () => {
  // GIVEN
  sample.add('fn', 'exports.handler = async () => { require("fs").closeSync(3); for (;;); };', { timeout: 30_000 });
  await sample.start();
  // WHEN
  const result = await sample.pool.invoke('fn', '{}');
  // THEN
  expect(result).toMatchObject({ ok: false, kind: 'exit', errorType: 'Runtime.ExitError' });
  expect(sample.notices.map(({ text }) => text)).toEqual([
    'Test/fn: its process was ended: it closed file descriptor 3, by which it answers the gateway',
  ]);
});

test('garbage while the module is loaded fails the start', async () => {
  // WHEN
  const result = await sample.run('require("fs").writeSync(3, "garbage\\n"); exports.handler = async () => 1;');
  // THEN
  expect(result).toMatchObject({ ok: false, kind: 'init', errorType: 'Runtime.ExitError' });
  expect(sample.notices[0].text).toBe(
    'Test/f0: its process was ended: it wrote "garbage" to file descriptor 3, by which it answers the gateway');
});

test('output under the id of another invocation belongs to none', async () => {
  // WHEN
  await sample.run(`exports.handler = async () => { require("fs").writeSync(3, 'O["stdout","${OTHER}","lie\\\\n"]\\n'); };`);
  // THEN
  expect(sample.output).toEqual([{ functionId: 'f0', stream: 'stdout', text: 'lie' }]);
  expect(sample.notices).toEqual([]);
});

test('a process that has failed and then never ends is ended', async () => {
  // GIVEN
  sample.add('fn', `exports.handler = async ({ fail }) => {
    if (!fail) return process.pid;
    process.on('exit', () => { for (;;); });
    setImmediate(() => { throw new Error('late'); });
    await new Promise(() => setTimeout(() => undefined, 10_000));
  };`, { reservedConcurrency: 1 });
  await sample.start();
  // WHEN
  const [failed, after] = await Promise.all(['{"fail":true}', '{}'].map((event) => sample.pool.invoke('fn', event)));
  // THEN
  expect(failed).toMatchObject({ ok: false, kind: 'error', errorMessage: 'late' });
  expect(after).toMatchObject({ ok: true });
});

/** Statements that replace globals, but for what Node.js itself calls while it reads a socket. */
const REPLACED: ReadonlyArray<readonly [string, string]> = [
  ['JSON', 'JSON.stringify = JSON.parse = () => { throw new Error("JSON"); };'],
  ['toJSON', 'Object.prototype.toJSON = () => "replaced"; Array.prototype.toJSON = () => "replaced"; after = () => { delete Object.prototype.toJSON; };'],
  ['arrays', 'for (const name of ["push", "shift", "slice", "splice", "map", "forEach", "join", "filter", "findIndex"]) Array.prototype[name] = fail;'],
  ['iteration', 'Array.prototype[Symbol.iterator] = fail;'],
  ['strings', 'for (const name of Object.getOwnPropertyNames(String.prototype)) if (!["constructor", "length", "toString", "valueOf"].includes(name)) String.prototype[name] = fail;'],
  ['numbers', 'Number.prototype.toString = fail; Math.round = Math.floor = fail; global.Number = global.String = fail;'],
  ['promises', 'Promise.prototype.then = fail; global.Promise = fail;'],
  ['regular expressions', 'RegExp.prototype.exec = RegExp.prototype[Symbol.replace] = fail;'],
  ['timers', 'global.setTimeout = global.setImmediate = global.setInterval = global.clearTimeout = fail; process.nextTick = () => undefined;'],
  ['clocks', 'Date.now = () => NaN; performance.now = () => -1e30; process.hrtime = fail; global.Date = fail; global.performance = undefined;'],
  ['a clock that stands still', 'process.hrtime.bigint = () => 0n; Date.now = () => 0; performance.now = () => 0;'],
  ['the process', 'process.exit = process.reallyExit = process.emitWarning = fail; process.env = null;'],
  ['a frozen environment', 'process.env = Object.freeze({});'],
  ['buffers', 'Buffer.from = Buffer.byteLength = Buffer.alloc = fail; Buffer.prototype.toString = fail; global.Buffer = undefined;'],
  ['files', 'const fs = require("fs"); for (const name of ["writeSync", "existsSync", "readFileSync", "write"]) fs[name] = fail;'],
  ['objects', 'Object.defineProperty = Object.assign = Object.keys = fail; global.Object = fail;'],
  ['errors', 'Error.prepareStackTrace = (error, frames) => frames; Error.captureStackTrace = fail; global.Error = fail;'],
  ['setters', 'for (const name of ["id", "name", "stack", "settled", "next", "line", "value", "get"]) '
    + 'Object.defineProperty(Object.prototype, name, { __proto__: null, set: fail, configurable: true });'],
  ['what a descriptor has', 'Object.prototype.get = () => 1;'],
  ['frozen globals', 'for (const it of [Object, Array, String, Number, Error, Promise, Function]) { Object.freeze(it); Object.freeze(it.prototype); } '
    + 'Object.freeze(JSON); Object.freeze(Math);'],
  ['Atomics', 'Atomics.wait = fail; global.Atomics = undefined;'],
];

describe.each(['nodejs22.x', 'nodejs24.x'])('a handler that replaces what the runtime uses still answers (%s)', (runtime) => {
  test.each(REPLACED)('%s', async (_, replace) => {
    // GIVEN
    const code = `const fail = () => { throw new TypeError('replaced'); };
      const write = process.stdout.write;
      let after = () => {};
      exports.handler = async ({ n, wrong }) => {
        if (n === 1) { ${replace} }
        write.call(process.stdout, 'number ' + n + '\\n');
        if (wrong) { const error = new TypeError('wrong'); after(); throw error; }
        after();
        return { n, text: 'ä☃' };
      };`;
    sample.add('fn', code, { runtime, reservedConcurrency: 1 });
    await sample.start();
    const [pid] = sample.pool.pids('fn');
    // WHEN
    const results = [];
    for (const n of [1, 2, 3]) results.push(await sample.pool.invoke('fn', JSON.stringify({ n })));
    const ahead = await Promise.all(Array.from({ length: 50 }, () => sample.pool.invoke('fn', '{"n":4}')));
    const wrong = await sample.pool.invoke('fn', '{"n":5,"wrong":true}');
    // THEN
    expect(results).toMatchObject([1, 2, 3].map((n) => ({ ok: true, payload: JSON.stringify({ n, text: 'ä☃' }) })));
    for (const { duration } of results) expect(duration).toBeLessThan(5_000);
    expect(ahead.every(({ ok }) => ok)).toBe(true);
    expect(wrong).toMatchObject({ ok: false, kind: 'error', errorType: 'TypeError', errorMessage: 'wrong' });
    expect(sample.printed().slice(0, 3)).toEqual(['number 1', 'number 2', 'number 3']);
    expect(sample.pool.pids('fn')).toEqual([pid]);
    expect(sample.notices).toEqual([]);
  });
});

test('a module that replaces globals while it is loaded still runs', async () => {
  const code = REPLACED.filter(([what]) => ['JSON', 'arrays', 'strings', 'files'].includes(what)).map(([, replace]) => `{ ${replace} }`).join('\n');
  const result = await sample.run(`exports.handler = async () => ({ there: true }); const fail = () => { throw new TypeError('replaced'); };\n${code}`);
  expect(result).toMatchObject({ ok: true, payload: '{"there":true}' });
});

(hasPython ? test : test.skip).each([
  ['json', 'json.dumps = json.loads = json.JSONEncoder.encode = fail'],
  ['print', 'builtins.print = fail'],
  ['what opens files', 'builtins.open = builtins.input = fail'],
  ['os', 'os.write = os._exit = fail'],
  ['the clock', 'time.time = time.perf_counter = time.monotonic = lambda: float("nan")'],
  ['the clock of every module', 'for module in list(sys.modules.values()):\n'
    + '            for name in [name for name, value in vars(module).items() if value in (real_time, real_counter)]:\n'
    + '                setattr(module, name, lambda: float("nan"))'],
  ['traceback', 'traceback.extract_tb = traceback.format_list = fail'],
  ['the environment', 'os.environ = None'],
  ['sys.stdout', 'sys.stdout = sys.stderr = None'],
])('a handler in Python that replaces %s still answers', async (_, replace) => {
  // GIVEN
  sample.add('fn', undefined, { runtime: 'python3.13', reservedConcurrency: 1 });
  sample.write('fn/index.py', `import builtins, json, os, sys, time, traceback
real_time, real_counter = time.time, time.perf_counter
write = sys.stdout.write
def fail(*args, **kwargs):
    raise TypeError("replaced")
def handler(event, context):
    if event["n"] == 1:
        ${replace}
    write("number %d\\n" % event["n"])
    if event["n"] == 3:
        raise ValueError("wrong")
    return {"n": event["n"], "left": 0 < context.get_remaining_time_in_millis() <= 60_000}
`);
  await sample.start();
  // WHEN
  const results = [];
  for (const n of [1, 2, 3]) results.push(await sample.pool.invoke('fn', JSON.stringify({ n })));
  // THEN
  expect(results).toMatchObject([
    { ok: true, payload: '{"n": 1, "left": true}' },
    { ok: true, payload: '{"n": 2, "left": true}' },
    { ok: false, kind: 'error', errorType: 'ValueError', errorMessage: 'wrong' },
  ]);
  expect(sample.printed()).toEqual(['number 1', 'number 2', 'number 3']);
  expect(sample.notices).toEqual([]);
});

/** What a handler prints without a line feed: twenty megabytes. */
describe.each([
  ['console.log', 'process.stdout.write(piece);'],
  ['stderr', 'process.stderr.write(piece);'],
  ['descriptor 1', 'for (let sent = 0; sent < 1024;) try { sent += fs.writeSync(1, piece.slice(sent)); } catch (error) { if (error.code !== "EAGAIN") throw error; }'],
])('20 MB without a line feed on %s', (_, write) => {
  test('are cut, and do not block other functions', async () => {
    // GIVEN
    sample.add('flood', `const fs = require('fs'); const piece = 'x'.repeat(1024);
      exports.handler = async () => { for (let n = 0; n < 20_000; n++) { ${write} } return 'done'; };`, { timeout: 60_000 });
    sample.add('other', 'exports.handler = async () => "well";');
    await sample.start();
    // WHEN
    let done = false;
    const flood = sample.pool.invoke('flood', '{}').finally(() => { done = true; });
    let longest = 0;
    while (!done) {
      const before = performance.now();
      expect(await sample.pool.invoke('other', '{}')).toMatchObject({ ok: true });
      longest = Math.max(longest, performance.now() - before);
    }
    // THEN the gateway is not busy for half a minute
    expect(await flood).toMatchObject({ ok: true, payload: '"done"' });
    expect(longest).toBeLessThan(10_000);
    await until(() => sample.output.length > 0);
    expect(sample.printed()[0]).toBe(`${'x'.repeat(1_048_576)} [cut: a line has at most 1048576 characters]`);
  });
});
