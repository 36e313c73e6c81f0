import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from '../../../lib/local/gateway-error';
import { readRecording } from '../../../lib/local/recording/reading';
import { Recorder, RecorderOptions } from '../../../lib/local/recording/recorder';
import { RecordingFile } from '../../../lib/local/recording/recording-file';
import { Trace } from '../../../lib/local/trace';
import { api, app, proxy, route, temporaryFolder, until } from '../_helpers/local-server';

let folder: string;
let trace: Trace;
const notices: string[] = [];

beforeEach(() => {
  folder = temporaryFolder();
  trace = new Trace();
  notices.length = 0;
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const served = app(api([
  route('$connect', {
    authorization: {
      type: 'CUSTOM',
      authorizer: { logicalId: 'A', name: 'Door', authorizerId: 'aabbcc', identitySource: ['route.request.header.X-Door'], target: proxy('door').target! },
    },
  }),
  route('say'),
], { apiKeys: [{ id: 'k', value: 'the-api-key-of-the-app', stages: ['dev'] }] }));

function record(name = 'session.jsonl', options: Partial<RecorderOptions> = {}): Recorder {
  return new Recorder(RecordingFile.open(path.join(folder, name)), {
    app: served, trace, maskBodies: false, onNotice: ({ code, text }) => { if (code === 'recording-ended') notices.push(text); }, environment: {}, ...options,
  });
}

function say(text: string): void {
  trace.add({ type: 'frame', time: 1, connectionId: 'c', direction: 'in', text });
}

const lines = (name = 'session.jsonl'): string[] => fs.readFileSync(path.join(folder, name), 'utf8').split('\n');

test('the first line says what the file is, what is kept and what is masked; only the owner may read it', async () => {
  const recorder = record();
  say('hello, the-api-key-of-the-app');
  await recorder.close();

  expect(fs.statSync(recorder.path).mode % 0o1000).toBe(0o600);
  expect(lines().length).toBe(3);
  expect(JSON.parse(lines()[0])).toEqual({
    recording: 'cdk-websocket-service',
    version: 1,
    time: expect.any(Number),
    note: expect.stringMatching(/^BODIES ARE KEPT: .* \(--mask masks them\)\. Masked as <masked:n>/),
    bodies: 'kept',
    apis: [{ name: 'Api', stack: 'Test', stages: ['dev'], routes: ['$connect', 'say'], identitySources: ['route.request.header.X-Door'] }],
  });
  expect(JSON.parse(lines()[1])).toEqual({ type: 'frame', time: 1, connectionId: 'c', direction: 'in', text: 'hello, <masked:1>' });
});

test('with `maskBodies`, the first line says that bodies are masked', async () => {
  await record('session.jsonl', { maskBodies: true }).close();

  expect(JSON.parse(lines()[0])).toMatchObject({ bodies: 'masked', note: expect.stringMatching(/^Bodies of .* are masked\./) });
});

test('a handshake is learnt before its entry', async () => {
  const recorder = record();
  recorder.learn({ url: '/dev', rawHeaders: ['X-Door', 'open-sesame'] });
  trace.add({ type: 'output', time: 1, functionId: 'f', stream: 'stdout', text: 'open-sesame' });
  await recorder.close();

  expect(lines()[1]).not.toContain('sesame');
});

test('what was written is there while the recording goes on: a killed gateway loses nothing but the last moment', async () => {
  const recorder = record();
  for (let i = 0; i < 100; i++) say(`message ${i}`);

  await until(() => lines().length > 101);

  expect((await readRecording(recorder.path)).entries.length).toBe(100);
  await recorder.close();
});

describe('the file', () => {
  const refusal = (name: string): unknown => {
    try {
      RecordingFile.open(path.join(folder, name));
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const refused = (name: string, reason: string): GatewayError => (
    new GatewayError('RECORDING_REFUSED', `${path.join(folder, name)} ${reason}; give the recording the name of a new file`));

  test('an earlier recording is overwritten, and its mode corrected', async () => {
    const first = record();
    say('first');
    await first.close();
    fs.chmodSync(first.path, 0o644);

    const second = record();
    await second.close();

    expect(lines().length).toBe(2);
    expect(fs.statSync(second.path).mode % 0o1000).toBe(0o600);
  });

  test.each([['notes', 'my notes\n'], ['nothing', ''], ['JSON', '{"recording":"of something else"}\n']])('a file with %s stays', (_what, text) => {
    fs.writeFileSync(path.join(folder, 'mine'), text);

    expect(refusal('mine')).toEqual(refused('mine', 'exists and is not a recording, so it is not overwritten'));
    expect(fs.readFileSync(path.join(folder, 'mine'), 'utf8')).toBe(text);
  });

  test.each(['there', 'missing'])('a symbolic link to a file that is %s is not followed', async (target) => {
    await record('there').close();
    const before = lines('there');
    fs.symlinkSync(path.join(folder, target), path.join(folder, 'link'));

    expect(refusal('link')).toEqual(refused('link', 'is a symbolic link, which is not followed'));
    expect(lines('there')).toEqual(before);
    expect(fs.existsSync(path.join(folder, 'missing'))).toBe(false);
  });

  test('a folder is refused, and a folder that is missing named', () => {
    fs.mkdirSync(path.join(folder, 'folder'));

    expect(refusal('folder')).toMatchObject({ code: 'RECORDING_REFUSED', message: expect.stringContaining('EISDIR') });
    expect(refusal('no/such')).toMatchObject({ code: 'RECORDING_REFUSED', message: expect.stringContaining('cannot be created (ENOENT') });
  });

  test('without a recording, a new file is gone and an earlier one stays', async () => {
    await record('earlier').close();
    RecordingFile.open(path.join(folder, 'earlier')).abandon();
    RecordingFile.open(path.join(folder, 'new')).abandon();

    expect(fs.readdirSync(folder)).toEqual(['earlier']);
    expect(lines('earlier').length).toBe(2);
  });
});

describe('the end of a recording', () => {
  test('at a size, with a notice; the gateway goes on', async () => {
    const recorder = record('session.jsonl', { mostBytes: 4_000 });
    for (let i = 0; i < 100; i++) say(`message ${i} ${'x'.repeat(100)}`);
    await recorder.close();

    expect(notices).toEqual([`the recording ${recorder.path} has ended, since it has reached 4000 bytes; the gateway goes on`]);
    expect(fs.statSync(recorder.path).size).toBeLessThanOrEqual(4_000);
    expect((await readRecording(recorder.path)).isCutOff).toBe(false);
    expect(trace.isOn).toBe(false);
  });

  test('when the disk does not keep up', async () => {
    const recorder = record('session.jsonl', { mostWaiting: 2_000 });
    for (let i = 0; i < 100; i++) say(`message ${i} ${'x'.repeat(100)}`);
    await recorder.close();

    expect(notices).toEqual([`the recording ${recorder.path} has ended, since the disk does not keep up; the gateway goes on`]);
    expect((await readRecording(recorder.path)).entries.length).toBeGreaterThan(5);
  });

  test('when the disk is full, at the last whole line', async () => {
    const file = RecordingFile.open(path.join(folder, 'session.jsonl'));
    const write = file.write.bind(file);
    let writes = 0;
    // Half of the second write still fits.
    file.write = async (bytes, position) => {
      if (++writes === 1) return write(bytes, position);
      await write(bytes.subarray(0, bytes.length / 2), position);
      throw new Error('ENOSPC: no space left on device, write');
    };
    const recorder = new Recorder(file, { app: served, trace, maskBodies: false, onNotice: ({ code, text }) => { if (code === 'recording-ended') notices.push(text); }, environment: {} });
    say('first');
    await until(() => lines().length === 3);
    say('second');
    await until(() => notices.length > 0);
    say('third');
    await recorder.close();

    expect(notices).toEqual([`the recording ${recorder.path} has ended, since ENOSPC: no space left on device, write; the gateway goes on`]);
    expect(lines().length).toBe(3);
    expect(trace.isOn).toBe(false);
  });
});
