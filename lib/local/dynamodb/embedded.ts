import { setTimeout as delay } from 'timers/promises';
import { Binary } from './binary';
import { Dynoxide, startDynoxide } from './dynoxide';
import { Unavailable } from './proxy';
import { makeTables } from './table-maker';
import type { Notice, Table } from '../assembly/local-app';
import { Watchdog } from '../functions/watchdog';
import { atMost } from '../patience';

export interface EmbeddedOptions {
  readonly binary: Binary;
  /**
   * The file of the database.
   *
   * @default - in memory
   */
  readonly file?: string;
  readonly onNotice: (notice: Notice) => void;
}

/** The access key of the gateway's own calls: to dynoxide, all are alike. */
const ACCESS_KEY = 'localgateway';

/** Ends in a row, each within this many milliseconds, after which dynoxide is not restarted. */
const MOST_ENDS = 5;
const QUICK = 5_000;
/** Milliseconds until it is restarted, for each end in a row. */
const PAUSE = 200;
const CLOSING_PATIENCE = 2_000;

/** Keeps dynoxide running with the tables of the app, as long as the gateway runs. */
export class EmbeddedDynamoDb {
  /** In case the gateway is killed: dynoxide does not notice. */
  private readonly watchdog = new Watchdog([]);
  private tables: readonly Table[] = [];
  /** The endpoint, once the tables are made. */
  private ready?: Promise<URL>;
  private starting?: Promise<Dynoxide>;
  private startedAt = 0;
  private ends = 0;
  private closed = false;

  public constructor(private readonly options: EmbeddedOptions) {}

  /** Makes the tables that are not there, in the background; calls wait for them. */
  public serve(tables: readonly Table[]): void {
    this.tables = tables;
    const ready = this.prepare();
    this.ready = ready;
    ready.catch(() => undefined);
  }

  /** Resolves when dynoxide listens and has the tables. */
  public async endpoint(): Promise<URL> {
    const { ready } = this;
    if (!ready) throw new Unavailable('the embedded DynamoDB is not started', true);
    try {
      return await ready;
    } catch (error) {
      // It did not answer while its tables were made, and may do so by the next call.
      if (this.ready === ready && this.starting && !this.closed) this.serve(this.tables);
      throw error;
    }
  }

  public async close(): Promise<void> {
    this.closed = true;
    let hasEnded = false;
    const stopped = Promise.resolve(this.starting).then((dynoxide) => dynoxide?.stop(), () => undefined);
    await atMost(CLOSING_PATIENCE, stopped.then(() => { hasEnded = true; }));
    // What hangs is killed with this process.
    if (hasEnded) await this.watchdog.close();
  }

  private async prepare(): Promise<URL> {
    const dynoxide = await this.start();
    const notices = await makeTables(this.tables, { endpoint: dynoxide.endpoint, accessKeyId: ACCESS_KEY }, true);
    notices.forEach((notice) => this.options.onNotice(notice));
    return dynoxide.endpoint;
  }

  private start(): Promise<Dynoxide> {
    this.starting ??= this.launch();
    return this.starting;
  }

  private async launch(): Promise<Dynoxide> {
    const { binary, file } = this.options;
    // Before the process starts, since the gateway may be killed at any time.
    this.watchdog.watch([]);
    this.startedAt = Date.now();
    try {
      const dynoxide = await startDynoxide({ binary, file, onStart: (pid) => this.watchdog.watch([pid]) });
      void dynoxide.ended.then((how) => this.onEnd(how));
      return dynoxide;
    } catch (error) {
      const why = `${binary.file} does not start: ${(error as Error).message}`;
      this.starting = undefined;
      this.options.onNotice({ code: 'dynamodb-failed', subject: binary.file, text: `${why}; ${WAY_OUT}` });
      throw new Unavailable(why, false);
    }
  }

  private onEnd(how: string): void {
    this.starting = undefined;
    this.watchdog.watch([]);
    if (this.closed) return;
    this.ends = Date.now() - this.startedAt < QUICK ? this.ends + 1 : 1;
    const { binary, file, onNotice } = this.options;
    const lost = file === undefined ? 'the items of its tables are lost' : `its tables are kept in ${file}`;
    if (this.ends > MOST_ENDS) {
      const text = `the embedded DynamoDB has ended ${this.ends} times in a row (${how}) and is not restarted: ${lost}; ${WAY_OUT}`;
      onNotice({ code: 'dynamodb-failed', subject: binary.file, text });
      this.ready = Promise.reject(new Unavailable(`the embedded DynamoDB has ended (${how})`, false));
    } else {
      const text = `the embedded DynamoDB has ended (${how}) and is restarted: ${lost}`;
      onNotice({ code: 'dynamodb-restarted', subject: binary.file, text });
      this.ready = delay(PAUSE * (this.ends - 1)).then(() => this.prepare());
    }
    this.ready.catch(() => undefined);
  }
}

const WAY_OUT = 'name another DynamoDB with --dynamodb URL (startGateway: dynamodb)';
