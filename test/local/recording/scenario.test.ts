import { RecordedEntry, Recording } from '../../../lib/local/recording/reading';
import { scenarioOf } from '../../../lib/local/recording/scenario';
import type { TraceEntry } from '../../../lib/local/trace';

const header: Recording['header'] = { recording: 'cdk-websocket-service', version: 1, time: 0, note: '', bodies: 'kept', apis: [] };

/** Triggers and what is expected after each, in short. */
function played(...entries: readonly TraceEntry[]): string[] {
  const recorded: RecordedEntry[] = entries.map((entry, i) => ({ line: i + 2, entry }));
  return scenarioOf({ file: 'x', header, entries: recorded, isCutOff: false }).map(({ trigger, line, expected }) => (
    `${line} ${trigger.subject} ${trigger.type}: ${expected.map(({ subject, what, text }) => `${subject} ${what} ${text}`).join(', ')}`));
}

const connected = (time: number, connectionId: string, requestId = `r-${connectionId}`): TraceEntry => (
  { type: 'connected', time, connectionId, requestId, url: '/dev', rawHeaders: [], sourceIp: '::1', api: 'Chat', stage: 'dev' });
const frame = (time: number, connectionId: string, direction: 'in' | 'out', text: string, by?: 'reply' | 'post'): TraceEntry => (
  { type: 'frame', time, connectionId, direction, text, by });
const invocation = (time: number, startedAt: number, connectionId: string, routeKey: string, requestId = 'r'): TraceEntry => ({
  type: 'invocation', time, startedAt, duration: time - startedAt, connectionId, requestId, routeKey, invocationId: 'i', functionId: 'f', target: 'F', role: 'route', isColdStart: false, event: '', answer: '{"statusCode":200}',
});
const post = (time: number, connectionId: string, more: object = {}): TraceEntry => (
  { type: 'post', time, verb: 'POST', connectionId, requestId: 'p', status: 200, body: 'x', ...more });
const disconnected = (time: number, connectionId: string, by: 'client' | 'gateway', code = 1000): TraceEntry => (
  { type: 'disconnected', time, connectionId, code, reason: '', by });

test('frames of clients are triggers, what is sent to them follows', () => {
  expect(played(connected(1, 'a'), frame(2, 'a', 'in', 'hi'), invocation(4, 3, 'a', 'say'), frame(5, 'a', 'out', 'ho', 'reply'), disconnected(6, 'a', 'client'))).toEqual([
    '2 connection 1 connect: connection 1 handshake {"status":101}',
    '3 connection 1 send: connection 1 answer of say {"statusCode":200}, connection 1 reply ho',
    '6 connection 1 close: ',
  ]);
});

test('a handshake begins before what its $connect causes', () => {
  expect(played(connected(1, 'a'), frame(5, 'a', 'out', 'b joins', 'post'), invocation(6, 3, 'b', '$connect', 'r-b'), connected(7, 'b'))).toEqual([
    '2 connection 1 connect: connection 1 handshake {"status":101}',
    '5 connection 2 connect: connection 1 post b joins, connection 2 answer of $connect {"statusCode":200}, connection 2 handshake {"status":101}',
  ]);
});

test('posts of handlers happen again by themselves; those of backends are triggers', () => {
  const steps = played(
    connected(1, 'a'),
    frame(2, 'a', 'in', 'hi'),
    post(4, 'a'),
    frame(4, 'a', 'out', 'x', 'post'),
    // A backend, while the handler runs.
    post(5, 'a', { userAgent: 'aws-sdk-js/3.1 md/nodejs#20' }),
    invocation(6, 3, 'a', 'say'),
    // A handler whose entry is not near.
    post(9, 'a', { userAgent: 'Boto3/1 exec-env/AWS_Lambda_python3.13' }),
    // A backend without an SDK.
    post(10, 'gone', { status: 410, requestId: 'q' }),
  );

  expect(steps.map((step) => step.split(':')[0])).toEqual(['2 connection 1 connect', '3 connection 1 send', '6 connection 1 post', '9 backend post']);
  expect(steps[3]).toBe('9 backend post: backend status of POST 410');
});

test('a handshake that reached no stage is none of the app', () => {
  const refused: TraceEntry = { type: 'refused', time: 1, requestId: 'r', url: '/other', rawHeaders: [], sourceIp: '::1', status: 403, body: '' };

  expect(played(refused, connected(2, 'a'), { ...refused, requestId: 's', api: 'Chat', stage: 'dev' })).toEqual([
    '3 connection 1 connect: connection 1 handshake {"status":101}', '4 connection 2 connect: connection 2 handshake {"status":403,"body":""}',
  ]);
});

test('an end by DELETE is expected; one by time or by the gateway is made again', () => {
  expect(played(connected(1, 'a'), connected(2, 'b'), post(3, 'a', { verb: 'DELETE', status: 204, userAgent: 'x exec-env/AWS_Lambda_x' }), disconnected(4, 'a', 'gateway'), disconnected(5, 'b', 'gateway', 1001)).slice(1)).toEqual([
    '3 connection 2 connect: connection 2 handshake {"status":101}, connection 1 close {"code":1000,"reason":""}',
    '6 connection 2 close: ',
  ]);
});
