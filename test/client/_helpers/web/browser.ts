/* In a project with the types of browsers, and in one with those of Node.js. */
import { connect } from 'cdk-websocket-service/client';
import type { Events, handler } from '../server/handler.js';

export async function inBrowser(): Promise<number> {
  const socket = connect<typeof handler, Events>({ url: 'wss://a', WebSocket });
  const said = await socket.request({ action: 'say', room: 'lobby', text: '' }, { signal: AbortSignal.timeout(1_000) });
  return said.length;
}
