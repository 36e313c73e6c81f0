import * as http from 'http';
import { WebSocket } from 'ws';
import { Comparison, Difference } from './differences';
import { translated } from './normalising';
import { observationOf, Subjects } from './observation';
import type { Recording } from './reading';
import { ReplayedHandshake } from './replayed-handshake';
import { ConnectTrigger, scenarioOf, statusOf, Step, Trigger } from './scenario';
import { shortened } from '../protocol/json';
import type { ServedApi } from '../terminal/served';
import type { PostEntry, Trace, TraceEntry } from '../trace';

export interface PlayerOptions {
  readonly apis: readonly ServedApi[];
  /** Of the gateway that serves the app. */
  readonly trace: Trace;
  /** Takes note of what the handshake with a key was answered in the recording, before it is made. */
  readonly onHandshake: (key: string, trigger: ConnectTrigger) => void;
  /** The token of a handshake; absent: what was masked stays masked, and the recorded result of the authorizer counts. */
  readonly token?: (trigger: ConnectTrigger) => Promise<string>;
  /** Milliseconds to wait for what followed in the recording. */
  readonly patience: number;
  readonly signal?: AbortSignal;
}

/** Milliseconds without news after which nothing more is expected of a step that went another way, and at the end. */
const QUIET = 300;

/** Milliseconds for a handshake, whose handlers may have to start. */
const HANDSHAKE_PATIENCE = 60_000;

/**
 * Plays a recording against a gateway: each client does what it did, as soon as what came before in the recording has come here too. No
 * time of the wall clock counts.
 */
export class Player {
  private readonly sockets = new Map<string, WebSocket>();
  private readonly subjects = new Subjects();
  /** What each handshake of ours is called, by its key. */
  private readonly keys = new Map<string, string>();
  /** Entries about connections whose handshake is not over. */
  private early: TraceEntry[] = [];
  /** Connections that this player ends. */
  private readonly closedByUs = new Set<string>();
  private readonly comparison: Comparison;
  private lastNews = 0;
  private count = 0;
  /** How often something was waited for in vain. */
  private waits = 0;
  private wake?: () => void;

  public constructor(private readonly recording: Recording, private readonly options: PlayerOptions) {
    const recorded = new Subjects();
    for (const { entry } of recording.entries) recorded.learn(entry);
    this.comparison = new Comparison(
      { labels: recorded.labels, time: recording.header.time }, { labels: this.subjects.labels, time: Date.now() },
    );
  }

  /** How many things clients and backends have done. */
  public get played(): number {
    return this.count;
  }

  public async play(): Promise<readonly Difference[]> {
    const stop = this.options.trace.listen((entry) => this.hear(entry));
    try {
      for (const step of scenarioOf(this.recording)) await this.step(step);
      await this.quiet();
      this.comparison.finish('at the end');
      return this.comparison.differences;
    } finally {
      stop();
      for (const socket of this.sockets.values()) socket.terminate();
    }
  }

  private async step({ trigger, line, expected }: Step): Promise<void> {
    this.options.signal?.throwIfAborted();
    await this.pull(trigger);
    this.count++;
    const deadline = Date.now() + this.patienceFor(trigger);
    let missing = this.comparison.take(expected);
    while (missing.length > 0 && Date.now() < deadline) {
      if (this.comparison.hasOthersFor(missing) && Date.now() - this.lastNews > QUIET) break;
      await this.news(Math.min(QUIET, deadline - Date.now()));
      missing = this.comparison.take(missing);
    }
    if (Date.now() >= deadline) this.waits++;
    this.comparison.miss(missing, `line ${line}, ${described(trigger)}`);
  }

  /** Where nothing can come, nothing is waited for; and where much has not come, each further wait is shorter. */
  private patienceFor({ type, subject }: Trigger): number {
    const socket = this.sockets.get(subject);
    if (type === 'send' && socket?.readyState !== WebSocket.OPEN) return QUIET;
    return Math.max(QUIET, this.options.patience / 2 ** Math.min(this.waits, 10));
  }

  private pull(trigger: Trigger): Promise<void> | void {
    switch (trigger.type) {
      case 'connect':
        return this.connect(trigger);
      case 'send':
        return this.sockets.get(trigger.subject)?.send(translated(trigger.text, this.comparison.ids), () => undefined);
      case 'close':
        return this.end(trigger.subject, trigger.entry.by, trigger.entry.code, trigger.entry.reason);
      case 'post':
        return this.post(trigger.subject, trigger.entry);
    }
  }

