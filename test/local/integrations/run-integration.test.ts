import * as fc from 'fast-check';
import { RecordingInvoker, requestFor, returned, threw } from './_helpers/requests';
import type { Integration } from '../../../lib/local/assembly/local-app';
import { runIntegration } from '../../../lib/local/integrations/run-integration';

const expression = fc.oneof(
  fc.string(),
  fc.constantFrom('$request.body.a', '${request.body.a[?(}', '\\$default', '${integration.response.header.x}', '$input.json("$.a")'),
);
const dictionary = (keys: fc.Arbitrary<string>) => fc.dictionary(keys, expression, { maxKeys: 3 });

const integration: fc.Arbitrary<Partial<Integration>> = fc.record({
  type: fc.constantFrom('AWS', 'MOCK', 'AWS_PROXY'),
  target: fc.constant({ type: 'function', functionId: 'f' } as const),
  requestTemplates: dictionary(fc.constantFrom('$default', 'a', 'application/json', '__proto__')),
  requestParameters: fc.dictionary(
    fc.constantFrom('integration.request.header.X', 'integration.request.path.__proto__', 'integration.request.querystring.q', 'x'),
    fc.constantFrom('route.request.body.a', 'route.request.body.[?(', "'x'", 'context.constructor', 'stageVariables.__proto__', ''),
  ),
  templateSelectionExpression: expression,
  passthroughBehavior: fc.constantFrom('WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'),
  responses: fc.array(fc.record({
    key: fc.constantFrom('$default', '/2../', '/(/', '', '200'),
    responseTemplates: dictionary(fc.constantFrom('$default', 'a')),
    templateSelectionExpression: expression,
  }), { maxLength: 2 }),
});

test('4.4.9: no integration, message or result makes it reject', async () => {
  await fc.assert(fc.asyncProperty(integration, fc.oneof(fc.string(), fc.json()), fc.jsonValue(), async (properties, body, result) => {
    const outcome = await runIntegration(requestFor(properties, { body }), new RecordingInvoker(returned(result)));

    expect(outcome.ok ? typeof outcome.body : outcome.reason.split('\n').length).toEqual(outcome.ok ? 'string' : 1);
  }), { numRuns: 300 });
});

test.each<Integration['type']>(['AWS_PROXY', 'AWS', 'MOCK', 'HTTP', 'HTTP_PROXY'])('2.5: %s with a backend that is not served fails with the reason', async (type) => {
  const request = requestFor({ type, target: { type: 'none', reason: 'behind a VPC link' } });

  expect(await runIntegration(request, new RecordingInvoker('never'))).toEqual({
    ok: false, message: 'Internal server error', kind: 'notInvocable', reason: 'behind a VPC link',
  });
});

describe('AWS_PROXY', () => {
  const SEND = { target: { type: 'function', functionId: 'Chat/Send' } } as const;

  test('5.2.1: the function gets the event, and its body is the answer', async () => {
    // GIVEN
    const invocation = returned({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'v1' }, body: 'hello' });
    const invoker = new RecordingInvoker(invocation);

    // WHEN
    const outcome = await runIntegration(requestFor(SEND), invoker);

    // THEN
    expect(invoker.invocations).toEqual([{ functionId: 'Chat/Send', event: '{"event":true}' }]);
    expect(outcome).toEqual({ ok: true, status: 200, headers: { 'sec-websocket-protocol': 'v1' }, body: 'hello', invocation });
  });

  test('5.2.2, 2.2: the status code is passed on and makes no failure', async () => {
    expect(await runIntegration(requestFor(SEND), new RecordingInvoker(returned({ statusCode: 500, body: 'oh' }))))
      .toMatchObject({ ok: true, status: 500, body: 'oh' });
  });

  test('5.2.3: without a body, the answer is empty', async () => {
    expect(await runIntegration(requestFor(SEND), new RecordingInvoker(returned({ statusCode: 200 })))).toMatchObject({ ok: true, body: '' });
  });

  test('5.2.5: a base64 body is decoded', async () => {
    const invoker = new RecordingInvoker(returned({ statusCode: 200, body: 'aGVsbG8=', isBase64Encoded: true }));

    expect(await runIntegration(requestFor(SEND), invoker)).toMatchObject({ ok: true, body: 'hello' });
  });

  test('2.3, 4.4.2: a function that fails is an Internal server error', async () => {
    const invocation = threw('no such room', 'RoomError');

    expect(await runIntegration(requestFor(SEND), new RecordingInvoker(invocation))).toEqual({
      ok: false, message: 'Internal server error', kind: 'failed', reason: 'RoomError: no such room', invocation,
    });
  });

  test('2.4, 4.4.3: a malformed proxy response is an Internal server error', async () => {
    const invocation = returned(null);

    expect(await runIntegration(requestFor(SEND), new RecordingInvoker(invocation))).toEqual({
      ok: false,
      message: 'Internal server error',
      kind: 'malformed',
      reason: 'Malformed Lambda proxy response: the function returned null, not an object with a statusCode',
      invocation,
    });
  });

  test('2.5, 4.4.4: a function that may not be invoked is an Internal server error', async () => {
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

  test('4.4.5, 2.6: a function that runs longer than the timeout of its integration is a timeout', async () => {
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

  test('an integration without a target fails with the reason', async () => {
    expect(await runIntegration(requestFor({}), new RecordingInvoker('never'))).toEqual({
      ok: false,
      message: 'Internal server error',
      kind: 'notInvocable',
      reason: 'the integration names no function: give it an integration URI',
    });
  });
});
