import type { IncomingMessage } from 'http';
import { AddressBook, localhostUrls, noStageForCall, noStageForHandshake } from '../../../lib/local/wire/address-book';
import { ServedStage } from '../../../lib/local/wire/served-stage';
import { api, stage } from '../_helpers/local-server';

const LOCAL = 'localhost:3001';

function served(...mappings: Array<[domainName: string, mappingKey: string]>): ServedStage {
  const only = stage({ mappings: mappings.map(([domainName, mappingKey]) => ({ domainName, mappingKey })) });
  return new ServedStage(api([], { stages: [only] }), only);
}

describe('by the name of a stage', () => {
  const dev = served();
  const book = new AddressBook([dev]);

  test.each([
    ['/dev', ''],
    ['/dev/', '/'],
    ['/d%65v', ''],
    ['/dev/more', '/more'],
    ['/dev/@connections/PJqB0fHsqRcCHlw%3D', '/@connections/PJqB0fHsqRcCHlw%3D'],
  ])('1.1.1, 1.1.2: %s leads to the stage, and the rest is %j', (path, rest) => {
    expect(book.find(LOCAL, path)).toEqual({ served: dev, rest, byDomain: false });
  });

  test.each(['/', '', '/prod', '/DEV', '/devs', '/%zz', '//dev'])('1.1.3: %j leads nowhere', (path) => {
    expect(book.find(LOCAL, path)).toBeUndefined();
  });
});

describe('by a custom domain', () => {
  const chat = served(['api.example.com', 'chat'], ['api.example.com', 'chat/v2']);
  const root = served(['www.example.com', '']);
  const book = new AddressBook([chat, root]);

  test.each([
    ['api.example.com', '/chat', { served: chat, mappingKey: 'chat', rest: '', byDomain: true }],
    ['API.example.com:443', '/chat/', { served: chat, mappingKey: 'chat', rest: '/', byDomain: true }],
    ['api.example.com', '/chat/v2/x', { served: chat, mappingKey: 'chat/v2', rest: '/x', byDomain: true }],
    ['www.example.com', '/', { served: root, mappingKey: '', rest: '/', byDomain: true }],
    ['www.example.com', '/dev', { served: root, mappingKey: '', rest: '/dev', byDomain: true }],
  ])('1.1.5: %s%s', (host, path, address) => {
    expect(book.find(host, path)).toEqual(address);
  });

  test('1.1.5: the stage is not in the path of a domain, nor is part of a mapping key enough', () => {
    expect(book.find('api.example.com', '/dev')).toBeUndefined();
    expect(book.find('api.example.com', '/chatter')).toBeUndefined();
  });

  test('1.1.5: the mapping key leads there by localhost too', () => {
    expect(book.find(LOCAL, '/chat/v2')).toEqual({ served: chat, mappingKey: 'chat/v2', rest: '', byDomain: false });
  });
});

describe('an unknown host', () => {
  const book = new AddressBook([served(['api.example.com', 'chat'], ['www.example.com', ''])]);

  test.each([
    [LOCAL, ['/dev', '/chat', '/']],
    ['API.example.com:443', ['/chat']],
    ['www.example.com', ['/']],
    ['other.example.com', ['/dev', '/chat', '/']],
    ['', ['/dev', '/chat', '/']],
  ])('1.1.1, 1.1.5: at the host %j are %j', (host, paths) => {
    expect(book.paths(host)).toEqual(paths);
  });

  test('1.1.5: only a domain of the app counts as a domain', () => {
    expect([book.hasDomain('API.example.com:443'), book.hasDomain('other.example.com'), book.hasDomain('')]).toEqual([true, false, false]);
  });
});

test('1.1.7: where the default endpoint is switched off the stage is reached by its domain only', () => {
  // GIVEN
  const mapped = stage({ mappings: [{ domainName: 'api.example.com', mappingKey: 'chat' }] });
  const closed = new ServedStage(api([], { disableExecuteApiEndpoint: true, stages: [mapped] }), mapped);
  const book = new AddressBook([closed]);

  // THEN
  expect(book.find(LOCAL, '/dev')).toBeUndefined();
  expect(book.find('api.example.com', '/chat')).toMatchObject({ served: closed });
});

test('1.1.7: a closed default endpoint without any domain is served all the same, since nothing else leads to the stage', () => {
  // GIVEN
  const closed = new ServedStage(api([], { disableExecuteApiEndpoint: true }), stage());

  // THEN
  expect(new AddressBook([closed]).find(LOCAL, '/dev')).toMatchObject({ served: closed });
});

