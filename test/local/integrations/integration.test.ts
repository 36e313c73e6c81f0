import * as fc from 'fast-check';
import { RecordingInvoker, requestFor, returned, runIntegration, threw } from './_helpers/requests';
import type { Integration } from '../../../lib/local/assembly/local-app';
import { chosenFunction, readProxyResponse, targetIn } from '../../../lib/local/integrations/integration';

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
      reason: 'the integration took longer than its timeout of 50 ms; what it started keeps running',
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

describe('5.3.8: a function named by a stage variable', () => {
  const uri = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${stageVariables.send}/invocations';
  const target = { type: 'stageVariable', uri, functions: { dev: 'Chat/Send', prod: 'Chat/Live' } } as const;

  test.each([
    ['dev', 'Chat/Send'],
    ['prod', 'Chat/Live'],
  ])('is chosen by the stage: in %s it is %s', (stage, functionId) => {
    expect(chosenFunction(targetIn(stage, target), { send: 'send' })).toEqual({ type: 'function', functionId });
  });

  test('9.4: cannot be invoked in a stage without permission, though another stage may invoke it', () => {
    expect(chosenFunction(targetIn('test', target), { send: 'send:live' })).toEqual({
      reason: 'the integration URI gives arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/send:live/invocations here, which is not a '
        + 'function of this app that API Gateway may invoke for this stage: a notice at the start says why',
    });
  });

  test('cannot be invoked in a stage without the variable, which the reason names', () => {
    expect(chosenFunction(targetIn('test', target), {})).toEqual({
      reason: `the integration URI ${uri} needs the stage variable "send", which the stage does not have`,
    });
  });

  test('cannot be invoked in a stage named after a member of every object', () => {
    expect(targetIn('constructor', target)).toBe(target);
  });
});

test.each([
  [{ type: 'function', functionId: 'Chat/Send' }, { type: 'function', functionId: 'Chat/Send' }],
  [{ type: 'none', reason: 'it is a queue' }, { reason: 'it is a queue' }],
  [undefined, { reason: 'the integration names no function: give it an integration URI' }],
] as const)('other targets are the same in all stages: %j', (target, chosen) => {
  expect(chosenFunction(targetIn('dev', target), {})).toEqual(chosen);
});

const read = (response: unknown) => readProxyResponse(JSON.stringify(response));

test('5.2.4: a status code is enough', () => {
  expect(read({ statusCode: 200 })).toEqual({ statusCode: 200, headers: {}, isBase64Encoded: false });
});

test('5.2.1, 5.2.5: the body and how it is encoded', () => {
  // GIVEN
  const response = { statusCode: 201, body: 'aGk=', isBase64Encoded: true };

  // THEN
  expect(read(response)).toEqual({ ...response, headers: {} });
});

test('5.2.3: a body that is null is none, an empty one is one', () => {
  expect(read({ statusCode: 200, body: null, headers: null, multiValueHeaders: null, isBase64Encoded: null }))
    .toEqual({ statusCode: 200, headers: {}, isBase64Encoded: false });
  expect(read({ statusCode: 200, body: '' })).toMatchObject({ body: '' });
});

test('2.9: names of headers are in lower case, of several values the last counts', () => {
  expect(read({
    statusCode: 200,
    headers: { 'Sec-WebSocket-Protocol': 'a', 'X-Count': 1, 'X-Flag': true },
    multiValueHeaders: { 'sec-websocket-protocol': ['b', 'c'], 'x-none': [] },
  })).toEqual({
    statusCode: 200, headers: { 'sec-websocket-protocol': 'c', 'x-count': '1', 'x-flag': 'true' }, isBase64Encoded: false,
  });
});

test('2.4: a status code as text counts', () => {
  expect(read({ statusCode: '200' })).toMatchObject({ statusCode: 200 });
});

test('2.9: a header named __proto__ is a header', () => {
  expect(readProxyResponse('{"statusCode":200,"headers":{"__proto__":"x"}}')).toHaveProperty(['headers', '__proto__'], 'x');
});

const noObject = 'not an object with a statusCode';
test.each([
  ['null', `the function returned null, ${noObject}`],
  ['"ok"', `the function returned a string, ${noObject}`],
  ['1', `the function returned a number, ${noObject}`],
  ['true', `the function returned a boolean, ${noObject}`],
  ['[]', `the function returned an array, ${noObject}`],
  ['', `the function returned text that is not JSON, ${noObject}`],
  ['{}', 'statusCode must be a number from 100 to 599, got nothing'],
  ['{"statusCode":null}', 'statusCode must be a number from 100 to 599, got null'],
  ['{"statusCode":"NaN"}', 'statusCode must be a number from 100 to 599, got "NaN"'],
  ['{"statusCode":"0200"}', 'statusCode must be a number from 100 to 599, got "0200"'],
  ['{"statusCode":200.5}', 'statusCode must be a number from 100 to 599, got 200.5'],
  ['{"statusCode":600}', 'statusCode must be a number from 100 to 599, got 600'],
  ['{"statusCode":200,"body":{"a":1}}', 'body must be a string (use JSON.stringify), got an object'],
  ['{"statusCode":200,"body":1}', 'body must be a string (use JSON.stringify), got a number'],
  ['{"statusCode":200,"isBase64Encoded":"yes"}', 'isBase64Encoded must be a boolean, got "yes"'],
  ['{"statusCode":200,"headers":"a: b"}', 'headers must be an object, got a string'],
  ['{"statusCode":200,"headers":{"a":["b"]}}', 'headers has no usable value for "a": ["b"]'],
  ['{"statusCode":200,"multiValueHeaders":{"a":"b"}}', 'multiValueHeaders has no usable value for "a": "b"'],
  ['{"statusCode":200,"multiValueHeaders":{"a":[{}]}}', 'multiValueHeaders has no usable value for "a": [{}]'],
])('2.4, 4.4.3: %s is malformed', (payload, malformed) => {
  expect(readProxyResponse(payload)).toEqual({ malformed });
});

test('5.2.4: an unknown property makes it malformed', () => {
  expect(read({ ConnectionId: 'x', Data: 'y', statusCode: 200 })).toEqual({
    malformed: 'the response has a property "ConnectionId": only statusCode, headers, multiValueHeaders, body, isBase64Encoded are allowed',
  });
});

test('2.4: what is quoted stays short', () => {
  expect(read({ statusCode: 'x'.repeat(500) })).toEqual({
    malformed: `statusCode must be a number from 100 to 599, got "${'x'.repeat(99)}...`,
  });
});

test('2.4, 5.2: no payload throws', () => {
  const value = fc.oneof(fc.jsonValue(), fc.integer());
  const properties = { statusCode: value, headers: value, multiValueHeaders: value, body: value, isBase64Encoded: value };
  const near = fc.record(properties, { requiredKeys: [] });
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), near.map((response) => JSON.stringify(response))), (payload) => {
    const response = readProxyResponse(payload);
    if ('malformed' in response) expect(response.malformed).not.toMatch(/[\r\n]/);
    else expect(Object.values(response.headers).every((header) => typeof header === 'string')).toBe(true);
  }));
});
