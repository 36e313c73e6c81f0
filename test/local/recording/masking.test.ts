import { Masking, MaskingOptions } from '../../../lib/local/recording/masking';
import { identitySources } from '../../../lib/local/recording/secret-names';
import type { ConnectedEntry, InvocationEntry, TraceEntry } from '../../../lib/local/trace';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of real shape. */
const JWT = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ sub: 'ann', exp: 1_800_000_000 })}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg`;
const OPAQUE = 's3cr3t-of-ann';

function masking(options: Partial<MaskingOptions> = {}): Masking {
  return new Masking({ sources: identitySources(['route.request.header.X-Door', 'route.request.querystring.ticketNo', 'stageVariables.open']), ...options });
}

function connected(url: string, rawHeaders: readonly string[] = [], more: Partial<ConnectedEntry> = {}): TraceEntry {
  return { type: 'connected', time: 1, requestId: 'r', connectionId: 'c', sourceIp: '127.0.0.1', url, rawHeaders, ...more };
}

function output(text: string): TraceEntry {
  return { type: 'output', time: 2, functionId: 'f', stream: 'stdout', text };
}

function invocation(event: unknown, more: Partial<InvocationEntry> = {}): TraceEntry {
  return {
    type: 'invocation', time: 3, invocationId: 'i', functionId: 'f', target: 'F', role: 'route', startedAt: 1, duration: 1, isColdStart: false, event: JSON.stringify(event), ...more,
  };
}

/** The entries as they reach the disk. */
function written(entries: readonly TraceEntry[], masked = masking()): string {
  return entries.map((entry) => JSON.stringify(masked.entry(entry))).join('\n');
}

describe('a handshake', () => {
  test.each([
    ['a header', ['Authorization', OPAQUE]],
    ['a header in another case', ['aUTHORIZATION', `bEARER ${OPAQUE}`]],
    ['a repeated header', ['X-Api-Key', 'harmless', 'x-api-key', OPAQUE]],
    ['a cookie', ['Cookie', `theme=dark; session="${OPAQUE}"`]],
    ['a subprotocol beside its name', ['Sec-WebSocket-Protocol', `bearer, ${OPAQUE}`]],
    ['a subprotocol before its name', ['sec-websocket-protocol', `${OPAQUE},bearer`]],
    ['a subprotocol alone', ['Sec-WebSocket-Protocol', OPAQUE]],
    ['an identity source of the app', ['x-DOOR', OPAQUE]],
    ['a header that is named like one', ['X-Auth-Token', OPAQUE]],
    ['a key by another name', ['Ocp-Apim-Subscription-Key', OPAQUE]],
    ['an assertion', ['X-Goog-IAP-JWT-Assertion', OPAQUE]],
    ['the fragment of a URL', ['Referer', `https://app.example/#access_token=${OPAQUE}`]],
    ['the password of basic credentials', ['Authorization', `Basic ${Buffer.from(`ann:${OPAQUE}`).toString('base64')}`]],
    ['a signature of AWS', ['Authorization', `AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=${OPAQUE}`]],
    ['a URL in another header', ['Referer', `https://chat.example.com/?a=1&access_token=${OPAQUE}`]],
  ])('%s is masked, there and in all that follows', (_what, rawHeaders) => {
    const text = written([
      connected('/dev', rawHeaders),
      output(`got ${OPAQUE}!`),
      { type: 'frame', time: 3, connectionId: 'c', direction: 'out', text: `{"you":"${OPAQUE}","n":[1,{"deep":"x${OPAQUE}y"}]}` },
      { type: 'store', time: 3, operation: 'PutItem', status: 200, duration: 1, input: `{"Item":{"t":{"S":"${OPAQUE}"}}}` },
    ]);

    expect(text).not.toContain(OPAQUE);
    expect(text).not.toContain(Buffer.from(OPAQUE).toString('base64').slice(0, 12));
    expect(text).toContain('<masked:');
  });

  test.each([
    ['token', OPAQUE], ['access_token', OPAQUE], ['id_token', OPAQUE], ['TOKEN', OPAQUE], ['key', OPAQUE], ['secret', OPAQUE], ['password', OPAQUE],
    ['code', OPAQUE], ['signature', OPAQUE], ['X-Amz-Security-Token', OPAQUE], ['x-amz-signature', OPAQUE], ['ticketNo', OPAQUE], ['to%6Ben', OPAQUE],
    ['token', encodeURIComponent('p@ss w/ö"rd')], ['token', '%70@ss+w%2f%C3%B6%22rd'], ['a%5Btoken%5D', OPAQUE],
  ])('the query parameter %s=%s is masked', (name, value) => {
    const plain = decodeURIComponent(value.replaceAll('+', ' '));
    const text = written([
      connected(`/dev?room=lobby&${name}=${value}&${name}=${value}`),
      output(`plain ${plain} and as JSON ${JSON.stringify({ plain, nested: JSON.stringify({ plain }) })}`),
      output(`encoded ${value} ${encodeURIComponent(plain)}`),
      invocation({ body: JSON.stringify({ inner: JSON.stringify({ plain }) }) }),
    ]);

    expect(text).toContain('/dev?room=lobby&');
    for (const spelling of [value, plain, JSON.stringify(plain).slice(1, -1), encodeURIComponent(plain)]) expect(text).not.toContain(spelling);
  });

  test('names, schemes and what is no secret stay', () => {
    const headers = ['Host', 'localhost:3001', 'Cookie', 'theme=dark', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol', 'graphql-ws, chat.v2'];

    expect(masking().entry(connected('/dev?room=lobby&flag', ['Authorization', `Bearer ${OPAQUE}`, ...headers]))).toMatchObject({
      url: '/dev?room=lobby&flag',
      rawHeaders: [
        'Authorization', 'Bearer <masked:1>', 'Host', 'localhost:3001', 'Cookie', 'theme=<masked:2>', 'Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol', 'graphql-ws, chat.v2',
      ],
    });
  });

  test('equal values have equal placeholders, wherever they are', () => {
    const masked = masking();

    expect(masked.entry(connected(`/dev?token=${OPAQUE}`, ['Authorization', `Bearer ${OPAQUE}`, 'Cookie', `t=${OPAQUE}; u=another-one`]))).toMatchObject({
      url: '/dev?token=<masked:1>', rawHeaders: ['Authorization', 'Bearer <masked:1>', 'Cookie', 't=<masked:1>; u=<masked:2>'],
    });
  });

  test('what its authorizer prints is masked before the handshake itself is recorded', () => {
    const masked = masking();

    masked.learn({ url: '/dev?token=abc', rawHeaders: [] });

    expect(masked.entry(output('the token is abc, not abcd'))).toMatchObject({ text: 'the token is <masked:1>, not abcd' });
  });

  test('a refused one is masked too', () => {
    const refused: TraceEntry = {
      type: 'refused', time: 1, requestId: 'r', sourceIp: '::1', url: `/dev?token=${OPAQUE}`, rawHeaders: [], status: 403, body: `{"message":"${OPAQUE}"}`, reason: `not ${OPAQUE}`,
    };

    expect(masking().entry(refused)).toMatchObject({ url: '/dev?token=<masked:1>', body: '{"message":"<masked:1>"}', reason: 'not <masked:1>' });
  });
});

