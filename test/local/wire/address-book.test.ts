import { AddressBook } from '../../../lib/local/wire/address-book';
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

describe('what leads anywhere', () => {
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

  test('1.1.5: a domain is that of the app or it is none', () => {
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

test('1.1.7: without any domain the stage could not be tried at all, so it can be reached here', () => {
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
