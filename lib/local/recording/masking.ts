import { KnownSecrets } from './known-secrets';
import { IdentitySources, isProtocolName, isSecretHeader, isSecretName } from './secret-names';
import { isRecord, parsedJson } from '../protocol/json';
import { parseTarget, percentDecoded } from '../protocol/request';
import type { Handshake, InvocationEntry, TraceEntry } from '../trace';

export interface MaskingOptions {
  readonly sources: IdentitySources;
  /** Values that are secret from the start, such as the API keys of the app. */
  readonly secrets?: Iterable<string>;
  /** Names of the app, which stay readable although a short secret is the same. */
  readonly words?: ReadonlySet<string>;
  /** Whether bodies are masked: frames, posts, `body` of events and answers, log lines, items. */
  readonly bodies?: boolean;
}

/** What the members of an object are: anything, headers, query parameters, or facts about the client (`requestContext`). */
type Kind = 'any' | 'headers' | 'query' | 'facts';

/** Members with a meaning of their own, in events and wherever an event is quoted. */
const KINDS: Readonly<Record<string, Kind>> = Object.assign(Object.create(null) as Record<string, Kind>, {
  headers: 'headers',
  multiValueHeaders: 'headers',
  queryStringParameters: 'query',
  multiValueQueryStringParameters: 'query',
  requestContext: 'facts',
  authorizer: 'facts',
} satisfies Record<string, Kind>);

/** The credentials of an authorization header follow its scheme. */
const SCHEME = /^(\s*[A-Za-z][\w-]{1,30}\s+)(\S.*)$/s;

/** What is nested deeper in JSON is masked as a whole. */
const DEEPEST = 100;

/** Without one of these, no member of an object is secret by its name or place, and no escape hides a secret. */
const SUSPICIOUS = /headers|parameters|cookies|requestContext|authorizer|identitySource|authorizationToken|\\u/i;

/** The same for the event of a route, which always has a `requestContext`. */
const SUSPICIOUS_IN_EVENT = /headers|parameters|authorizer|apiKey|accessKey|\\u/i;

