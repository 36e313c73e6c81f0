import { connect } from 'cdk-websocket-service/client';
import type * as rooms from './src/rooms';

/** Enters the lobby, in a browser or Node.js 22; returns what says something there. */
export function enter(url: () => Promise<string>, show: (line: string) => void) {
  const socket = connect<typeof rooms, rooms.Events>({ url }); // asks for the URL at each attempt: tokens expire
  const lobby = socket.join({ action: 'join', room: 'lobby' });
  lobby.on('said', ({ from, text }) => show(`${from}: ${text}`)); // each once, also what came while the client was away
  lobby.on('members', (members) => show(`here: ${members.map(({ user }) => user).join(', ')}`));
  return (text: string) => socket.request({ action: 'say', room: 'lobby', text }); // resolves with the reply: { delivered: 3 }
}
