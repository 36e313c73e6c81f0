import { ReplayedHandshake } from '../../../lib/local/recording/replayed-handshake';
import type { ServedApi } from '../../../lib/local/terminal/served';
import type { ConnectedEntry } from '../../../lib/local/trace';
import { api, proxy, route, stage } from '../_helpers/local-server';

const door = route('$connect', {
  authorization: {
    type: 'CUSTOM',
    authorizer: { logicalId: 'A', name: 'A', authorizerId: 'aabbcc', identitySource: ['route.request.querystring.token'], target: proxy('door').target! },
  },
});
const dev = stage({ mappings: [{ domainName: 'chat.example.com', mappingKey: 'v1' }] });
const served: ServedApi = {
  api: api([door]), port: 4000, stages: [{ stage: dev, url: 'ws://localhost:4000/dev', callbackUrl: 'https://localhost:4000/dev' }],
};

function handshake(url: string, rawHeaders: readonly string[] = [], token?: string): ReplayedHandshake {
  const entry: ConnectedEntry = { type: 'connected', connectionId: 'c', requestId: 'r', sourceIp: '::1', api: 'Api', stage: 'dev', url, rawHeaders };
  return new ReplayedHandshake(entry, [served], token);
}

test('URL and headers are those of the recording, but for what belongs to the connection', () => {
  const headers = ['Host', 'localhost:3001', 'Connection', 'Upgrade', 'Sec-WebSocket-Key', 'x', 'Accept', 'a', 'Accept', 'b', 'X-Name', 'J\u00f6rg \u4f60', 'Bad Name', 'x'];

  expect(handshake('/dev?token=<masked:1>&room=a%20b', headers)).toEqual({
    url: 'ws://localhost:4000/dev?token=<masked:1>&room=a%20b', headers: { 'Accept': ['a', 'b'], 'X-Name': 'J\u00f6rg ?' }, protocols: [], ownHeaders: [],
  });
});

test.each(['//evil.example/dev', 'http://evil.example/dev', '/@evil.example/dev', '/\\evil.example'])('the URL %s leads to the gateway, and nowhere else', (url) => {
  expect(new URL(handshake(url).url).host).toBe('localhost:4000');
});

test('masked subprotocols become words', () => {
  expect(handshake('/dev', ['Sec-WebSocket-Protocol', 'bearer, <masked:2>']).protocols).toEqual(['bearer', 'masked-2']);
});

test('a list that is none of words is sent as it was', () => {
  expect(handshake('/dev', ['Sec-WebSocket-Protocol', 'a, a, b c'])).toMatchObject({ protocols: [], ownHeaders: [['Sec-WebSocket-Protocol', 'a, a, b c']] });
});

test('the host of a custom domain stays', () => {
  expect(handshake('/v1', ['Host', 'chat.example.com']).ownHeaders).toEqual([['Host', 'chat.example.com']]);
  expect(handshake('/v1', ['Host', 'other.example.com']).ownHeaders).toEqual([]);
});

test('a token is put where the authorizer looks, and nowhere else', () => {
  expect(handshake('/dev?token=<masked:1>&key=<masked:2>', ['Authorization', 'Bearer <masked:1>'], 'new')).toMatchObject({
    url: 'ws://localhost:4000/dev?token=new&key=<masked:2>', headers: { Authorization: 'Bearer <masked:1>' },
  });
});
