import fc from 'fast-check';
import { missingIdentitySource, missingParameters } from '../../../lib/local/protocol/identity-source';

const request = {
  headers: { authorization: 'Bearer x', empty: '' },
  query: { token: 't' },
  stageVariables: { tenant: 'a' },
  context: { connectionId: 'c=', connectedAt: 0, identity: { sourceIp: '203.0.113.7' } },
};

test.each([
  [[]],
  [['route.request.header.Authorization']],
  [['route.request.querystring.token', 'stageVariables.tenant']],
  [['context.identity.sourceIp', 'context.connectionId', 'context.connectedAt']],
])('3.3: nothing of %j is missing', (sources) => {
  expect(missingIdentitySource(sources, request)).toBeUndefined();
});

test.each([
  'route.request.header.X-Token',
  'route.request.header.empty',
  'route.request.querystring.Token',
  'stageVariables.none',
  'context.identity.userArn',
  'context.connectionId.length',
  'context.constructor',
  'route.request.header.__proto__',
  'route.request.querystring.__proto__',
  'route.request.body.token',
  '',
])('3.4: %j is missing', (source) => {
  expect(missingIdentitySource(['route.request.header.Authorization', source], request)).toBe(source);
});

test('3.3, 3.4: no source and no request throw', () => {
  const prefix = fc.constantFrom('route.request.header.', 'route.request.querystring.', 'stageVariables.', 'context.', '');
  const source = fc.tuple(prefix, fc.string());
  const values = fc.dictionary(fc.string(), fc.string());
  fc.assert(fc.property(fc.array(source.map((parts) => parts.join(''))), values, (sources, map) => {
    const missing = missingIdentitySource(sources, { headers: map, query: map, stageVariables: map, context: map });
    if (missing !== undefined) expect(sources).toContain(missing);
  }));
});

const QUERY = 'route.request.querystring.token';
const HEADER = 'route.request.header.X-Client';

test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  ['both', { 'x-client': 'web' }, { token: 'abc' }, []],
  ['one', {}, { token: 'abc' }, [HEADER]],
  ['none', {}, {}, [QUERY, HEADER]],
  ['an empty one', { 'X-Client': 'web' }, { token: '' }, [QUERY]],
  ['one in the wrong place', { token: 'abc' }, { 'X-Client': 'web' }, [QUERY, HEADER]],
])('5.4.2: a handshake with %s', (_, headers, query, missing) => {
  expect(missingParameters([QUERY, HEADER], { headers, query })).toEqual(missing);
});
