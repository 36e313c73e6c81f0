import { captureLog } from './_helpers/captured-log';
import { lambdaContext, messageEvent } from './_helpers/events';
import { onMessage, routes, WebsocketError } from '../../lib/runtime';
import type { StandardSchema } from '../../lib/runtime';

const log = captureLog();
const echo = onMessage(({ id, since, body }) => ({ id, since, body }));

/** No input leaves anything behind in what all objects share. */
afterEach(() => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as { admin?: unknown }).admin).toBeUndefined();
});

describe('a message of a client', () => {
  const proto = (text: string): unknown => JSON.parse(text);

  test.each<[string, string | undefined, object]>([
    ['absent', undefined, { body: '' }],
    ['blank', ' \n', { body: ' \n' }],
    ['a byte order mark', '\ufeff{}', { body: '\ufeff{}' }],
    ['NUL', '\u0000', { body: '\u0000' }],
    ['lone surrogates', '"\\ud800"', { body: '\ud800' }],
    ['text with directions', 'a\u202eb', { body: 'a\u202eb' }],
    ['base64, which stays text', 'eyJpZCI6MX0=', { body: 'eyJpZCI6MX0=' }],
    ['cut JSON', '{"id":1', { body: '{"id":1' }],
    ['two values', '{"id":1}{"id":2}', { body: '{"id":1}{"id":2}' }],
    ['a comment', '{"id":1}//', { body: '{"id":1}//' }],
    ['NaN', 'NaN', { body: 'NaN' }],
    ['a number', '17', { body: 17 }],
    ['more than a number holds', '1e999', { body: null }],
    ['true', 'true', { body: true }],
    ['null', 'null', { body: null }],
    ['text in JSON', '"{\\"id\\":1}"', { body: '{"id":1}' }],
    ['a list with an id', '[{"id":1}]', { body: [{ id: 1 }] }],
    ['id', '{"id":1}', { id: 1, body: {} }],
    ['id 0', '{"id":0,"a":1}', { id: 0, body: { a: 1 } }],
    ['id -0', '{"id":-0}', { id: 0, body: {} }],
    ['id 1e3', '{"id":1e3}', { id: 1000, body: {} }],
    ['id 1.0', '{"id":1.0}', { id: 1, body: {} }],
    ['id with a fraction', '{"id":1.5}', { body: { id: 1.5 } }],
    ['id too large', '{"id":9007199254740993}', { body: { id: 9007199254740992 } }],
    ['id beyond all', '{"id":1e999}', { body: { id: null } }],
    ['id true', '{"id":true}', { body: { id: true } }],
    ['id null', '{"id":null}', { body: { id: null } }],
    ['id list', '{"id":[1]}', { body: { id: [1] } }],
    ['id object', '{"id":{"toString":1}}', { body: { id: { toString: 1 } } }],
    ['id empty', '{"id":""}', { body: { id: '' } }],
    ['id with quotes', '{"id":"\\"},\\"data\\":\\"x"}', { id: '"},"data":"x', body: {} }],
    ['id with a line', '{"id":"a\\nb"}', { id: 'a\nb', body: {} }],
    ['id with a surrogate', '{"id":"\\ud800"}', { id: '\ud800', body: {} }],
    ['id of 64 emoji halves', `{"id":"${'😀'.repeat(32)}"}`, { id: '😀'.repeat(32), body: {} }],
    ['id of 65', `{"id":"${'x'.repeat(65)}"}`, { body: { id: 'x'.repeat(65) } }],
    ['id twice', '{"id":1,"id":2}', { id: 2, body: {} }],
    ['id in capitals', '{"ID":1}', { body: { ID: 1 } }],
    ['since', '{"since":7}', { since: 7, body: {} }],
    ['since -0', '{"since":-0}', { since: 0, body: {} }],
    ['since negative', '{"since":-1}', { body: { since: -1 } }],
    ['since text', '{"since":"7"}', { body: { since: '7' } }],
    ['since list', '{"since":[7]}', { body: { since: [7] } }],
    ['since too large', '{"since":1e300}', { body: { since: 1e300 } }],
    ['both', '{"id":1,"since":2,"x":3}', { id: 1, since: 2, body: { x: 3 } }],
    ['an own __proto__', '{"__proto__":{"admin":true}}', { body: proto('{"__proto__":{"admin":true}}') }],
    ['an own __proto__ with an id', '{"id":1,"__proto__":{"id":2,"admin":true}}', { id: 1, body: proto('{"__proto__":{"id":2,"admin":true}}') }],
    ['an id in __proto__', '{"__proto__":{"id":1,"since":1}}', { body: proto('{"__proto__":{"id":1,"since":1}}') }],
    ['a constructor', '{"id":1,"constructor":{"prototype":{"admin":true}}}', { id: 1, body: { constructor: { prototype: { admin: true } } } }],
    ['a toJSON', '{"id":1,"toJSON":"x"}', { id: 1, body: { toJSON: 'x' } }],
    ['a then', '{"id":1,"then":"x"}', { id: 1, body: { then: 'x' } }],
    ['numbers as names', '{"id":1,"1":"b","0":"a"}', { id: 1, body: { 0: 'a', 1: 'b' } }],
    ['an empty name', '{"id":1,"":2}', { id: 1, body: { '': 2 } }],
    ['a frame of ours', '{"id":1,"event":"room:joined","data":{},"room":"a","seq":1}', { id: 1, body: { event: 'room:joined', data: {}, room: 'a', seq: 1 } }],
    ['a reply of ours', '{"id":1,"error":{"code":"INTERNAL"}}', { id: 1, body: { error: { code: 'INTERNAL' } } }],
    ['a result', '{"statusCode":500,"body":"x"}', { body: { statusCode: 500, body: 'x' } }],
    ['128 KB', JSON.stringify({ id: 1, text: 'x'.repeat(100_000) }), { id: 1, body: { text: 'x'.repeat(100_000) } }],
  ])('%s', async (_, text, seen) => {
    const { statusCode, body } = await echo(messageEvent(text), lambdaContext());

    const { id } = seen as { id?: number };
    expect(statusCode).toBe(200);
    expect(JSON.parse(body!)).toEqual(JSON.parse(JSON.stringify(id === undefined ? seen : { id, data: seen })));
    expect(log).toEqual({ errors: [], warnings: [], metrics: [] });
  });

  test('of any depth is a failure at most of the handler that answers it whole', async () => {
    const deep = `{"id":1,"deep":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;

    expect(JSON.parse((await onMessage(({ id }) => id)(messageEvent(deep))).body!)).toEqual({ id: 1, data: 1 });
    expect(JSON.parse((await echo(messageEvent(deep))).body!)).toMatchObject({ id: 1, error: { code: 'INTERNAL' } });
    expect(log.errors).toMatchObject([{ error: { name: 'RangeError' } }]);
  });

  test('to a route with the name of a member of all objects has no handler', async () => {
    for (const routeKey of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '~routes']) {
      const { body } = await routes({ say: echo })(messageEvent({ id: 1 }, { routeKey }));
      expect(JSON.parse(body!)).toEqual({ id: 1, error: { code: 'NO_ROUTE', message: `there is no handler for the route ${routeKey}` } });
    }
  });

  test('cannot write a line of the log', async () => {
    // GIVEN
    const text = 'a\nb\r\n{"message":"forged"}\u001b[2J';
    const lines = jest.spyOn(console, 'warn');
    const handler = onMessage(schemaOf(() => ({ issues: [{ message: text, path: [text, Symbol(text)] }] })), () => undefined);

    // WHEN
    await handler(messageEvent({ text, id: 1 }, { routeKey: text }));

    // THEN
    // eslint-disable-next-line no-control-regex
    expect(lines.mock.calls.flat().filter((line) => /[\u0000-\u001f]/.test(line as string))).toEqual([]);
    expect(log.warnings).toMatchObject([{ routeKey: text, issues: [{ message: text, path: [text, `Symbol(${text})`] }] }]);
  });
});

const INTERNAL = { code: 'INTERNAL', message: 'Internal server error' };

describe('a result that is no plain JSON', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;

  test.each<[string, unknown, object]>([
    ['undefined', undefined, { data: null }],
    ['a function', () => 1, { data: null }],
    ['a symbol', Symbol('a'), { data: null }],
    ['NaN', NaN, { data: null }],
    ['a date', new Date(0), { data: '1970-01-01T00:00:00.000Z' }],
    ['no date', new Date(NaN), { data: null }],
    ['a map', new Map([[1, 2]]), { data: {} }],
    ['members without text', { a: undefined, b: () => 1, c: [undefined] }, { data: { c: [null] } }],
    ['an error', new Error('secret'), { data: {} }],
    ['a result of Lambda, which is a value like any other', { statusCode: 418, body: 'x' }, { data: { statusCode: 418, body: 'x' } }],
    ['a Response', new Response('x'), { data: {} }],
    ['a thenable', { then: (resolve: (value: string) => void) => resolve('late') }, { data: 'late' }],
    ['an own __proto__', JSON.parse('{"__proto__":1}'), { data: JSON.parse('{"__proto__":1}') }],
    ['a lone surrogate', '\udc00', { data: '\udc00' }],
    ['a circle', circle, { error: INTERNAL }],
    ['a BigInt', { n: 1n }, { error: INTERNAL }],
    ['toJSON that throws', { toJSON: () => { throw new Error('secret'); } }, { error: INTERNAL }],
    ['a getter that throws', Object.defineProperty({}, 'a', { enumerable: true, get: () => { throw new Error('secret'); } }), { error: INTERNAL }],
    ['a rejection', Promise.reject(new Error('secret')), { error: INTERNAL }],
    ['a rejection with nothing', Promise.reject(), { error: INTERNAL }],
    ['more than a message', 'x'.repeat(140_000), { error: { code: 'TOO_LARGE', message: 'the reply has 140018 bytes, and a message 131072 at most' } }],
  ])('%s', async (_, value, reply) => {
    const { statusCode, body } = await onMessage(() => value)(messageEvent({ id: 1 }));

    expect(statusCode).toBe(200);
    expect(JSON.parse(body!)).toEqual({ id: 1, ...reply });
    expect(log.metrics).toHaveLength('error' in reply ? 1 : 0);
  });

  test.each<[string, unknown, object]>([
    ['long', new WebsocketError('FULL', 'é'.repeat(70_000)), { code: 'FULL', message: `${'é'.repeat(500)}...` }],
    ['with a line', new WebsocketError('FULL', 'a\nb'), { code: 'FULL', message: 'a\nb' }],
    ['frozen', Object.freeze(new WebsocketError('FULL', 'a')), { code: 'FULL', message: 'a' }],
    ['only alike', { name: 'WebsocketError', code: 'FULL', message: 'secret', stack: 'secret' }, INTERNAL],
    ['with a text that throws', Object.defineProperty(new Error(), 'message', { get: () => { throw new Error('secret'); } }), INTERNAL],
    ['a promise', Promise.resolve('secret'), INTERNAL],
    ['null', null, INTERNAL],
    ['a BigInt', 1n, INTERNAL],
    ['bytes', Object.assign(new Error('secret'), { bytes: Buffer.alloc(100_000) }), INTERNAL],
  ])('an error that is %s', async (_, error, shown) => {
    const { body } = await onMessage(() => { throw error; })(messageEvent({ id: 1 }));

    expect(JSON.parse(body!)).toEqual({ id: 1, error: shown });
    expect(log.errors).toHaveLength(1);
    expect(JSON.stringify(log.errors).length).toBeLessThan(150_000);
  });
});

describe('a validator', () => {
  const valid = { body: '{"id":1,"data":null}' };
  const invalid = (...issues: object[]): object => ({
    body: JSON.stringify({ id: 1, error: { code: 'INVALID_BODY', message: 'the message is invalid', issues } }),
  });
  const internal = { body: JSON.stringify({ id: 1, error: INTERNAL }) };

  test.each<[string, () => unknown, object]>([
    ['that throws', () => { throw new Error('secret'); }, internal],
    ['that rejects', () => Promise.reject(new Error('secret')), internal],
    ['that returns nothing', () => undefined, internal],
    ['that returns null', () => null, internal],
    ['that returns text', () => 'ok', valid],
    ['that returns neither value nor issues', () => ({}), valid],
    ['whose issues are none', () => ({ issues: [] }), invalid()],
    ['whose issues are text', () => ({ issues: 'no' }), internal],
    ['whose issue is nothing', () => ({ issues: [null] }), internal],
    ['whose issue has no text', () => ({ issues: [{}] }), invalid({ message: 'undefined', path: [] })],
    ['whose path has all kinds of keys', () => ({ issues: [{ message: 'm', path: [0, 'a', Symbol('b'), { key: 'c' }, { key: 1 }] }] }), invalid({ message: 'm', path: [0, 'a', 'Symbol(b)', 'c', 1] })],
    ['with a million issues', () => ({ issues: Array(1e6).fill({ message: 'm' }) }), invalid(...Array<object>(20).fill({ message: 'm', path: [] }))],
    ['with issues that are too long together', () => ({ issues: [{ message: 'm', path: Array(1000).fill('x'.repeat(500)) }] }),
      { body: '{"id":1,"error":{"code":"INVALID_BODY","message":"the message is invalid"}}' }],
  ])('%s', async (_, validate, result) => {
    expect(await onMessage(schemaOf(validate), () => undefined)(messageEvent({ id: 1 }))).toEqual({ statusCode: 200, ...result });
  });

  test.each<[string, unknown[]]>([
    ['nothing', []], ['a schema alone', [schemaOf(() => ({ value: 1 }))]], ['a schema of another kind', [{ parse: () => 1 }, () => 1]], ['null', [null]],
  ])('is missing at the start of the function: %s', (_, given) => {
    expect(() => onMessage(...given as [() => void])).toThrow(expect.objectContaining({
      code: 'CONFIGURATION',
      message: 'onMessage(schema?, fn): there is no function, or the schema is no Standard Schema, as those of zod are since 3.24',
    }));
  });
});

function schemaOf(validate: () => unknown): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } };
}
