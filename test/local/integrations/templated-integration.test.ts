import { RecordingInvoker, requestFor, returned, runIntegration, threw } from './_helpers/requests';
import type { IntegrationResponse } from '../../../lib/local/assembly/local-app';
import type { InvocationResult } from '../../../lib/local/functions/invoker';

describe('MOCK', () => {
  const NOBODY = new RecordingInvoker('never');
  const OK = { type: 'MOCK', requestTemplates: { 200: '{"statusCode":200}' }, templateSelectionExpression: '200' } as const;

  test('2.12: a mock answers with the status of its request template', async () => {
    expect(await runIntegration(requestFor(OK), NOBODY)).toEqual({ ok: true, status: 200, headers: {}, body: '' });
  });

  test.each([
    [{ $default: '{"statusCode":401}' }, '\\$default'],
    [{ 'application/json': '{"statusCode":401}' }, '\\$default'],
    [{ 'application/json': '{"statusCode":401}' }, undefined],
    [{ 'application/json': '{"statusCode":"401"}' }, 'text/plain'],
  ])('5.3.1: the templates %j with the expression %p', async (requestTemplates, templateSelectionExpression) => {
    expect(await runIntegration(requestFor({ type: 'MOCK', requestTemplates, templateSelectionExpression }), NOBODY))
      .toMatchObject({ ok: true, status: 401 });
  });

  test.each(['{"statusCode":"many"}', '{"statusCode":1000}', '{}', 'null', '', '[200]'])(
    '2.12: a request template that gives %p instead of a status', async (template) => {
      expect(await runIntegration(requestFor({ type: 'MOCK', requestTemplates: { $default: template } }), NOBODY)).toEqual({
        ok: false,
        message: 'Internal server error',
        kind: 'misconfigured',
        reason: 'the request template of SendIntegration must give a status, as {"statusCode": 200}',
      });
    });

  test.each([
    ['hello', 'hello'],
    [`{"statusCode": ,\n"x": "${'y'.repeat(100)}"}`, `{"statusCode": , "x": "${'y'.repeat(77)}...`],
  ])('2.12: a request template that renders no JSON: %j', async (template, quoted) => {
    expect(await runIntegration(requestFor({ type: 'MOCK', requestTemplates: { $default: template } }), NOBODY)).toMatchObject({
      kind: 'misconfigured', reason: `the request template of SendIntegration rendered no JSON: ${quoted}`,
    });
  });

  test('5.3.5, 5.3.6: the status chooses the integration response, which chooses its template', async () => {
    // GIVEN
    const responses: readonly IntegrationResponse[] = [
      { key: '/4\\d\\d/', responseTemplates: { $default: 'refused' } },
      {
        key: '200',
        templateSelectionExpression: '${integration.response.statuscode}',
        responseTemplates: { 200: '{"id":"$context.connectionId"}' },
      },
      { key: '$default', responseTemplates: { $default: 'other' } },
    ];
    const answer = (statusCode: number) =>
      runIntegration(requestFor({ type: 'MOCK', requestTemplates: { $default: `{"statusCode":${statusCode}}` }, responses }), NOBODY);

    // WHEN
    const outcomes = await Promise.all([200, 404, 500].map(answer));

    // THEN
    expect(outcomes).toEqual([
      { ok: true, status: 200, headers: {}, body: '{"id":"PJqB0fHsqRcCHlw="}' },
      { ok: true, status: 404, headers: {}, body: 'refused' },
      { ok: true, status: 500, headers: {}, body: 'other' },
    ]);
  });

  test('5.3.6: the message may select the template of the answer', async () => {
    const responses = [{
      key: '$default',
      templateSelectionExpression: '$request.body.format',
      responseTemplates: { short: 's', long: 'l' },
    }];

    expect(await runIntegration(requestFor({ ...OK, responses }, { body: '{"format":"long"}' }), NOBODY)).toMatchObject({ body: 'l' });
  });

  test('5.3.5: a mock without an integration response is an Internal server error', async () => {
    expect(await runIntegration(requestFor({ ...OK, responses: [] }), NOBODY)).toEqual({
      ok: false,
      message: 'Internal server error',
      kind: 'noIntegrationResponse',
      reason: 'no integration response of SendIntegration matches "200" (it has none): add the integration response $default',
    });
  });
});