test.each(['secretKey', 'auth_key', 'token[0]', 'passcode', 'connect.sid'])('the parameter %s of a query or a path', (name) => {
  expect(written([connected(`/dev?${name}=${OPAQUE}`), connected(`/dev;${name}=${OPAQUE}?room=a`)])).not.toContain(OPAQUE);
});

test('what a backend that posts says about itself', () => {
  const entries = [
    connected('/dev', ['Authorization', OPAQUE]),
    { type: 'post', time: 2, verb: 'POST', requestId: 'r', status: 200, body: '', userAgent: `backend ${OPAQUE}` } as const,
  ];
  expect(written(entries)).not.toContain(OPAQUE);
});

describe('events and answers', () => {
  test('what an authorizer says of a token counts as a whole', () => {
    const context = { tokens: [OPAQUE], accessToken: { value: OPAQUE }, secret: null };
    const text = written([invocation({ requestContext: { authorizer: context } })]);
    expect(text).not.toContain(OPAQUE);
    expect(text).toContain('\\"secret\\":null');
  });

  const event = {
    headers: { 'authorization': `Bearer ${OPAQUE}`, 'X-DOOR': 'door-secret', 'Accept': '*/*' },
    multiValueHeaders: { Cookie: ['a=cookie-value', 'b=cookie-value'], Accept: ['*/*'] },
    queryStringParameters: { token: 'query-secret', room: 'lobby' },
    multiValueQueryStringParameters: { token: ['first-secret', 'query-secret'], ticketNo: ['ticket-secret'] },
    requestContext: {
      routeKey: '$connect',
      stage: 'dev',
      apiId: 'aabbccddee',
      disconnectStatusCode: 1000,
      identity: { sourceIp: '127.0.0.1', apiKey: 'key-of-identity' },
      authorizer: { principalId: 'ann', token: 'context-secret', _claims: JSON.stringify({ access_token: 'claim-secret', group: 'x' }), more: { idToken: 'deep-secret' } },
    },
  };

  test('of $connect: credentials are masked by their names, at any depth', () => {
    const text = written([invocation(event)]);

    for (const secret of [
      OPAQUE, 'door-secret', 'cookie-value', 'query-secret', 'first-secret', 'ticket-secret', 'key-of-identity', 'context-secret', 'claim-secret', 'deep-secret',
    ]) expect(text).not.toContain(secret);
    for (const kept of ['$connect', 'aabbccddee', '127.0.0.1', 'lobby', 'ann', '*/*', '1000']) expect(text).toContain(kept);
  });

  test('of an authorizer: identity sources and the context of its result', () => {
    const text = written([invocation({ type: 'REQUEST', identitySource: ['source-secret'], authorizationToken: 'Bearer the-token', headers: {} }, {
      role: 'authorizer', answer: JSON.stringify({ principalId: 'ann', context: { accessToken: 'result-secret', group: 'x' }, usageIdentifierKey: 'usage-secret' }),
    })]);

    for (const secret of ['source-secret', 'the-token', 'result-secret', 'usage-secret']) expect(text).not.toContain(secret);
    expect(text).toContain('group');
  });

  test('an answer that sets a cookie', () => {
    const answer = JSON.stringify({ statusCode: 200, headers: { 'Set-Cookie': 'session=set-secret; HttpOnly; Path=/' } });

    expect(masking().entry(invocation({}, { answer }))).toMatchObject({ answer: '{"statusCode":200,"headers":{"Set-Cookie":"session=<masked:1>; HttpOnly; Path=/"}}' });
  });

  test('an answer with a list of cookies', () => {
    const answer = JSON.stringify({ statusCode: 200, cookies: ['session=set-secret; HttpOnly', 'other=more-secret'] });

    expect(masking().entry(invocation({}, { answer }))).toMatchObject({ answer: '{"statusCode":200,"cookies":["session=<masked:1>; HttpOnly","other=<masked:2>"]}' });
  });

  test('a member called __proto__ is one like any other', () => {
    const text = `{"__proto__":{"headers":{"authorization":"${OPAQUE}"}},"body":"x"}`;

    expect(masking().entry({ ...invocation({}), event: text } as TraceEntry)).toMatchObject({ event: '{"__proto__":{"headers":{"authorization":"<masked:1>"}},"body":"x"}' });
    expect(({} as { headers?: unknown }).headers).toBeUndefined();
  });

  test('a text without a secret stays as it is, byte by byte', () => {
    const event2 = '{ "body": "{\\"n\\": 1.0, \\"n\\": 12345678901234567890}" }';

    expect(masking().entry({ ...invocation({}), event: event2 } as TraceEntry)).toMatchObject({ event: event2 });
  });

  test('the error of a handler', () => {
    const error = { type: 'Error', message: `bad token ${JWT}`, stackTrace: [`at x (${JWT})`] };

    expect(written([invocation({}, { error })])).not.toContain(JWT.slice(0, 20));
  });
});

