import { optional } from './aws/credentials';
import { encoded } from './aws/signature';
import { Answer, Endpoint, endpointOf, ownRegion, parsed, repeat, send } from './aws/transport';
import { configuration, environmentSetting, ManagementClient } from './configuration';
import { RuntimeErrorCode, runtimeError } from './error';
import { currentInvocation } from './invocation';

/** A connection that something is sent to. */
export interface Recipient {
  readonly connectionId: string;
  /** By default that of the current invocation. */
  readonly stage?: string;
  /** When it was connected, in milliseconds since 1970. */
  readonly at?: number;
  /** Whether it receives the quiet frame, and does not count. */
  readonly quiet?: boolean;
}

/** Where the connections of a stage are reached. */
export interface Address {
  readonly endpoint: Endpoint;
  /** Whether it is sure to be that of the stage, so that a 410 says something about the connection. */
  readonly isSure: boolean;
}

/** What is posted. */
export interface Frame {
  readonly body: string | Uint8Array;
  readonly hash: string;
}

type Method = 'POST' | 'GET' | 'DELETE';

/** Names of the SDK: of the aggregated client's methods, and, with the first letter raised, of its commands. */
const OPERATIONS: Readonly<Record<Method, string>> = { POST: 'postToConnection', GET: 'getConnection', DELETE: 'deleteConnection' };

/**
 * The callback URL of a stage, without which the current one is meant: what `configure` says, then that of the stage in
 * `WEBSOCKET_CALLBACK_URLS`. Without that variable: `WEBSOCKET_CALLBACK_URL`, unless the event shows that its stage has another one.
 */
export function addressOf(stage: string | undefined): Address {
  const current = currentInvocation();
  const name = stage ?? current?.stage;
  const urls = environmentSetting<Record<string, unknown>>('WEBSOCKET_CALLBACK_URLS');
  const own = name !== undefined && urls?.[name];
  const { endpoint } = configuration();
  if (endpoint === undefined && typeof own === 'string') return { endpoint: endpointOf(own), isSure: true };
  const single = endpoint ?? (urls && name !== undefined ? undefined : process.env.WEBSOCKET_CALLBACK_URL);
  const found = single === undefined ? undefined : endpointOf(single);
  const isOfStage = name !== undefined && found?.path.split('/').pop() === name;
  if (found && (endpoint !== undefined || isOfStage || name !== current?.stage)) return { endpoint: found, isSure: isOfStage };
  if (current && name === current.stage) {
    const { domainName } = current.event.requestContext;
    // Behind a custom domain the path is not that of the stage, and no event names it.
    if (found && found.hostname === domainName) return { endpoint: found, isSure: false };
    return { endpoint: endpointOf(`https://${domainName}/${name}`), isSure: true };
  }
  throw runtimeError('NO_ENDPOINT', `the callback URL of ${name === undefined ? 'the stage' : `the stage "${name}"`} is not known: neither `
    + 'WEBSOCKET_CALLBACK_URLS nor WEBSOCKET_CALLBACK_URL has it. The service sets both for its handlers; give code outside of it '
    + '`service.grantPublish(fn)` or `service.publishEnvironment`, or call `configure({ endpoint })`');
}

/**
 * A request to `@connections`, with our signature or through the user's client.
 *
 * @param deadline - in milliseconds since 1970, until which a failure that may pass is tried again
 */
export async function callConnection(method: Method, id: string, { endpoint }: Address, deadline: number, frame?: Frame): Promise<Answer> {
  // These would be another path.
  if (/^\.{0,2}$/.test(id)) return { status: 400, type: 'BadRequestException', body: `{"message":"Invalid connectionId: '${id}'"}` };
  const { client } = configuration();
  if (client) return repeat(() => throughClient(client, method, id, frame), deadline, `the client for ${endpoint.host}`);
  return send({
    service: 'execute-api',
    region: regionOf(endpoint.hostname) ?? ownRegion(),
    endpoint,
    method,
    path: `/@connections/${encoded(id)}`,
    ...frame,
  }, deadline);
}

/** Why a request failed. */
export function failureOf({ status, type, body }: Answer, { endpoint }: Address): { code: string; message: string } {
  const { message, Message = message } = parsed(body);
  const text = `${endpoint.host}${endpoint.path} answered ${status} ${type}${Message === undefined ? '' : `: ${String(Message)}`}`;
  return { code: codeOf(status) ?? (type || `HTTP_${status}`), message: text };
}

export function codeOf(status: number): RuntimeErrorCode | undefined {
  if (status === 403) return 'FORBIDDEN';
  if (status === 413) return 'TOO_LARGE';
  if (status === 429) return 'THROTTLED';
  return status >= 500 ? 'TIMEOUT' : undefined;
}

/** Host names of AWS have their region, custom domains do not. */
function regionOf(hostname: string): string | undefined {
  return /(?:^|\.)execute-api(?:-fips)?\.([a-z0-9-]+)\./.exec(hostname)?.[1];
}

async function throughClient(client: ManagementClient, method: Method, id: string, frame?: Frame): Promise<Answer> {
  const operation = OPERATIONS[method];
  const input = { ConnectionId: id, ...frame && { Data: frame.body } };
  try {
    const call = (client as unknown as Record<string, unknown>)[operation];
    const result = typeof call === 'function'
      ? await (call as (input: object) => Promise<object>).call(client, input)
      : await client.send(await commandOf(operation, input));
    // The SDK capitalizes the names that the wire has.
    const body = JSON.stringify(result ?? {}).replace(/"[A-Z]\w*":/g, (name) => `"${name[1].toLowerCase()}${name.slice(2)}`);
    return { status: 200, type: '', body };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if (!$metadata?.httpStatusCode) throw error;
    return { status: $metadata.httpStatusCode, type: name, body: JSON.stringify({ message }) };
  }
}

async function commandOf(operation: string, input: object): Promise<object> {
  const sdk = await optional('@aws-sdk/client-apigatewaymanagementapi') as Record<string, new (input: object) => object>;
  return new sdk[`${operation[0].toUpperCase()}${operation.slice(1)}Command`](input);
}
