/* What must not compile: test/client/types.test.ts expects exactly these errors, each in the line below. */
import { connect } from 'cdk-websocket-service/client';
import type { chatter, Events, handler, join, operator } from '../server/handler.js';

const socket = connect<typeof handler, Events>({ url: 'wss://a' });

// @ts-expect-error TS2322 no such route
socket.send({ action: 'jion', room: 'a' });
// @ts-expect-error TS2353 no such member
socket.send({ action: 'join', room: 'a', text: 'a' });
// @ts-expect-error TS2561 a misspelt member
socket.send({ action: 'join', rom: 'a' });
// @ts-expect-error TS2345 a missing member
socket.send({ action: 'say', room: 'lobby' });
// @ts-expect-error TS2322 another type
socket.send({ action: 'say', room: 'lobby', text: 1 });
// @ts-expect-error TS2820 another text
socket.send({ action: 'say', room: 'loby', text: 'a' });
// @ts-expect-error TS2345 no action
socket.send({ room: 'a' });
// @ts-expect-error TS2345 no message
socket.send('join');
// @ts-expect-error TS2322 clients cannot select it
socket.send({ action: '$connect' });
// @ts-expect-error TS2322 what this handler takes is not known
socket.send({ action: '$default' });
// @ts-expect-error TS2345 between two alternatives
socket.send({ action: 'move', x: 1 });

// @ts-expect-error TS2322 no such route
void socket.request({ action: 'sya', room: 'lobby', text: 'a' });
// @ts-expect-error TS2345 a missing member
void socket.request({ action: 'say', room: 'lobby' });
// @ts-expect-error TS2561 no such member
void socket.request({ action: 'say', room: 'lobby', text: 'a', txt: 'a' });
// @ts-expect-error TS2345 no action
void socket.request({ room: 'a' });
// @ts-expect-error TS2353 the client adds it
void socket.request({ action: 'enveloped', id: 'a', since: 1, list: [] });
// @ts-expect-error TS2353 no such option
void socket.request({ action: 'raw' }, { seconds: 1 });
void socket.request({ action: 'say', room: 'lobby', text: 'a' }).then((reply) => {
  // @ts-expect-error TS2339 JSON has no dates
  reply.at.getTime();
  // @ts-expect-error TS2339 JSON has no functions
  reply.secret();
});
void socket.request({ action: 'move', x: 1, y: 1 }).then((reply) => {
  // @ts-expect-error TS18047 the handler returns nothing
  return reply.x as unknown;
});

// @ts-expect-error TS2322 no such route
socket.join({ action: 'jion', room: 'a' });
// @ts-expect-error TS2345 no room
socket.join({ action: 'join' });
// @ts-expect-error TS2322 a room is a text
socket.join({ action: 'join', room: 1 });
// @ts-expect-error TS2353 the client adds it
socket.join({ action: 'join', room: 'a', since: 1 });
// @ts-expect-error TS2353 this alternative has no room
socket.join({ action: 'move', x: 1, y: 1 });
// @ts-expect-error TS2322 no such route
socket.join({ action: 'join', room: 'a' }, { leave: { action: 'lave' } });

const lobby = socket.join({ action: 'join', room: 'a' });
// @ts-expect-error TS2769 no such event
lobby.on('sayd', () => undefined);
// @ts-expect-error TS2339 no such member
lobby.on('said', ({ txt }) => void txt);
// @ts-expect-error TS2339 JSON has no dates
lobby.on('said', ({ at }) => void at.getTime());
// @ts-expect-error TS2769 of the socket
lobby.on('state', () => undefined);
// @ts-expect-error TS2551 ours, not the server's
lobby.on('error', ({ code }) => void code.toFixed());
// @ts-expect-error TS2769 no such event
socket.on('sayd', () => undefined);
// @ts-expect-error TS2769 of a room
socket.on('missed', () => undefined);
// @ts-expect-error TS2540 read only
lobby.members = [];

// @ts-expect-error TS2345 a room is needed, also without types
connect({ url: 'wss://a' }).join({ action: 'join' });
// @ts-expect-error TS2345 nothing to add an id to
void connect({ url: 'wss://a' }).request('text');
// @ts-expect-error TS2345 the address is needed
connect({});
// @ts-expect-error TS2353 no such option
connect({ url: 'wss://a', retries: 1 });
// @ts-expect-error TS2345 the member's name is needed
connect<typeof handler, Events, 'type'>({ url: 'wss://a' });
// @ts-expect-error TS2322 the third type is the name
connect<typeof handler, Events>({ url: 'wss://a', action: 'type' });
// @ts-expect-error TS2345 one handler is no server
connect<typeof join>({ url: 'wss://a' }).send({ action: 'join', room: 'a' });
// @ts-expect-error TS2353 a known route, and its body is wrong
connect<typeof chatter>({ url: 'wss://a' }).send({ action: 'join', text: 'a' });
// @ts-expect-error TS2322 an operand is a number
connect<typeof operator>({ url: 'wss://a' }).send({ action: 'add', operand: 'a' });
