import { normalise, Session, translated } from '../../../lib/local/recording/normalising';

const TIME = Date.UTC(2026, 0, 2);
const ANN = 'JbnbM5HP_hOPaMc=';
const session: Session = { labels: new Map([[ANN, 'connection 1']]), time: TIME };
const shape = (text: string): string => normalise(text, session).shape;

test.each([
  ['a connection of the session', `to ${ANN}!`, 'to <connection 1>!'],
  ['another id of API Gateway', 'L82qJzw_AzkOH1E=', '<id>'],
  ['a UUID', '3b241101-e2bb-4255-8caf-4136c566a962', '<id>'],
  ['a ULID', '01ARZ3NDEKTSV4RRFFQ69G5FAV', '<id>'],
  ['a trace id', 'Root=1-6b0e0a75-a9985bc1fd793d72e645d0a6', 'Root=<id>'],
  ['a time', '2026-01-02T03:04:05.678Z, 2026-01-02 03:04:05+01:00', '<time>, <time>'],
  ['the time of a request', '02/Jan/2026:03:04:05 +0000', '<time>'],
  ['milliseconds and seconds near the session', `${TIME + 5} ${TIME / 1000 + 3600}`, '<time> <time>'],
  ['other numbers', '1234567890 42 9999999999999', '1234567890 42 9999999999999'],
  ['what was masked, in any form', '<masked:3> masked-3 %3Cmasked%3A3%3E eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln', '<masked> <masked> <masked> <masked>'],
  ['the gateway and its clients', 'localhost:3001 127.0.0.1 ::1', '<gateway> <ip> <ip>'],
])('%s', (_what, text, expected) => {
  expect(shape(text)).toBe(expected);
});

test('numbers of rooms, times and measures in JSON, also within strings of JSON; the order of members says nothing', () => {
  const inner = JSON.stringify({ since: 3, connectionId: ANN });

  expect(shape(JSON.stringify({ seq: 7, n: 7, at: TIME, integrationLatency: 12, inner }))).toBe(
    '{"at":"<time>","inner":"{\\"connectionId\\":\\"<connection 1>\\",\\"since\\":\\"<since>\\"}","integrationLatency":"<integrationLatency>","n":7,"seq":"<seq>"}',
  );
});

test('lists of things with ids have no order; other lists have one', () => {
  const [one, two] = [{ id: 'L82qJzw_AzkOH1E=', name: 'b' }, { id: '0qIaM91fIMIW4os=', name: 'a' }];

  expect(shape(JSON.stringify([one, two]))).toBe(shape(JSON.stringify([two, one])));
  expect(shape('["b","a"]')).not.toBe(shape('["a","b"]'));
});

test('the ids of two texts of one shape correspond, so that what is sent next names those of the replay', () => {
  const recorded = normalise(JSON.stringify({ id: 'L82qJzw_AzkOH1E=', seq: 1_700_000_000_123 }), session);
  const played = normalise(JSON.stringify({ seq: 41, id: '0qIaM91fIMIW4os=' }), session);
  const ids = new Map(recorded.ids.map((id, i) => [id, played.ids[i]]));

  expect(translated('{"to":"L82qJzw_AzkOH1E=","since": 1700000000123,"n":1700000000123}', ids)).toBe('{"to":"0qIaM91fIMIW4os=","since": 41,"n":1700000000123}');
  expect(translated('{"body":"{\\"since\\":1700000000123}"}', ids)).toBe('{"body":"{\\"since\\":41}"}');
});

test('__proto__ is a member like any other', () => {
  expect(shape('{"__proto__":{"a":1}}')).toBe('{"__proto__":{"a":1}}');
});
