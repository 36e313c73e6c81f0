import * as diagnostics from 'diagnostics_channel';
import { errorMonitor, type EventEmitter } from 'events';
import * as fs from 'fs';
import type { ClientRequest, IncomingMessage } from 'http';
import * as net from 'net';

/*
 * Redirects connections to the APIs that the gateway serves to the gateway, and watches calls to AWS, whatever client makes them: SDK v2 or
 * v3, axios, got, fetch, `ws`. The file is loaded before anything else in a handler's process (`--require`), and so in its worker threads
 * too. It imports Node.js only, and has its own copies of what a handler might replace. python_network.py does the same for Python.
 */

/** Where the gateway listens, and the ids of the APIs that it serves; process-environment.ts writes the file after each synthesis. */
interface GatewayAddress { readonly host: string; readonly port: number; readonly apis: readonly string[] }

/** The part of the options of `net.connect` and `tls.connect` that matters here. */
interface Destination { host?: unknown; port?: unknown; servername?: string }

/** A note for aws-calls.ts. */
export type Note =
  | readonly ['begin', call: number, service: string, host: string, accessKeyId?: string, bySdk2?: boolean]
  | readonly ['end', call: number, outcome: string | undefined]
  /** A call to the gateway without TLS. */
  | readonly ['plain', host: string, path: string];

/** The default endpoint of an API. Those of VPC endpoints, which have a hyphen before the first dot, are not served. */
const EXECUTE_API = /^([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.(?:com|com\.cn|eu)\.?$/i;
const AWS = /\.amazonaws\.com(?:\.cn)?$/;
/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const SIGNATURE = /^AWS4-[\w-]+ Credential=([^/,]{1,128})\/\d{8}\/(?:[a-z0-9-]+\/)?([a-z0-9-]{1,40})\/aws4_request/;
/** Errors by which AWS rejects credentials. */
const REFUSAL = new RegExp([
  'UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId', 'InvalidSignatureException', 'SignatureDoesNotMatch',
  'IncompleteSignature', 'MissingAuthenticationToken', 'AuthFailure', 'ExpiredToken', 'RequestExpired', 'TokenRefreshRequired',
].join('|'));
/** Characters of a response body that are searched for such an error. */
const BODY_LIMIT = 4096;

const { readFileSync } = fs;
const { parse } = JSON;
const file = process.env.CDK_WEBSOCKET_SERVICE_GATEWAY;
const connect = net.Socket.prototype.connect as (...args: unknown[]) => net.Socket;
let address: GatewayAddress | undefined;
let calls = 0;
/** Connections that were redirected to the gateway. */
const redirected = new WeakSet<net.Socket>();
let send: ((note: Note) => void) | undefined;

/** The gateway's address if the host is that of an API served here. Called once per connection, not per request. */
function gatewayOf(host: unknown): GatewayAddress | undefined {
  const apiId = file !== undefined && typeof host === 'string' ? EXECUTE_API.exec(host)?.[1] : undefined;
  if (file === undefined || apiId === undefined) return undefined;
  try {
    address = parse(readFileSync(file, 'utf8')) as GatewayAddress;
  } catch {
    // The gateway is stopping and has removed the file: keep the last address.
  }
  return address?.apis.includes(apiId.toLowerCase()) ? address : undefined;
}

/**
 * The arguments of `connect`, redirected to the gateway: `(options, listener)`, `(port, host, listener)`, or the list that `net.connect`
 * has made of them.
 */
function redirect(socket: net.Socket & { encrypted?: boolean }, args: unknown[]): unknown[] {
  const list = Array.isArray(args[0]) ? args[0] as unknown[] : args;
  const options = (typeof list[0] === 'object' && list[0] !== null ? list[0] : { port: list[0], host: list[1] }) as Destination;
  const gateway = gatewayOf(options.host);
  if (!gateway) {
    // Requests of `http` are reported in more detail elsewhere; they are recognized by the key of their agent.
    if (!('_agentKey' in options)) watchConnection(socket, options.host);
    return args;
  }
  redirected.add(socket);
  // `tls.connect` passes its own options object, and later reads the name to verify in the certificate from it.
  if (socket.encrypted) options.servername = 'localhost';
  const local = { ...options, host: gateway.host, port: gateway.port };
  if (list === args) return [local, args.find((arg) => typeof arg === 'function')];
  list[0] = local;
  return args;
}

net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  return connect.apply(this, redirect(this, args));
} as typeof net.Socket.prototype.connect;

/** For clients whose requests have no diagnostics channel: HTTP/2 and fetch. */
function watchConnection(socket: net.Socket, host: unknown): void {
  if (send === undefined || typeof host !== 'string' || !AWS.test(host)) return;
  const note = send;
  const call = ++calls;
  note(['begin', call, 'aws', host]);
  let isOver = false;
  const end = (outcome?: string): void => {
    if (!isOver) note(['end', call, outcome]);
    isOver = true;
  };
  socket.once('connect', () => end());
  (socket as EventEmitter).once(errorMonitor, (error: NodeJS.ErrnoException) => end(error.code ?? error.name));
  socket.once('close', () => end());
}

/** Starts watching the calls to AWS of this thread. */
export function watchAwsCalls(note: (note: Note) => void): void {
  const running = new WeakMap<ClientRequest, number>();
  const plain = new Set<string>();
  send = note;
  const end = (request: ClientRequest, outcome?: string): void => {
    const call = running.get(request);
    if (call === undefined) return;
    running.delete(request);
    note(['end', call, outcome]);
  };
  diagnostics.subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest };
    const [, accessKeyId, service] = SIGNATURE.exec(String(request.getHeader('authorization'))) ?? [];
    const host = String(request.getHeader('host'));
    if (service === undefined) return;
    const socket = request.socket as net.Socket & { encrypted?: boolean } | null;
    if (service === 'execute-api' && ((socket && redirected.has(socket)) || !host.includes('amazonaws'))) {
      // A call to the gateway is not one to AWS; without TLS it would fail there. Clients without an endpoint use the marked path.
      if (socket?.encrypted || plain.has(host) || request.path.startsWith('/.no-endpoint/')) return;
      plain.add(host);
      note(['plain', host, request.path]);
      return;
    }
    running.set(request, ++calls);
    note(['begin', calls, service, host, accessKeyId, /^aws-sdk-nodejs\/2\./.test(String(request.getHeader('user-agent')))]);
    request.once(errorMonitor, (error: NodeJS.ErrnoException) => end(request, error.code ?? error.name));
    request.once('close', () => end(request));
  });
  diagnostics.subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    if (!running.has(request)) return;
    if (![400, 401, 403].includes(response.statusCode ?? 0)) return end(request);
    readRefusal(response, (refusal) => end(request, refusal));
  });
}

/** Reads the body without consuming it. */
function readRefusal(response: IncomingMessage, done: (refusal?: string) => void): void {
  let text = String(response.headers['x-amzn-errortype'] ?? '');
  const { push } = response;
  response.push = (chunk: Buffer | null, encoding) => {
    if (chunk === null) done(REFUSAL.exec(text)?.[0]);
    else if (text.length < BODY_LIMIT) text += chunk.toString('latin1').slice(0, BODY_LIMIT);
    return push.call(response, chunk, encoding);
  };
}
