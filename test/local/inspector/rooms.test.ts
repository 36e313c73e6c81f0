import type { LambdaFunction, LocalApp, Table } from '../../../lib/local/assembly/local-app';
import { Read, roomsOf } from '../../../lib/local/inspector/rooms';
import type { JsonObject } from '../../../lib/local/protocol/json';

function appWith(store: string | undefined, ...tables: string[]): LocalApp {
  const fn = { id: 'F', environment: store === undefined ? {} : { WEBSOCKET_STORE: store } } as unknown as LambdaFunction;
  return {
    apis: [], functions: new Map([['F', fn]]), notices: [], tables: tables.map((name) => ({ name, region: 'eu-west-1' }) as unknown as Table),
  };
}

test('100 connections a call, sorted rooms', async () => {
  // GIVEN
  const calls: Array<{ operation: string; region: string; ids: string[] }> = [];
  const read: Read = (operation, region, { RequestItems }) => {
    const { Keys } = (RequestItems as Record<string, { Keys: Array<{ pk: { S: string } }> }>).store;
    calls.push({ operation, region, ids: Keys.map(({ pk }) => pk.S) });
    return Promise.resolve({ Responses: { store: Keys.slice(0, 1).map(({ pk }) => ({ pk, rooms: { SS: ['b', 'a'] } })) } } as JsonObject);
  };

  // WHEN
  const rooms = await roomsOf(Array.from({ length: 101 }, (_, at) => String(at)), appWith('{"table":"store"}', 'other', 'store'), read);

  // THEN
  expect(calls.map(({ operation, region, ids }) => [operation, region, ids.length, ids[0]])).toEqual([
    ['BatchGetItem', 'eu-west-1', 100, 'C#0'], ['BatchGetItem', 'eu-west-1', 1, 'C#100'],
  ]);
  expect([...rooms]).toEqual([['0', ['a', 'b']], ['100', ['a', 'b']]]);
});

test.each([
  ['without a store', appWith(undefined, 'store'), {}],
  ['whose table is elsewhere', appWith('{"table":"store"}', 'other'), {}],
  ['with broken settings', appWith('{', 'store'), {}],
  ['whose database does not answer', appWith('{"table":"store"}', 'store'), undefined],
  ['whose items are something else', appWith('{"table":"store"}', 'store'), { Responses: { store: [1, {}, { pk: { S: 'C#1' }, rooms: { S: 'a' } }] } }],
])('an app %s has no rooms', async (_what, app, answer) => {
  expect([...await roomsOf(['1'], app, () => Promise.resolve(answer))]).toEqual([]);
});
