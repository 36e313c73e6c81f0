import type { IncomingMessage, ServerResponse } from 'http';
import type { AddressBook } from './address-book';
import { readBody } from './request-body';
import { ThisMachine } from './this-machine';
import type { Notice } from '../assembly/local-app';
import { parseOrigin } from '../protocol/host';
import { parsedJson, shortened } from '../protocol/json';
import { parseTarget } from '../protocol/request';

/** A request that may pass. */
export interface ToolCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** What follows the tool's name: empty, or it begins with `/`; undecoded. */
  readonly rest: string;
  readonly query: URLSearchParams;
  /** The parsed JSON of a POST. */
  readonly body: unknown;
  /** The gateway as it was called: `http://localhost:3001`. */
  readonly origin: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** `json` is sent as application/json. `undefined`: the handler answers by itself, with a stream. */
export type ToolAnswer = Answer | undefined;

interface Answer {
  readonly status: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly type?: string;
}

/** What a handler throws with the `status` 400 is `{ message }`; anything else is a defect of the gateway. */
export type ToolHandler = (call: ToolCall) => ToolAnswer | Promise<ToolAnswer>;

/** The first segment of the paths of the tools. */
export const TOOLS = '_ws';

const PATH = /^\/_ws(?:\/([^/]*)(\/.*)?)?$/s;

const METHODS = ['GET', 'POST', 'DELETE'];

const ONLY_ITS_OWN = `/${TOOLS} answers no page but its own, and this request comes from`;

const TEXT = 'text/plain; charset=utf-8';

/** Bytes of a body. */
const MOST_BYTES = 1_048_576;

/**
 * On every answer, refusals included. Nothing but our own files runs in the page, the page calls nobody but the gateway, and no other page
 * may frame it, hold its window or read an answer.
 */
const HEADERS = {
  'Content-Security-Policy': 'default-src \'none\'; script-src \'self\'; style-src \'self\'; connect-src \'self\'; img-src \'self\' data:; '
    + 'base-uri \'none\'; form-action \'none\'; frame-ancestors \'none\'',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

/**
 * What the gateway has besides the app, on every port below `/_ws`: the inspector, faults, tokens.
 *
 * Who may call: programs and browsers of this machine, and of the web pages that such a browser shows, the inspector alone. Browsers say
 * from which page a request comes (`Sec-Fetch-Site`, `Origin`); what changes something needs a JSON body or `DELETE`, for which a page of
 * another origin would have to ask first (CORS), and is not answered.
 */
export class Tools {
  private readonly handlers = new Map<string, ToolHandler>();

  public constructor(private readonly machine: ThisMachine, private readonly onNotice: (notice: Notice) => void = () => undefined) {}

  /** @param name the segment after `/_ws`; empty for the page, which gets whatever no other handler has */
  public register(name: string, handler: ToolHandler): void {
    this.handlers.set(name, handler);
  }

  /**
   * Answers a request below `/_ws`; returns false for all other requests.
   *
   * @param book the stages of the port: one that is called `_ws` is the user's
   */
  public serve(request: IncomingMessage, response: ServerResponse, book?: AddressBook): boolean {
    if (!request.url?.includes(`/${TOOLS}`)) return false;
    const { path, query } = parseTarget(request.url);
    const [match, name = '', rest = ''] = PATH.exec(path) ?? [];
    if (match === undefined || (book && isTaken(book, request))) return false;
    for (const [header, value] of Object.entries(HEADERS)) response.setHeader(header, value);
    const refused = this.refusal(request);
    if (refused) {
      if (refused.status === 405) response.setHeader('Allow', METHODS.join(', '));
      send(request, response, refused);
      return true;
    }
    void this.answer(name, rest, query, request, response);
    return true;
  }

  private async answer(name: string, rest: string, query: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = request.method === 'POST' ? await readJson(request, response) : undefined;
      if (response.destroyed) return;
      if (body && 'status' in body) return send(request, response, body);
      const own = this.handlers.get(name);
      const handler = own ?? this.handlers.get('') ?? nothing;
      const answer = await handler({
        method: request.method as ToolCall['method'],
        rest: own && name !== '' ? rest : name && `/${name}${rest}`,
        query: new URLSearchParams(query),
        body: body?.json,
        origin: originOf(request),
        request,
        response,
      });
      if (answer) send(request, response, answer);
    } catch (error) {
      this.fail(name, error as Error & { readonly status?: number }, request, response);
    }
  }

  /** The answer to a request that may not pass. */
  private refusal(request: IncomingMessage): Answer | undefined {
    const { headers, method = '' } = request;
    if (!this.machine.made(request)) {
      return problem(403, `/${TOOLS} is for the machine of the gateway only: call localhost there, and not through a proxy`);
    }
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return problem(403, `${ONLY_ITS_OWN} another (Sec-Fetch-Site: ${shortened(site)})`);
    }
    const { origin } = headers;
    if (origin !== undefined && parseOrigin(origin)?.text !== parseOrigin(originOf(request))?.text) {
      return problem(403, `${ONLY_ITS_OWN} ${JSON.stringify(shortened(origin))}`);
    }
    if (!METHODS.includes(method)) return problem(405, `${method} is not served: /${TOOLS} takes ${METHODS.join(', ')}`);
    // Browsers send text and forms to other origins without asking.
    if (method === 'POST' && !/^application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) {
      return problem(415, 'a POST has a body of the Content-Type application/json');
    }
    return undefined;
  }

  private fail(name: string, error: Error & { readonly status?: number }, request: IncomingMessage, response: ServerResponse): void {
    const isOfCaller = error.status === 400;
    const path = `/${TOOLS}${name && `/${shortened(name)}`}`;
    if (!isOfCaller) this.onNotice({ code: 'tool-failed', subject: path, text: `${request.method} ${path} failed: ${error.stack}` });
    if (response.headersSent) response.destroy();
    else send(request, response, problem(isOfCaller ? 400 : 500, error.message));
  }
}

/** The JSON of a POST, or the answer to one that has none. */
async function readJson(request: IncomingMessage, response: ServerResponse): Promise<{ readonly json: unknown } | Answer> {
  if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
  const bytes = await readBody(request, MOST_BYTES);
  // The caller left within the body.
  if (!request.complete) response.destroy();
  if (!bytes) return problem(413, `the body has more than ${MOST_BYTES} bytes`);
  const json = parsedJson(bytes.toString());
  return json === undefined ? problem(400, 'the body is not JSON') : { json };
}

function nothing({ rest }: ToolCall): Answer {
  return problem(404, `the gateway has nothing at /${TOOLS}${shortened(rest)}`);
}

/** Whether a path below `/_ws` is the app's: it has a stage or mapping key of that name, or the client asks for a host of the app. */
function isTaken(book: AddressBook, { headers: { host = '' } }: IncomingMessage): boolean {
  return book.isOfApp(host) || book.has(TOOLS);
}

function originOf({ headers, socket }: IncomingMessage): string {
  return `${'encrypted' in socket ? 'https' : 'http'}://${headers.host ?? ''}`;
}

function problem(status: number, message: string): Answer {
  return { status, json: { message } };
}

function send(request: IncomingMessage, response: ServerResponse, { status, json, text, type = TEXT }: Answer): void {
  if (response.destroyed || response.headersSent) return;
  request.resume();
  // After a refused `Expect`, a client may send the body or not: the next bytes have no certain meaning.
  if (request.headers.expect !== undefined) response.shouldKeepAlive = false;
  const body = json === undefined ? text ?? '' : JSON.stringify(json);
  if (body !== '') response.setHeader('Content-Type', json === undefined ? type : 'application/json');
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(status).end(body);
}