  /** Resolves when the handshake is over, whether it opens a connection or not. */
  private async connect(trigger: ConnectTrigger): Promise<void> {
    const { subject } = trigger;
    const handshake = new ReplayedHandshake(trigger.entry, this.options.apis, await this.options.token?.(trigger));
    await new Promise<void>((resolve) => {
      if (!URL.canParse(handshake.url)) return resolve();
      const socket = new WebSocket(handshake.url, handshake.protocols, {
        headers: handshake.headers,
        perMessageDeflate: false,
        handshakeTimeout: HANDSHAKE_PATIENCE,
        finishRequest: (request) => {
          const key = String(request.getHeader('sec-websocket-key'));
          this.keys.set(key, subject);
          this.options.onHandshake(key, trigger);
          for (const [name, value] of handshake.ownHeaders) request.setHeader(name, value);
          request.end();
        },
      });
      this.sockets.set(subject, socket);
      socket.on('open', resolve).on('error', () => resolve()).on('close', () => resolve());
    });
  }

  /** As the client did, or for what does not happen by itself in a replay: with the same code. */
  private end(subject: string, by: string, code: number, reason: string): void {
    const socket = this.sockets.get(subject);
    if (!socket) return;
    this.closedByUs.add(subject);
    if (by === 'network' || code === 1006) socket.terminate();
    else if (code === 1005 || !isSendable(code)) socket.close();
    else socket.close(code, Buffer.from(reason).subarray(0, 123).toString().replace(/\ufffd$/, ''));
  }

  private async post(subject: string, entry: PostEntry): Promise<void> {
    const id = entry.connectionId ?? '';
    const base = this.baseOf(subject);
    const body = entry.body === undefined ? undefined : translated(entry.body, this.comparison.ids);
    const status = await call(`${base}/@connections/${encodeURIComponent(this.idOf(subject) ?? id)}`, entry.verb, body);
    this.comparison.add(statusOf({ ...entry, status, connectionId: this.idOf(subject) }, this.subjects));
    this.heard();
  }

  private idOf(subject: string): string | undefined {
    return [...this.subjects.labels].find(([, label]) => label === subject)?.[0];
  }

  /** The callback URL of a connection, over plain HTTP: the port speaks both. */
  private baseOf(subject: string): string {
    const stages = this.options.apis.flatMap(({ stages: all }) => all);
    const url = this.sockets.get(subject)?.url;
    const stage = url === undefined ? undefined : stages.find((one) => url.startsWith(one.url));
    return (stage ?? stages[0]).callbackUrl.replace(/^https:/, 'http:');
  }

  private hear(entry: TraceEntry): void {
    const isHandshake = entry.type === 'connected' || entry.type === 'refused';
    const label = isHandshake ? this.keys.get(keyOf(entry.rawHeaders)) : undefined;
    if (isHandshake && label === undefined) return;
    this.subjects.learn(entry, label);
    const entries = isHandshake ? [entry, ...this.early.splice(0)] : [entry];
    for (const one of entries) this.observe(one);
    this.heard();
  }

  private observe(entry: TraceEntry): void {
    const observation = observationOf(entry, this.subjects);
    if (observation) {
      if (observation.what !== 'close' || !this.closedByUs.has(observation.subject)) this.comparison.add(observation);
    } else if ((entry.type === 'frame' || entry.type === 'invocation') && this.subjects.of(entry.connectionId) === undefined) {
      this.early.push(entry);
    }
  }

  private heard(): void {
    this.lastNews = Date.now();
    this.wake?.();
  }

  /** Resolves when something has happened, or after some milliseconds. */
  private news(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(1, milliseconds));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async quiet(): Promise<void> {
    this.lastNews = Date.now();
    while (Date.now() - this.lastNews < QUIET) await this.news(QUIET);
  }
}

/** The key of a handshake, which tells it from all others. */
export function keyOf(rawHeaders: readonly string[]): string {
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'sec-websocket-key');
  return rawHeaders[at + 1] ?? '';
}

/** RFC 6455 7.4: the codes that an endpoint may send. */
function isSendable(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999);
}

/** What happened, for people. */
function described(trigger: Trigger): string {
  switch (trigger.type) {
    case 'connect': {
      const user = trigger.entry.type === 'connected' ? trigger.entry.user : undefined;
      return `${trigger.subject} connects${user === undefined ? '' : ` as ${shortened(user)}`}`;
    }
    case 'send':
      return `${trigger.subject} sends ${shortened(trigger.text)}`;
    case 'close':
      return `${trigger.subject} ends (${trigger.entry.code})`;
    case 'post':
      return `a backend calls ${trigger.entry.verb} for ${trigger.subject}`;
  }
}

/** A call of `@connections`, signed in form. @returns the status; 0 if there is no answer */
function call(url: string, method: string, body: string | undefined): Promise<number> {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  const scope = `REPLAY/${day}/us-east-1/execute-api/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
  return new Promise((resolve) => {
    const request = http.request(url, { method, headers: { authorization, 'x-amz-date': `${day}T000000Z` } }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', () => resolve(0)).end(body);
  });
}

