import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { SamplePool } from '../_helpers/sample-pool';

let sample: SamplePool;
beforeEach(() => {
  sample = new SamplePool();
});
afterEach(() => sample.close());

/** Invokes a handler whose files are given. */
const answer = async (handler: string, files: Record<string, string>, properties = {}) => {
  sample.add('fn', undefined, { handler, ...properties });
  for (const [file, text] of Object.entries(files)) sample.write(`fn/${file}`, text);
  await sample.start();
  const result = await sample.pool.invoke('fn', '{}');
  return result.ok ? JSON.parse(result.payload) as unknown : result;
};

describe('where a handler is found', () => {
  const commonJs = 'exports.send = async () => "sent";';
  const esModule = 'const value = await Promise.resolve("sent"); export const send = async () => value;';

  test.each<[string, string, Record<string, string>]>([
    ['in a folder', 'dir/index.send', { 'dir/index.js': commonJs }],
    ['in a nested export', 'index.a.b', { 'index.js': 'exports.a = { b: async () => "sent" };' }],
    ['in .cjs', 'index.send', { 'index.cjs': commonJs }],
    ['in .mjs, with await at top level', 'index.send', { 'index.mjs': esModule }],
    ['in .js of a package of ES modules', 'index.send', { 'index.js': esModule, 'package.json': '{"type":"module"}' }],
    ['.js before .mjs', 'index.send', { 'index.js': commonJs, 'index.mjs': 'throw new Error("wrong file");' }],
    ['in the default export, from nodejs24.x', 'index.send', { 'index.mjs': 'export default { send: async () => "sent" };' }],
  ])('%s', async (_where, handler, files) => {
    expect(await answer(handler, files)).toBe('sent');
  });

  test('a package.json above the code does not count: it does not exist on Lambda', async () => {
    sample.write('package.json', '{"type":"module"}');
    const files = { 'index.js': 'exports.send = require("./lib/text");', 'lib/text.js': 'module.exports = async () => "sent";' };
    expect(await answer('index.send', files)).toBe('sent');
  });

  test('inline code is index.js', async () => {
    expect(await answer('index.send', {}, { code: { inline: 'exports.send = async () => __filename;' } })).toMatch(/index\.js$/);
  });
});

describe('handlers that cannot be loaded', () => {
  test.each<[string, string, Record<string, string>, object]>([
    ['no such export', 'index.send', { 'index.js': 'exports.other = 1;' }, {
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: 'index.send is undefined or not exported',
      stackTrace: [
        'Runtime.HandlerNotFound: index.send is undefined or not exported',
      ],
    }],
    ['no function', 'index.send', { 'index.js': 'exports.send = 1;' }, {
      errorType: 'Runtime.HandlerNotFound', errorMessage: 'index.send is not a function',
    }],
    ['no such file', 'other.send', { 'index.js': '' }, {
      errorType: 'Runtime.ImportModuleError', errorMessage: "Error: Cannot find module 'other'\nRequire stack:",
    }],
    ['a bad name', 'index', { 'index.js': '' }, { errorType: 'Runtime.MalformedHandlerName', errorMessage: 'Bad handler' }],
    ['a name that climbs', '../index.send', { 'index.js': '' }, {
      errorType: 'Runtime.MalformedHandlerName',
      errorMessage: "'../index.send' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
    }],
    ['a syntax error', 'index.send', { 'index.js': 'exports.send = {' }, {
      errorType: 'Runtime.UserCodeSyntaxError', errorMessage: 'SyntaxError: Unexpected end of input',
    }],
    ['an error at load', 'index.send', { 'index.js': 'throw new RangeError("at load");' }, {
      errorType: 'RangeError', errorMessage: 'at load',
    }],
    ['a rejection at load', 'index.send', { 'index.js': 'exports.send = async () => 1; Promise.reject(new Error("left alone"));' }, {
      errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: left alone',
    }],
    ['an exit at load', 'index.send', { 'index.js': 'process.exit(3);' }, {
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/^RequestId: \S{36} Error: Runtime exited with error: exit status 3$/),
    }],
    ['a module that waits for nothing', 'index.send', { 'index.mjs': 'await new Promise(() => {});' }, { errorType: 'Runtime.NodeJsExit' }],
  ])('%s', async (_what, handler, files, error) => {
    expect(await answer(handler, files)).toMatchObject({ ok: false, kind: 'init', ...error });
  });

  test('output until the failure is reported', async () => {
    await answer('index.send', { 'index.js': 'console.log("so far"); throw new Error("no further");' });
    expect(sample.output[0]).toEqual({ functionId: 'fn', stream: 'stdout', text: 'so far' });
    expect(sample.notices).toEqual([{ code: 'function-not-started', subject: 'Test/fn', text: 'Test/fn: Error: no further' }]);
  });

  test('the next invocation tries again in a new process', async () => {
    expect(await answer('index.send', { 'index.js': 'throw new Error("broken");' }))
      .toMatchObject({ kind: 'init', errorMessage: 'broken' });
    sample.write('fn/index.js', 'exports.send = async () => "mended";');
    expect(await sample.pool.invoke('fn', '{}')).toMatchObject({ ok: true, payload: '"mended"' });
  });
});

describe('packages that the code does not hold', () => {
  const library = { 'package.json': '{"name":"left-out","exports":"./main.js"}', 'main.js': 'exports.word = "found";' };
  const commonJs = { 'index.js': 'const { word } = require("left-out"); exports.send = async () => word;' };
  const esModule = { 'index.mjs': 'import { word } from "left-out"; export const send = async () => word;' };
  const outside: string[] = [];
  afterEach(() => outside.splice(0).forEach((folder) => fs.rmSync(folder, { recursive: true })));

  const install = (folder: string) => Object.entries(library).forEach(([file, text]) => sample.write(`${folder}/left-out/${file}`, text));
  /** Code that is not below the app, as that of an assembly elsewhere. */
  const codeOutside = (files: Record<string, string>) => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'functions-test-'));
    outside.push(directory);
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(directory, file), text);
    return { code: { directory } };
  };

  test.each([['CommonJS', commonJs], ['ES modules', esModule]])("are the app's (%s)", async (_format, files) => {
    install('node_modules');
    expect(await answer('index.send', files)).toBe('found');
  });

  test.each([['CommonJS', commonJs], ['ES modules', esModule]])("are the app's, wherever the code is (%s)", async (_format, files) => {
    install('node_modules');
    expect(await answer('index.send', {}, codeOutside(files))).toBe('found');
  });

  test('come from a layer first', async () => {
    install('layer/nodejs/node_modules');
    expect(await answer('index.send', commonJs, { layers: [path.join(sample.directory, 'layer')] })).toBe('found');
  });

  test.each([['CommonJS', commonJs], ['ES modules', esModule]])('are named with the command that installs them if they are nowhere (%s)',
    async (_format, files) => {
      expect(await answer('index.send', files))
        .toMatchObject({ kind: 'init', errorMessage: expect.stringMatching(/Cannot find (module|package) 'left-out'/) });
      expect(sample.notices).toEqual([{
        code: 'package-missing',
        subject: 'Test/fn',
        text: `Test/fn imports left-out, which is neither in its code nor in ${sample.directory}/node_modules: `
          + 'npm install --save-dev left-out',
      }]);
    });
});
