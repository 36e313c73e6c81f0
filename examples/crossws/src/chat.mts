import { defineHooks } from 'crossws';
import { apiGateway } from './adapter.mjs';

/** The hooks of the guide of crossws, as they run in Nitro, h3, Deno, Bun or on Cloudflare. */
const hooks = defineHooks({
  upgrade(request) {
    if (new URL(request.url).searchParams.get('banned') === 'yes') throw new Response('banned', { status: 403 });
    return { protocol: request.headers.get('sec-websocket-protocol')?.split(',')[0].trim() };
  },
  open(peer) {
    peer.subscribe('chat');
    peer.send({ user: 'server', message: `Welcome ${peer.id}!` });
    peer.publish('chat', { user: 'server', message: `${peer.id} joined!` });
  },
  message(peer, message) {
    if (message.text().includes('ping')) {
      peer.send({ user: 'server', message: 'pong' });
    } else if (message.text() === 'bye') {
      peer.close(1000, 'bye');
    } else {
      const said = { user: peer.id, message: `${message}` };
      peer.send(said);
      peer.publish('chat', said);
    }
  },
  close(peer) {
    peer.publish('chat', { user: 'server', message: `${peer.id} has left!` });
  },
  error(peer, error) {
    console.error(peer.id, error);
  },
});

export const { handler, opened } = apiGateway({ hooks });
