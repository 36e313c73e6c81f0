import fc from 'fast-check';
import { readProxyResponse } from '../../../lib/local/protocol/proxy-response';

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
