import { ChildProcess, fork } from 'child_process';
import * as path from 'path';
import { Exchanged, Load } from './exchange';

/** What the load generator is asked for. */
export type Request =
  | { readonly command: 'open'; readonly url: string; readonly total: number; readonly atOnce: number }
  | { readonly command: 'exchange'; readonly load: Load }
  | { readonly command: 'close' };

export interface Opened {
  readonly connections: number;
  readonly seconds: number;
}

type Answer<T> = { readonly result: T } | { readonly error: string };

/** The load generator in its process. It holds connections to one server at a time. */
export class LoadProcess {
  private readonly child: ChildProcess = fork(path.join(__dirname, 'load.ts'));

  /** Opens connections until there are `total`, so many at once. */
  public open(url: string, total: number, atOnce: number): Promise<Opened> {
    return this.ask({ command: 'open', url, total, atOnce });
  }

  /** Sends messages over the first of the open connections. */
  public exchange(load: Load): Promise<Exchanged> {
    return this.ask({ command: 'exchange', load });
  }

  public close(): Promise<void> {
    return this.ask({ command: 'close' });
  }

  public end(): void {
    this.child.disconnect();
  }

  private ask<T>(request: Request): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the load generator ended'));
      this.child.once('exit', ended);
      this.child.once('message', (answer: Answer<T>) => {
        this.child.off('exit', ended);
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.result);
      });
      this.child.send(request);
    });
  }
}