describe('by the default endpoint of an API', () => {
  const endpoint = (apiId: string, rest = 'eu-west-1.amazonaws.com') => `${apiId}.execute-api.${rest}`;
  const [dev, elsewhere] = [served(), served()];
  const feed = new ServedStage(api([], { apiId: 'ffgghhiijj' }), elsewhere.stage);
  const closed = new ServedStage(api([], { apiId: 'kkllmmnnoo', disableExecuteApiEndpoint: true }), stage());
  const book = new AddressBook([dev], [dev, feed, closed]);

  test.each([
    [endpoint('aabbccddee'), dev],
    [endpoint('AABBCCDDEE', 'eu-west-1.amazonaws.com:443'), dev],
    [endpoint('aabbccddee', 'cn-north-1.amazonaws.com.cn'), dev],
    [endpoint('ffgghhiijj'), feed],
  ])('1.1.1: %s leads to a stage of that API, whatever the port', (host, stageOfApi) => {
    expect(book.find(host, '/dev/@connections/x')).toEqual({ served: stageOfApi, rest: '/@connections/x', byDomain: false, byApiId: true });
    expect(book.find(host, '/prod')).toBeUndefined();
    expect(book.paths(host)).toEqual(['/dev']);
    expect(book.closedEndpoint(host)).toBeUndefined();
  });

  test.each([
    [endpoint('kkllmmnnoo'),
      'the default endpoint of the API kkllmmnnoo is switched off (DisableExecuteApiEndpoint), so only a custom domain leads to it (1.1.7)'],
    [endpoint('zzzzzzzzzz'), 'no API with the id zzzzzzzzzz is served here'],
  ])('1.1.3, 1.1.7: %s leads nowhere', (host, reason) => {
    expect(book.find(host, '/dev')).toBeUndefined();
    expect(book.paths(host)).toEqual([]);
    expect(book.closedEndpoint(host)).toBe(reason);
  });
});

describe('where no stage is found', () => {
  const DOMAIN = 'api.example.com';

  function bookOf(...stages: Array<Parameters<typeof stage>[0]>): AddressBook {
    return new AddressBook(stages.map((one) => new ServedStage(api([]), stage(one))));
  }

  const dev = bookOf({});
  const two = bookOf({}, { name: 'beta' });
  const mapped = bookOf({ mappings: [{ domainName: DOMAIN, mappingKey: 'chat' }] });
  const root = bookOf({ mappings: [{ domainName: DOMAIN, mappingKey: '' }] });

  describe('a handshake', () => {
    test.each([
      ['/prod', 'no stage is served at /prod; there is /dev', LOCAL, dev],
      ['/', 'no stage is served at /; there are /dev, /beta', LOCAL, two],
      ['/prod', 'no stage is served at /prod, nor anywhere else on this port', LOCAL, bookOf()],
      [`/${'x'.repeat(200)}`, `no stage is served at /${'x'.repeat(99)}...; there is /dev`, LOCAL, dev],
      ['/dev', 'no stage is served at /dev; there is /chat', DOMAIN, mapped],
      ['/dev', 'no stage is served at /dev; there is /', DOMAIN, root],
    ])('1.1.3: to %s is refused: %s', (path, reason, host, book) => {
      expect(noStageForHandshake(book, host, path, book.find(host, path))).toBe(reason);
    });

    test.each([
      ['/dev/extra', '/dev/extra: in a WebSocket URL only a query string may follow the stage (1.1.2)', LOCAL, dev],
      ['/chat/extra', '/chat/extra: in a WebSocket URL only a query string may follow the mapping key (1.1.2)', DOMAIN, mapped],
    ])('1.1.2: to %s is refused: %s', (path, reason, host, book) => {
      expect(noStageForHandshake(book, host, path, book.find(host, path))).toBe(reason);
    });
  });

  describe('a call of @connections', () => {
    test.each([
      ['/prod', 'no stage is served at /prod: the endpoint of @connections is https://localhost:3001/dev', LOCAL, dev],
      ['', 'no stage is served at /: the endpoints of @connections are https://localhost:3001/dev, https://localhost:3001/beta', LOCAL, two],
      ['/chat/dev', `no stage is served at /chat/dev: the endpoint of @connections is https://${DOMAIN}/chat`, DOMAIN, mapped],
      ['/prod', 'no stage is served at /prod, nor anywhere else on this port', LOCAL, bookOf()],
    ])('6.10: to %j is refused: %s', (endpoint, reason, host, book) => {
      const request = { headers: { host }, socket: { localPort: 3001 } } as IncomingMessage;
      expect(noStageForCall(book, request, `${endpoint}/@connections/x`, endpoint.length)).toBe(reason);
    });

    test('6.2: in capital letters is reported', () => {
      const request = { headers: { host: LOCAL }, socket: { localPort: 3001 } } as IncomingMessage;
      expect(noStageForCall(dev, request, '/dev/@Connections/x', 4)).toBe('/@Connections/x: @connections is written in lower case (6.2)');
    });
  });
});