/** A parameter of a URL in any text. */
const PARAMETER = /([?&;#])([\w.%~[\]-]{1,64})=([^&;#\s"'<>\\)]+)/g;

/** Takes the secrets out of the entries of a trace. */
export class Masking {
  private readonly known: KnownSecrets;
  private depth = 0;

  public constructor(private readonly options: MaskingOptions) {
    this.known = new KnownSecrets(options.words);
    for (const secret of options.secrets ?? []) this.known.learn(secret);
  }

  /** Whether there are more secrets than can be told apart. */
  public get isFull(): boolean {
    return this.known.isFull;
  }

  /** Takes note of the secrets of a handshake before anything that it causes is recorded: its authorizer may print them. */
  public learn(handshake: Pick<Handshake, 'url' | 'rawHeaders'>): void {
    this.url(handshake.url);
    this.rawHeaders(handshake.rawHeaders);
  }

  public entry(entry: TraceEntry): TraceEntry {
    switch (entry.type) {
      case 'connected':
      case 'refused':
        return this.handshake(entry);
      case 'frame':
        return { ...entry, text: this.body(entry.text), reason: this.optional(entry.reason) };
      case 'output':
        return { ...entry, text: this.body(entry.text) };
      case 'invocation':
        return this.invocation(entry);
      case 'post':
        return {
          ...entry,
          body: entry.body && this.body(entry.body),
          reason: this.optional(entry.reason),
          userAgent: this.optional(entry.userAgent),
        };
      case 'store':
        return { ...entry, input: this.body(entry.input), output: entry.output === undefined ? undefined : this.body(entry.output) };
      case 'disconnected':
        return { ...entry, reason: this.text(entry.reason) };
      case 'note':
        return { ...entry, text: this.text(entry.text) };
    }
  }

  private handshake<E extends Extract<TraceEntry, Handshake>>(entry: E): E {
    const masked = { ...entry, url: this.url(entry.url), rawHeaders: this.rawHeaders(entry.rawHeaders) };
    if (masked.type === 'refused') return { ...masked, body: this.text(masked.body), reason: this.optional(masked.reason) };
    const { authorizer, user, subprotocol } = masked;
    return {
      ...masked,
      authorizer: authorizer && this.members(authorizer, 'facts'),
      user: this.optional(user),
      subprotocol: this.optional(subprotocol),
    };
  }

  private invocation(entry: InvocationEntry & { readonly time: number }): TraceEntry {
    const { role, event, answer, error } = entry;
    // A member `context` is that of the authorizer's result.
    const masked = { event: this.json(event, role, 'event'), answer: answer === undefined ? undefined : this.json(answer, role, 'answer') };
    const text = (line: string): string => this.body(line);
    const failure = error && { type: this.text(error.type), message: text(error.message), stackTrace: error.stackTrace.map(text) };
    return { ...entry, ...masked, error: failure };
  }

  /** An event or an answer as JSON. */
  private json(text: string, role: InvocationEntry['role'], what: 'event' | 'answer'): string {
    if (!this.options.bodies && role === 'route' && this.isHarmless(text, what === 'event' ? SUSPICIOUS_IN_EVENT : SUSPICIOUS)) return text;
    const value = parsedJson(text);
    if (!isRecord(value)) return this.body(text);
    const masked = { ...this.members(value, what === 'answer' && role === 'authorizer' ? 'facts' : 'any') };
    if (role === 'authorizer') {
      if (Array.isArray(masked.identitySource)) masked.identitySource = masked.identitySource.map((each) => this.secret(each));
      if (typeof masked.authorizationToken === 'string') masked.authorizationToken = this.credentials(masked.authorizationToken);
    }
    if (this.options.bodies) {
      if (role === 'invoke' || (what === 'answer' && role === 'route' && !Object.hasOwn(masked, 'statusCode'))) return this.body(text);
      if (Object.hasOwn(masked, 'body')) masked.body = this.known.placeholder(String(masked.body));
    }
    return JSON.stringify(masked) === JSON.stringify(value) ? text : JSON.stringify(masked);
  }

  private body(text: string): string {
    return this.options.bodies ? this.known.placeholder(text) : this.text(text);
  }

  private optional(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.text(text);
  }

  /** A text that may be JSON: its strings are masked one by one, so that it stays JSON; without a secret it stays as it is. */
  private text(text: string, kind: Kind = 'any'): string {
    if (kind === 'any' && this.isHarmless(text)) return text;
    if (/^\s*[[{]/.test(text)) {
      const value = parsedJson(text);
      if (typeof value === 'object' && value !== null) {
        const masked = this.value(value, kind);
        return masked === value ? text : JSON.stringify(masked);
      }
    }
    return this.plain(text);
  }

  /** Most texts: nothing in them is secret by its name or place, no known value and no token occurs, and no escape can hide one. */
  private isHarmless(text: string, suspicious = SUSPICIOUS): boolean {
    return !this.known.hasShort && !suspicious.test(text) && this.plain(text) === text;
  }

  private plain(text: string): string {
    return this.known.mask(text.replace(PARAMETER, (all: string, mark: string, name: string, value: string) => (
      this.isSecretParameter(percentDecoded(name)) ? `${mark}${name}=${this.secretParameter(value)}` : all)));
  }

  /** @returns the same value if nothing is masked in it */
  private value(value: unknown, kind: Kind): unknown {
    // JSON of absurd depth would overflow the stack, here or later.
    if (this.depth >= DEEPEST) return this.known.placeholder('too deep');
    this.depth++;
    try {
      return this.valueWithin(value, kind);
    } finally {
      this.depth--;
    }
  }

  private valueWithin(value: unknown, kind: Kind): unknown {
    if (typeof value === 'string') return this.text(value);
    // A number of some digits may be a code or a key.
    if (typeof value === 'number') return String(value).length >= 6 ? numberOr(this.known.mask(String(value)), value) : value;
    if (Array.isArray(value)) {
      const masked = value.map((each) => this.value(each, kind));
      return masked.some((each, i) => each !== value[i]) ? masked : value;
    }
    return isRecord(value) ? this.members(value, kind) : value;
  }

  private members<R extends Readonly<Record<string, unknown>>>(record: R, kind: Kind): R {
    let isChanged = false;
    const entries = Object.entries(record).map(([name, value]) => {
      const entry = [this.known.mask(name), this.member(name, value, kind)] as const;
      isChanged ||= entry[0] !== name || entry[1] !== value;
      return entry;
    });
    // Own properties, whatever their names: `__proto__` is one like any other.
    return isChanged ? Object.fromEntries(entries) as R : record;
  }

  private member(name: string, value: unknown, kind: Kind): unknown {
    if (kind === 'headers') return this.texts(value, (text) => this.header(name, text));
    if (kind === 'query') return this.texts(value, (text) => (this.isSecretParameter(name) ? this.secret(text) : this.text(text)));
    // Of an answer: what `Set-Cookie` would have.
    if (name === 'cookies' && Array.isArray(value)) return this.texts(value, (text) => this.header('set-cookie', text));
    if (kind === 'facts' && isSecretName(name)) return value && this.secret(isRecord(value) ? JSON.stringify(value) : value);
    const inner = KINDS[name];
    // Text that holds JSON holds further facts.
    if (kind === 'facts' && inner === undefined && typeof value === 'string') return this.text(value, kind);
    return this.value(value, inner !== undefined && typeof value === 'object' ? inner : kind);
  }

  /** A header or a parameter: a text, or a list of texts; elsewhere a member of this name may be anything. */
  private texts(value: unknown, mask: (text: string) => string): unknown {
    if (typeof value === 'string') return mask(value);
    if (!Array.isArray(value)) return this.value(value, 'any');
    const masked = value.map((one: unknown) => this.texts(one, mask));
    return masked.some((one, i) => one !== value[i]) ? masked : value;
  }

  private url(url: string): string {
    const { path, query } = parseTarget(url);
    if (query === '') return this.text(url);
    const pairs = query.split('&').map((pair) => {
      const [name] = pair.split('=', 1);
      if (name.length === pair.length) return this.known.mask(pair);
      const value = pair.slice(name.length + 1);
      const decoded = percentDecoded(name.replaceAll('+', ' '));
      return `${this.known.mask(name)}=${this.isSecretParameter(decoded) ? this.secretParameter(value) : this.parameter(value)}`;
    });
    return `${this.text(path)}?${pairs.join('&')}`;
  }

  /** A value that is not secret by its name may still hold something secret, in percent escapes. */
  private parameter(raw: string): string {
    const decoded = percentDecoded(raw.replaceAll('+', ' '));
    const masked = this.text(decoded);
    return masked === decoded ? this.known.mask(raw) : encodeURIComponent(masked);
  }

  private secretParameter(raw: string): string {
    const placeholder = this.secret(percentDecoded(raw.replaceAll('+', ' ')));
    // With lower-case escapes, or escapes of letters that need none.
    if (raw.includes('%')) this.known.alias(raw, placeholder);
    return placeholder;
  }

  private isSecretParameter(name: string): boolean {
    return isSecretName(name) || this.options.sources.query.has(name.toLowerCase());
  }

  private rawHeaders(headers: readonly string[]): string[] {
    return headers.map((text, i) => (i % 2 === 0 ? this.known.mask(text) : this.header(headers[i - 1], text)));
  }

  private header(name: string, value: string): string {
    const lower = name.toLowerCase();
    if (lower === 'sec-websocket-protocol') return this.subprotocols(value);
    if (lower === 'cookie') return value.split(';').map((pair) => this.cookie(pair)).join(';');
    if (lower === 'set-cookie') return value.split(';').map((pair, i) => (i === 0 ? this.cookie(pair) : pair)).join(';');
    return isSecretHeader(lower) || this.options.sources.headers.has(lower) ? this.credentials(value) : this.text(value);
  }

  private subprotocols(value: string): string {
    const offered = value.split(',');
    return offered.map((each, i) => {
      const name = each.trim();
      return isProtocolName(name, i, offered.length) ? each : each.replace(name, () => this.secret(name));
    }).join(',');
  }

  private cookie(pair: string): string {
    const mark = pair.indexOf('=');
    const [name, value] = mark < 0 ? ['', pair] : [pair.slice(0, mark + 1), pair.slice(mark + 1)];
    const plain = value.trim().replace(/^"(.*)"$/s, '$1');
    const placeholder = this.secret(percentDecoded(plain));
    if (plain.includes('%')) this.known.alias(plain, placeholder);
    return plain === '' ? pair : `${this.known.mask(name)}${placeholder}`;
  }

  /** `Bearer <masked:1>`: what reads the scheme can still do so when the recording is played. */
  private credentials(value: string): string {
    const [, scheme = '', credentials = value] = SCHEME.exec(value) ?? [];
    if (/^basic\s/i.test(scheme)) {
      const [user, ...password] = Buffer.from(credentials, 'base64').toString().split(':');
      if (password.length > 0) {
        this.secret(password.join(':'));
        this.secret(`${user}:${password.join(':')}`);
      }
    }
    // A signature of AWS: each part is a secret of its own.
    for (const [, part] of credentials.matchAll(/(?:Credential|Signature)=([^,\s]+)/g)) this.secret(part);
    return `${scheme}${this.secret(credentials)}`;
  }

  private secret(value: unknown): string {
    return this.known.learn(String(value).trim());
  }
}

function numberOr(masked: string, number: number): unknown {
  return masked === String(number) ? number : masked;
}