describe('JSON Web Tokens', () => {
  const twice = Buffer.from(Buffer.from(`{"token":"${JWT}"}`).toString('base64')).toString('base64');

  test.each([
    ['in a frame', JSON.stringify({ action: 'auth', as: JWT })],
    ['in nested JSON', JSON.stringify({ a: JSON.stringify({ b: JSON.stringify([JWT]) }) })],
    ['within a word', `x${JWT}`],
    ['after a percent escape', `Bearer%20${JWT}%22`],
    ['with percent-encoded dots', JWT.replaceAll('.', '%2E')],
    ['without a signature', `${JWT.split('.').slice(0, 2).join('.')}.`],
    ['cut short', `${JWT.slice(0, JWT.indexOf('.') + 20)}...`],
    ['of five parts', `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.OKOawDo13gRp.48V1_ALb6US0.5eym8TW_c8Su.XFBoMYUZodet`],
    ['in base64', Buffer.from(`{"token":"${JWT}"}`).toString('base64')],
    ['in base64url within JSON', JSON.stringify({ state: Buffer.from(JWT).toString('base64url') })],
    ['in base64 in base64', twice],
    ['as the name of a member', JSON.stringify({ [JWT]: true })],
  ])('%s', (_what, text) => {
    const secret = /[\w+/=-]{24,}/.exec(text.replaceAll('\\', ''))![0].slice(0, 24);
    const frame: TraceEntry = { type: 'frame', time: 1, connectionId: 'c', direction: 'in', text };

    expect(written([frame])).not.toContain(secret);
    expect(written([frame])).toContain('<masked:');
  });

  test.each(['version 1.2.3', 'e.g. this', 'https://example.com/eyes.of.the-world', 'abcdefghij.execute-api.eu-west-1.amazonaws.com', 'L0vSQ1234567890='])('%s is none', (text) => {
    expect(masking().entry(output(text))).toMatchObject({ text });
  });

  test.each(['eyJ'.repeat(40_000), 'eyJ.'.repeat(40_000), `${'e'.repeat(120_000)}.`, '%2e'.repeat(40_000), '?a='.repeat(40_000)])('a frame that is made for slow searches is masked at once', (text) => {
    const startedAt = performance.now();
    masking().entry({ type: 'frame', time: 1, connectionId: 'c', direction: 'in', text });

    // A quadratic search takes minutes.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('short secrets', () => {
  test('are masked as words, not within other words', () => {
    const masked = masking();
    masked.learn({ url: '/dev?token=abc', rawHeaders: [] });

    expect(masked.entry(output('abc, "abc", abcd, /abc/'))).toMatchObject({ text: '<masked:1>, "<masked:1>", abcd, /<masked:1>/' });
  });

  test('of one or two letters only as a whole', () => {
    const masked = masking();
    masked.learn({ url: '/dev?token=a', rawHeaders: [] });

    expect(masked.entry({ type: 'frame', time: 1, connectionId: 'c', direction: 'in', text: '{"a":"a","b":"a cat"}' })).toMatchObject({ text: '{"<masked:1>":"<masked:1>","b":"a cat"}' });
  });

  test('that are words of the app are masked in their own place only', () => {
    const masked = masking({ words: new Set(['dev', 'join']) });

    expect(masked.entry(connected('/dev?key=join'))).toMatchObject({ url: '/dev?key=<masked:1>' });
    expect(masked.entry(output('{"action":"join"}'))).toMatchObject({ text: '{"action":"join"}' });
  });
});

test('secrets that are known from the start are masked', () => {
  expect(masking({ secrets: ['wJalrXUtnFEMI/K7MDENG'] }).entry(output('AWS_SECRET_ACCESS_KEY: \'wJalrXUtnFEMI/K7MDENG\''))).toMatchObject({
    text: 'AWS_SECRET_ACCESS_KEY: \'<masked:1>\'',
  });
});

test('JSON of absurd depth is masked as a whole from some depth on', () => {
  const text = `${'['.repeat(5_000)}"${JWT}"${']'.repeat(5_000)}`;

  expect(JSON.stringify(masking().entry(output(text)))).not.toContain(JWT.slice(0, 30));
});

test('with `bodies`, frames, posts, items, log lines and bodies of events and answers are masked, equal ones by equal numbers', () => {
  const masked = masking({ bodies: true });
  const text = [
    masked.entry({ type: 'frame', time: 1, connectionId: 'c', direction: 'in', text: 'hello world' }),
    masked.entry(invocation({ requestContext: { routeKey: 'say' }, body: 'hello world' }, { answer: '{"statusCode":200,"body":"good bye"}' })),
    masked.entry({ type: 'post', time: 1, verb: 'POST', connectionId: 'c', requestId: 'r', status: 200, body: 'good bye' }),
    masked.entry({ type: 'store', time: 1, operation: 'Put', status: 200, duration: 1, input: 'an item', output: 'an item' }),
    masked.entry(output('a line')),
  ];

  expect(text).toMatchObject([
    { text: '<masked:1>' },
    { event: '{"requestContext":{"routeKey":"say"},"body":"<masked:1>"}', answer: '{"statusCode":200,"body":"<masked:2>"}' },
    { body: '<masked:2>' },
    { input: '<masked:3>', output: '<masked:3>' },
    { text: '<masked:4>' },
  ]);
});