describe('addresses in a text', () => {
  const chat = stage({ mappings: [{ domainName: 'Chat.example.com', mappingKey: '' }, { domainName: 'ws.example.com', mappingKey: 'v1/chat' }] });
  const news = stage({ mappings: [{ domainName: 'ws.example.com', mappingKey: 'v1' }] });
  const stages = [
    new ServedStage(api([], { apiId: 'aabbccddee', stages: [chat] }), chat),
    new ServedStage(api([], { apiId: 'ffgghhiijj', stages: [news] }), news),
  ];
  const localize = localhostUrls(stages, (one) => one === stages[0] ? 3001 : 3002);

  test.each([
    ['wss://aabbccddee.execute-api.eu-west-1.amazonaws.com/dev', 'ws://localhost:3001/dev'],
    ['https://aabbccddee.execute-api.eu-west-1.amazonaws.com/dev', 'https://localhost:3001/dev'],
    ['aabbccddee.execute-api.eu-west-1.amazonaws.com', 'localhost:3001'],
    ['wss://ffgghhiijj.execute-api.cn-north-1.amazonaws.com.cn/dev', 'ws://localhost:3002/dev'],
    ['https://chat.example.com/@connections', 'https://localhost:3001/@connections'],
    ['https://ws.example.com/v1/chat', 'https://localhost:3001/v1/chat'],
    ['https://WS.example.com/v1/chatter', 'https://localhost:3002/v1/chatter'],
    ['wss://ws.example.com/v1?token=x', 'ws://localhost:3002/v1?token=x'],
    ['https://ws.example.com', 'https://localhost:3001'],
    ['{"dev":"https://aabbccddee.execute-api.eu-west-1.amazonaws.com/dev","v1":"https://ws.example.com/v1"}',
      '{"dev":"https://localhost:3001/dev","v1":"https://localhost:3002/v1"}'],
    [JSON.stringify(JSON.stringify({ beta: 'https://ws.example.com/v1' })), JSON.stringify(JSON.stringify({ beta: 'https://localhost:3002/v1' }))],
    ['{"a":"wss://chat.example.com","b":"https://ffgghhiijj.execute-api.eu-west-1.amazonaws.com"}', '{"a":"ws://localhost:3001","b":"https://localhost:3002"}'],
  ])('%s leads here: %s', (text, local) => {
    expect(localize(text)).toBe(local);
  });

  test('each stage of an API leads to its own port', () => {
    // GIVEN
    const [dev, beta] = [stage(), stage({ name: 'beta' })];
    const whole = api([], { stages: [dev, beta] });
    const [first, second] = [new ServedStage(whole, dev), new ServedStage(whole, beta)];
    const endpoint = 'https://aabbccddee.execute-api.eu-west-1.amazonaws.com';

    // WHEN
    const local = localhostUrls([first, second], (one) => one === second ? 3002 : 3001)(
      JSON.stringify({ dev: `${endpoint}/dev`, beta: `${endpoint}/beta`, any: endpoint }));

    // THEN
    expect(JSON.parse(local)).toEqual({ dev: 'https://localhost:3001/dev', beta: 'https://localhost:3002/beta', any: 'https://localhost:3001' });
  });

  test.each([
    'https://zzzzzzzzzz.execute-api.eu-west-1.amazonaws.com/dev',
    'chat.example.com',
    'https://other.example.com',
    'https://chat.example.com.evil.example',
    'https://sqs.eu-west-1.amazonaws.com/111111111111/queue',
    '',
  ])('%s stays', (text) => {
    expect(localize(text)).toBe(text);
  });
});
