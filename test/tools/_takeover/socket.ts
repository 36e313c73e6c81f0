import { WebSocket } from 'ws';
import { Ministack } from './ministack';

/** A client's socket at an API of the emulator. */
export class Socket {
  /** The emulator chooses the API by the Host header. */
  static async open(emulator: Ministack, apiId: string, stage: string, { query = '', headers = {} } = {}): Promise<Socket> {
    const socket = new WebSocket(`ws://localhost:${emulator.port}/${stage}${query}`, {
      headers: { ...headers, Host: `${apiId}.execute-api.localhost:${emulator.port}` },
    });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Socket(socket);
  }

  private constructor(private readonly socket: WebSocket) {}

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Sends a message; returns the next one that arrives. */
  async ask(message: unknown): Promise<unknown> {
    const answer = new Promise<string>((resolve, reject) => {
      this.socket.once('message', (data) => resolve(String(data)));
      this.socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
    });
    this.socket.send(JSON.stringify(message));
    return JSON.parse(await answer) as unknown;
  }

  close(): void {
    this.socket.terminate();
  }
}
