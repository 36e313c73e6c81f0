import { Lazy } from 'aws-cdk-lib';
import { predefinedFor, routeKeyFault } from '../../../lib/private/checks/route-key';

const remedy = 'name the value of the selection expression that selects the route, for example "sendMessage"';

test.each([
  '$connect', '$disconnect', '$default', 'foo', 'sendMessage', 'chat/join', 'chat--join', '%2F', '1', 'true', 'send message', 'größe', 'a$b', '-',
])('%j is a route key', (key) => {
  expect(routeKeyFault(key)).toBeUndefined();
});

test('an empty key is refused', () => {
  expect(routeKeyFault('')).toEqual({ reason: 'is empty', remedy });
});

test('a key that is a token is refused: ids are made of it', () => {
  expect(routeKeyFault(Lazy.string({ produce: () => 'foo' }))).toEqual({ reason: 'is not known before deployment', remedy });
});

test.each([
  ['$message', 'use $connect, $disconnect or $default, or drop the $ ("message")'],
  ['$Connect', 'did you mean `$connect`?'],
  ['$conect', 'did you mean `$connect`?'],
  ['$disconect', 'did you mean `$disconnect`?'],
  ['$defualt', 'did you mean `$default`?'],
  ['$default ', 'did you mean `$default`?'],
  ['$$message', 'use $connect, $disconnect or $default, or drop the $ ("message")'],
  ['$', 'use $connect, $disconnect or $default'],
])('%j is refused: the prefix is reserved', (key, way) => {
  expect(routeKeyFault(key)).toEqual({ reason: 'is not a predefined route, and the $ prefix is reserved for those', remedy: way });
});

test.each<[string, string | undefined]>([
  ['connect', '$connect'], ['Disconnect', '$disconnect'], ['DEFAULT', '$default'], ['conect', undefined], ['$connect', undefined], ['', undefined],
])('%j is most likely %j', (key, predefined) => {
  expect(predefinedFor(key)).toBe(predefined);
});

test.each([' foo', 'foo ', ' ', '\tfoo', 'foo\n', 'foo\nbar', 'foo\u0000', 'a\u007fb'])('%j is refused: nobody sees it', (key) => {
  expect(routeKeyFault(key)).toEqual({ reason: 'has white space around it or a control character in it', remedy: 'remove it' });
});
