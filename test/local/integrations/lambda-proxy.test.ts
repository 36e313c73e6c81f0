import { RecordingInvoker, requestFor, returned, threw } from './_helpers/requests';
import { runIntegration } from '../../../lib/local/integrations/run-integration';

const SEND = { target: { type: 'function', functionId: 'Chat/Send' } } as const;

test('5.2.1: the function gets the event, the answer is the body of what it returned', async () => {
  // GIVEN
  const invocation = returned({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'v1' }, body: 'hello' });
  const invoker = new RecordingInvoker(invocation);

  // WHEN
  const outcome = await runIntegration(requestFor(SEND), invoker);

  // THEN
  expect(invoker.invocations).toEqual([{ functionId: 'Chat/Send', event: '{"event":true}' }]);
  expect(outcome).toEqual({ ok: true, status: 200, headers: { 'sec-websocket-protocol': 'v1' }, body: 'hello', invocation });
});

test('5.2.2, 2.2: the status code is passed on and decides nothing', async () => {
  expect(await runIntegration(requestFor(SEND), new RecordingInvoker(returned({ statusCode: 500, body: 'oh' }))))
    .toMatchObject({ ok: true, status: 500, body: 'oh' });
});

test('5.2.3: no body is an empty one', async () => {
  expect(await runIntegration(requestFor(SEND), new RecordingInvoker(returned({ statusCode: 200 })))).toMatchObject({ ok: true, body: '' });
});

test('5.2.5: a base64 body is decoded', async () => {
  const invoker = new RecordingInvoker(returned({ statusCode: 200, body: 'aGVsbG8=', isBase64Encoded: true }));

  expect(await runIntegration(requestFor(SEND), invoker)).toMatchObject({ ok: true, body: 'hello' });
});

test('2.3, 4.4.2: a function that fails is an Internal server error, 502 for the handshake', async () => {
  const invocation = threw('no such room', 'RoomError');

  expect(await runIntegration(requestFor(SEND), new RecordingInvoker(invocation))).toEqual({
    ok: false, message: 'Internal server error', kind: 'failed', reason: 'RoomError: no such room', invocation,
  });
});

test('2.4, 4.4.3: a malformed proxy response is an Internal server error, 502 for the handshake', async () => {
  const invocation = returned(null);

  expect(await runIntegration(requestFor(SEND), new RecordingInvoker(invocation))).toEqual({
    ok: false,
    message: 'Internal server error',
    kind: 'malformed',
    reason: 'Malformed Lambda proxy response: the function returned null, not an object with a statusCode',
    invocation,
  });
});

test('2.5, 4.4.4: a function that may not be invoked is an Internal server error, 500 for the handshake', async () => {
  // GIVEN
  const invoker = new RecordingInvoker(returned({ statusCode: 200 }));
  const target = { type: 'none', reason: 'API Gateway has no permission to invoke Send' } as const;

  // WHEN
  const outcome = await runIntegration(requestFor({ target }), invoker);

  // THEN
  expect(invoker.invocations).toEqual([]);
  expect(outcome).toEqual({
    ok: false, message: 'Internal server error', kind: 'notInvocable', reason: 'API Gateway has no permission to invoke Send',
  });
});

test('4.4.5, 2.6: a function that takes longer than the integration may is not waited for', async () => {
  // GIVEN
  const invoker = new RecordingInvoker('never');

  // WHEN
  const outcome = await runIntegration(requestFor({ ...SEND, timeout: 50 }), invoker);

  // THEN
  expect(invoker.invocations).toHaveLength(1);
  expect(outcome).toEqual({
    ok: false,
    message: 'Endpoint request timed out',
    kind: 'timeout',
    reason: 'the integration took longer than its timeout of 50 ms; what it started goes on',
  });
});

test('an integration without a target says so', async () => {
  expect(await runIntegration(requestFor({}), new RecordingInvoker('never'))).toEqual({
    ok: false,
    message: 'Internal server error',
    kind: 'notInvocable',
    reason: 'the integration names no function: give it an integration URI',
  });
});