describe('AWS with the URI of a function', () => {
  const SEND = { type: 'AWS', target: { type: 'function', functionId: 'Chat/Send' } } as const;

  test('5.3.1: the message selects the template of the payload', async () => {
    // GIVEN
    const invoker = new RecordingInvoker(returned({ ok: 1 }));
    const integration = {
      ...SEND,
      templateSelectionExpression: '${request.body.kind}',
      requestTemplates: { text: '{"text":$input.json(\'$.text\')}', $default: '{"other":true}' },
    };

    // WHEN
    await runIntegration(requestFor(integration, { body: '{"kind":"text","text":"a\\"b"}' }), invoker);
    await runIntegration(requestFor(integration, { body: '{"kind":"image"}' }), invoker);
    await runIntegration(requestFor(integration, { body: 'no JSON' }), invoker);

    // THEN
    expect(invoker.invocations.map(({ event }) => event)).toEqual(['{"text":"a\\"b"}', '{"other":true}', '{"other":true}']);
  });

  test.each([
    ['WHEN_NO_MATCH', { other: '{}' }],
    ['WHEN_NO_MATCH', {}],
    ['WHEN_NO_TEMPLATES', {}],
  ] as const)('5.3.2: %s with the templates %p passes the message through', async (passthroughBehavior, requestTemplates) => {
    const invoker = new RecordingInvoker(returned('done'));

    const outcome = await runIntegration(requestFor({ ...SEND, passthroughBehavior, requestTemplates }, { body: '{"a":1}' }), invoker);

    expect(invoker.invocations).toEqual([{ functionId: 'Chat/Send', event: '{"a":1}' }]);
    expect(outcome).toMatchObject({ ok: true, status: 200, body: '"done"' });
  });

  test.each([
    ['WHEN_NO_TEMPLATES', { other: '{}' }, 'other'],
    ['NEVER', {}, 'none'],
  ] as const)('5.3.2: %s with the templates %p refuses the message', async (passthroughBehavior, requestTemplates, keys) => {
    const invoker = new RecordingInvoker('never');

    const outcome = await runIntegration(requestFor({ ...SEND, passthroughBehavior, requestTemplates }, { body: '{"a":1}' }), invoker);

    expect(invoker.invocations).toEqual([]);
    expect(outcome).toEqual({
      ok: false,
      message: 'Internal server error',
      kind: 'noTemplate',
      reason: `no request template of SendIntegration matches (it has ${keys}) and its PassthroughBehavior is ${passthroughBehavior}: `
        + 'add the template $default',
    });
  });

  test('5.3.2: without a message and a template, a function gets {}', async () => {
    const invoker = new RecordingInvoker(returned(null));

    await runIntegration(requestFor(SEND), invoker);

    expect(invoker.invocations).toEqual([{ functionId: 'Chat/Send', event: '{}' }]);
  });

  test('5.3.2: a message that is not JSON cannot be passed through to a function', async () => {
    expect(await runIntegration(requestFor(SEND, { body: 'hello' }), new RecordingInvoker('never'))).toEqual({
      ok: false,
      message: 'Internal server error',
      kind: 'misconfigured',
      reason: 'the function can be given JSON only: make it with a request template of SendIntegration',
    });
  });

  test('4.3.2: base64 in, base64 out', async () => {
    // GIVEN
    const invoker = new RecordingInvoker(returned('ab'));
    const integration = {
      ...SEND,
      contentHandling: 'CONVERT_TO_BINARY',
      responses: [{ key: '$default', responseTemplates: {}, contentHandling: 'CONVERT_TO_TEXT' }],
    } as const;

    // WHEN
    const outcome = await runIntegration(requestFor(integration, { body: Buffer.from('{"a":1}').toString('base64') }), invoker);

    // THEN
    expect(invoker.invocations).toEqual([{ functionId: 'Chat/Send', event: '{"a":1}' }]);
    expect(outcome).toMatchObject({ ok: true, body: Buffer.from('"ab"').toString('base64') });
  });

  test('4.3.2: CONVERT_TO_BINARY of an integration response decodes base64', async () => {
    const contentHandling = 'CONVERT_TO_BINARY';
    const responses = [{ key: '$default', responseTemplates: { $default: '$input.path("$")' }, contentHandling }] as const;

    expect(await runIntegration(requestFor({ ...SEND, responses }), new RecordingInvoker(returned('aGVsbG8='))))
      .toMatchObject({ ok: true, body: 'hello' });
  });

  describe('5.3.5: the error message of the function chooses the integration response', () => {
    const responses = [
      { key: '/.*not found.*/', responseTemplates: { $default: '{"error":$input.json(\'$.errorMessage\'),"status":$context.status}' } },
      { key: '/oth/', responseTemplates: { $default: 'part of the text is not enough' } },
      { key: '$default', responseTemplates: { $default: 'default $input.body' } },
    ];

    test.each([
      [threw('room not found'), '{"error":"room not found","status":200}'],
      [threw('other'), 'default {"errorMessage":"other","errorType":"Error","trace":["at handler"]}'],
      [returned({ a: 1 }), 'default {"a":1}'],
      [returned({ errorMessage: 'not found' }), '{"error":"not found","status":200}'],
    ])('%j', async (invocation, body) => {
      expect(await runIntegration(requestFor({ ...SEND, responses }), new RecordingInvoker(invocation)))
        .toEqual({ ok: true, status: 200, headers: {}, body, invocation });
    });

    test('without a match and a $default it is an Internal server error', async () => {
      const invocation = returned({ a: 1 });

      expect(await runIntegration(requestFor({ ...SEND, responses: responses.slice(0, 1) }), new RecordingInvoker(invocation))).toEqual({
        ok: false,
        message: 'Internal server error',
        kind: 'noIntegrationResponse',
        reason: 'no integration response of SendIntegration matches a successful response (it has /.*not found.*/): '
          + 'add the integration response $default',
        invocation,
      });
    });

    test('a key that takes too long is an Internal server error', async () => {
      const invocation = threw(`${'a'.repeat(50)}!`);
      const request = requestFor({ ...SEND, responses: [{ key: '/(a+)+/', responseTemplates: {} }] });

      expect(await runIntegration(request, new RecordingInvoker(invocation))).toEqual({
        ok: false,
        message: 'Internal server error',
        kind: 'misconfigured',
        reason: 'the integration response of SendIntegration failed: the regular expression /^(?:(a+)+)$/ took longer than 200 ms, '
          + 'the limit for work that blocks the only thread of the gateway',
        invocation,
      });
    });

    test('a key that is not a regular expression is an Internal server error', async () => {
      const invocation = threw('x');
      const request = requestFor({ ...SEND, responses: [{ key: '/(/', responseTemplates: {} }] });

      expect(await runIntegration(request, new RecordingInvoker(invocation))).toEqual({
        ok: false,
        message: 'Internal server error',
        kind: 'misconfigured',
        reason: 'the integration response of SendIntegration failed: Invalid regular expression: /^(?:()$/: Unterminated group',
        invocation,
      });
    });
  });

  test('5.2.7: X-Amz-Invocation-Type Event does not wait for the function', async () => {
    // GIVEN
    const invoker = new RecordingInvoker('never');
    const requestParameters = { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" };

    // WHEN
    const outcome = await runIntegration(requestFor({ ...SEND, requestParameters }, { body: '{"a":1}' }), invoker);

    // THEN
    expect(invoker.invocations).toEqual([{ functionId: 'Chat/Send', event: '{"a":1}' }]);
    expect(outcome).toEqual({ ok: true, status: 202, headers: {}, body: '' });
  });

  test('4.4.5: a function that runs longer than the timeout of its integration is a timeout', async () => {
    expect(await runIntegration(requestFor({ ...SEND, timeout: 50 }), new RecordingInvoker('never')))
      .toMatchObject({ ok: false, message: 'Endpoint request timed out', kind: 'timeout' });
  });

  test('4.4.4: a function whose runtime is not installed is an Internal server error', async () => {
    const invocation: InvocationResult = {
      ok: false, kind: 'none', errorType: '', errorMessage: 'python3.13 is not installed', stackTrace: [], requestId: 'r-1', duration: 0,
    };

    expect(await runIntegration(requestFor(SEND), new RecordingInvoker(invocation))).toEqual({
      ok: false, message: 'Internal server error', kind: 'notInvocable', reason: 'python3.13 is not installed', invocation,
    });
  });

  test('5.3.3: a template that fails is an Internal server error with the reason', async () => {
    const requestTemplates = { $default: '#set($a = $util.parseJson("{"))' };

    expect(await runIntegration(requestFor({ ...SEND, requestTemplates }), new RecordingInvoker('never'))).toEqual({
      ok: false,
      message: 'Internal server error',
      kind: 'misconfigured',
      reason: 'the request template of SendIntegration failed: $util.parseJson was given a text that is not JSON',
    });
  });
});
