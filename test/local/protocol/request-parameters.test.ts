import { missingParameters, missingParametersRefusal } from '../../../lib/local/protocol/request-parameters';

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

test('5.4.2: the refusal has the names', () => {
  expect(missingParametersRefusal([QUERY, HEADER])).toEqual({
    status: 400, errorType: 'BadRequestException', body: '{"message":"Missing required request parameters: [token, X-Client]"}',
  });
});
