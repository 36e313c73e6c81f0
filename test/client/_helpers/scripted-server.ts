import { once } from 'events';
import type { AddressInfo } from 'net';
import { WebSocket, WebSocketServer } from 'ws';

/** One connection, as the server sees it. */
export interface Peer {
  readonly socket: WebSocket;
  readonly protocols: string;
  readonly url: string;
  /** What the client has sent, parsed. */
  readonly got: Record<string, unknown>[];
  send(frame: unknown): void;
  /** As a cable that is cut: no close frame. */
  cut(): void;
}

/** A server that does what a test says. */
export interface ScriptedServer {
  readonly url: string;
  readonly peers: Peer[];
  close(): Promise<void>;
}

/** @param answer - is called with each message of a client */
export async function scriptedServer(
  answer: (message: Record<string, unknown>, peer: Peer) => void = () => undefined,
  welcome: (peer: Peer) => void = () => undefined,
  port = 0,
): Promise<ScriptedServer> {
  const server = new WebSocketServer({ port, host: '127.0.0.1' });
  await once(server, 'listening');
  const peers: Peer[] = [];
  server.on('connection', (socket, request) => {
    const peer: Peer = {
      socket,
      protocols: request.headers['sec-websocket-protocol'] ?? '',
      url: request.url!,
      got: [],
      send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
      cut: () => socket.terminate(),
    };
    peers.push(peer);
    socket.on('message', (data: Buffer) => {
      let message: Record<string, unknown>;
      try {
        message = JSON.parse(data.toString()) as Record<string, unknown>;
      } catch {
        message = { text: data.toString() };
      }
      peer.got.push(message);
      answer(message, peer);
    });
    welcome(peer);
  });
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    peers,
    async close() {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Waits, for long, until something holds. */
export async function until<T>(found: () => T | undefined | false, patience = 20_000): Promise<T> {
  for (const start = Date.now(); ;) {
    const value = found();
    if (value !== undefined && value !== false) return value;
    if (Date.now() - start > patience) throw new Error(`still not: ${found.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
