import * as fs from 'fs';
import * as path from 'path';
import { GatewayError } from '../../../lib/local/gateway-error';
import { readRecording } from '../../../lib/local/recording/reading';
import { temporaryFolder } from '../_helpers/local-server';

let folder: string;
let file: string;
beforeEach(() => {
  folder = temporaryFolder();
  file = path.join(folder, 'session.jsonl');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const HEADER = JSON.stringify({ recording: 'cdk-websocket-service', version: 1, time: 1, note: '', bodies: 'kept', apis: [] });
const FRAME = JSON.stringify({ type: 'frame', time: 1, connectionId: 'c', direction: 'in', text: 'x' });
const NO_RECORDING = 'this is not a recording of cdk-websocket-service local --record';

test('entries are read with their lines; what a replay does not need is left out', async () => {
  fs.writeFileSync(file, `${HEADER}\n${FRAME}\n${JSON.stringify({ type: 'note', time: 1, kind: 'notice', text: 'x' })}\n${FRAME}\n`);

  expect((await readRecording(file)).entries.map(({ line }) => line)).toEqual([2, 4]);
});

test('an incomplete last line is dropped: the gateway was killed', async () => {
  fs.writeFileSync(file, `${HEADER}\n${FRAME}\n${FRAME.slice(0, 20)}`);

  expect(await readRecording(file)).toMatchObject({ isCutOff: true, entries: [{ line: 2 }] });
});

test.each<[string, string | Buffer, number, string]>([
  ['empty', '', 1, 'the file is empty'],
  ['of a binary', Buffer.from([0, 255, 10, 1, 2, 3]), 1, NO_RECORDING],
  ['with a first line that is too long', 'x'.repeat(5 * 1024 * 1024), 1, NO_RECORDING],
  ['with an incomplete first line', HEADER.slice(0, 30), 1, NO_RECORDING],
  ['with another first line', `${FRAME}\n`, 1, NO_RECORDING],
  ['of a later version', `${HEADER.replace('"version":1', '"version":2')}\n`, 1, 'the recording has version 2, and this version of cdk-websocket-service reads 1; update it'],
  ['without a version', `${HEADER.replace('"version":1,', '')}\n`, 1, 'the recording has no version'],
  ['with a broken line', `${HEADER}\n${FRAME}\n{"type":\n${FRAME}\n`, 3, 'the line is not a JSON object; the file is damaged'],
  [
    'with a call that no backend makes',
    `${HEADER}\n${JSON.stringify({ type: 'post', time: 1, verb: 'GET / HTTP/1.1\r\n', requestId: 'r', status: 200 })}\n`,
    2, '`verb` of an entry of type post must be POST, GET or DELETE',
  ],
  ['with an entry of another type', `${HEADER}\n{"type":"constructor","time":1}\n`, 2, 'there is no entry of type "constructor"'],
  ['with an inherited type', `${HEADER}\n{"__proto__":${FRAME}}\n`, 2, 'there is no entry of type undefined'],
  ['with a member of another type', `${HEADER}\n${FRAME.replace('"x"', '{"toString":1}')}\n`, 2, '`text` of an entry of type frame must be text'],
])('a file %s is refused with the line', async (_what, content, line, reason) => {
  fs.writeFileSync(file, content);

  await expect(readRecording(file)).rejects.toEqual(new GatewayError('RECORDING_BROKEN', `${file}, line ${line}: ${reason}`));
});

test('a missing file and a folder are refused', async () => {
  await expect(readRecording(file)).rejects.toMatchObject({ code: 'RECORDING_BROKEN', message: expect.stringContaining('cannot be read: ENOENT') });
  await expect(readRecording(folder)).rejects.toEqual(new GatewayError('RECORDING_BROKEN', `${folder} is not a file`));
});

test('members called __proto__ reach nothing', async () => {
  fs.writeFileSync(file, `${HEADER}\n${FRAME.replace('{', '{"__proto__":{"polluted":1},')}\n`);

  const { entries: [{ entry }] } = await readRecording(file);

  expect(entry).toEqual(JSON.parse(FRAME));
  expect('polluted' in entry || 'polluted' in {}).toBe(false);
});
