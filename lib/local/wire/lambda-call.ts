import type { IncomingMessage } from 'http';
import type { LambdaFunction } from '../assembly/local-app';
import { isRecord, shortened } from '../protocol/json';
import { parseTarget, percentDecoded, queryMaps } from '../protocol/request';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const LAMBDA_LIMITS = {
  synchronousBytes: 6_291_456,
  asynchronousBytes: 1_048_576,
  /** Of the client context in base64. */
  contextCharacters: 3_583,
  /** Of a log that Invoke returns. */
  logBytes: 4_096,
  /** Calls at a time: the concurrency of an account. */
  calls: 1_000,
  /** The payloads of all calls at a time; a limit of the gateway. */
  bytes: 268_435_456,
} as const;

/** A call of Invoke that may be carried out. */
export interface LambdaCall {
  readonly fn: LambdaFunction;
  readonly qualifier?: string;
  readonly type: 'RequestResponse' | 'Event' | 'DryRun';
  /** JSON. */
  readonly payload: string;
  /** JSON. */
  readonly clientContext?: string;
  /** Whether the end of the log is returned. */
  readonly tail: boolean;
}

/** An error of Lambda's API. */
export interface LambdaError {
  readonly status: number;
  readonly errorType: string;
  readonly message: string;
  /** Why the call is throttled. */
  readonly throttle?: string;
}

export const lambdaErrors = {
  tooMany: (throttle: string): LambdaError => ({ status: 429, errorType: 'TooManyRequestsException', message: 'Rate Exceeded.', throttle }),
  // A 5xx that SDKs do not try again.
  notServed: (message: string): LambdaError => ({ status: 501, errorType: 'InvalidRuntimeException', message }),
};

/** The answer to a call that failed before the function ran. */
export function failed({ status, errorType, message, throttle }: LambdaError): {
  readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>>; readonly reason: string;
} {
  const Type = status < 500 ? 'User' : 'Service';
  return {
    status,
    body: JSON.stringify({ ...throttle !== undefined && { Reason: throttle }, Type, message }),
    headers: { 'x-amzn-ErrorType': errorType, ...status === 429 && { 'Retry-After': '1' } },
    reason: throttle === undefined ? message : `${message} (${throttle})`,
  };
}

const OPERATIONS = [
  { name: 'Invoke', path: /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/ },
  { name: 'InvokeAsync', path: /^\/2014-11-13\/functions\/([^/]+)\/invoke-async\/?$/ },
  { name: 'InvokeWithResponseStream', path: /^\/2021-11-15\/functions\/([^/]+)\/response-streaming-invocations\/?$/ },
] as const;

/** @param body `undefined` if it is longer than any payload may be */
export function parseCall(
  request: IncomingMessage, rest: string, body: Buffer | undefined, functions: ReadonlyMap<string, LambdaFunction>,
): LambdaCall | LambdaError {
  const { path, query } = parseTarget(rest);
  const operation = request.method === 'POST' ? OPERATIONS.find((each) => each.path.test(path)) : undefined;
  if (!operation) {
    const what = `${request.method} ${shortened(path)}`;
    return error(404, 'UnknownOperationException', `${what} is not served: the gateway stands in for Invoke only; ${ELSEWHERE}`);
  }
  if (operation.name === 'InvokeWithResponseStream') {
    return lambdaErrors.notServed('InvokeWithResponseStream is not served: handlers return their result as a whole here; use Invoke');
  }
  const type = operation.name === 'InvokeAsync' ? 'Event' : headerOf(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  if (!isType(type)) {
    return invalid(type, 'invocationType', 'Member must satisfy enum value set: [Event, RequestResponse, DryRun]');
  }
  const named = percentDecoded(operation.path.exec(path)![1]);
  const found = findFunction(named, queryMaps(query)?.single.Qualifier, regionOf(request), functions);
  if ('errorType' in found) return found;
  if (type === 'DryRun') return { ...found, type, payload: '{}', tail: false };
  const most = type === 'Event' ? LAMBDA_LIMITS.asynchronousBytes : LAMBDA_LIMITS.synchronousBytes;
  if (!body || body.length > most) {
    return error(413, 'RequestTooLargeException', `Request must be smaller than ${most} bytes for the InvokeFunction operation`);
  }
  const payload = body.length === 0 ? '{}' : body.toString();
  const broken = jsonError(payload);
  if (broken !== undefined) return error(400, 'InvalidRequestContentException', `Could not parse request body into json: ${broken}`);
  const tail = type === 'RequestResponse' && headerOf(request, 'x-amz-log-type') === 'Tail';
  // Lambda passes it on in synchronous invocations only.
  const context = type === 'RequestResponse' ? headerOf(request, 'x-amz-client-context') : undefined;
  if (context === undefined) return { ...found, type, payload, tail };
  const clientContext = decodedContext(context);
  if (clientContext === undefined) {
    return error(400, 'InvalidRequestContentException', 'Client context must be a valid Base64-encoded JSON object.');
  }
  return { ...found, type, payload, tail, clientContext };
}

/** A function as callers of Lambda's API name it. */
interface FunctionName {
  readonly name: string;
  readonly region?: string;
  readonly account?: string;
  /** Alias, version or `$LATEST`. */
  readonly qualifier?: string;
}

/** `my-function`, `123456789012:function:my-function`, or the ARN; each with `:qualifier` or without. */
const NAME = /^(?:(?:arn:[^:]+:lambda:)?(?:([a-z]{2}[a-z-]*-\d+):)?(?:(\d{12}):)?function:)?([\w.-]{1,64})(?::(\$LATEST|[\w-]{1,128}))?$/;

/** `undefined` if Lambda would refuse the name. */
function parseFunctionName(text: string): FunctionName | undefined {
  const [, region, account, name, qualifier] = NAME.exec(text) ?? [];
  return name === undefined ? undefined : { name, region, account, qualifier };
}

/** The way out of a call that the gateway cannot answer. */
const ELSEWHERE = 'with --lambda aws (startGateway: lambda), handlers call Lambda on AWS';

/** @param region that the caller signed for, which decides if several functions have the name */
function findFunction(
  text: string, given: string | undefined, region: string | undefined, functions: ReadonlyMap<string, LambdaFunction>,
): Pick<LambdaCall, 'fn' | 'qualifier'> | LambdaError {
  const parsed = parseFunctionName(text);
  if (!parsed) {
    return invalid(text, 'functionName', 'Member must be the name, the partial ARN or the ARN of a function');
  }
  const { qualifier = given } = parsed;
  if (given !== undefined && given !== qualifier) {
    const message = 'The derived qualifier from the function name does not match the specified qualifier.';
    return error(400, 'InvalidParameterValueException', message);
  }
  const named = [...functions.values()].filter((fn) => isNamed(fn, parsed));
  const fn = named.find((each) => each.region === region) ?? named[0];
  if (!fn) return notFound(parsed, qualifier, region, functions);
  if (qualifier === undefined || hasQualifier(fn, qualifier)) return { fn, qualifier };
  const aliases = fn.aliases?.length ? `its aliases are ${fn.aliases.join(', ')}` : 'it has no alias';
  const message = `Function not found: ${fn.arn}:${shortened(qualifier)}; the app has the function, and ${aliases}`;
  return error(404, 'ResourceNotFoundException', message);
}

function isNamed(fn: LambdaFunction, { name, region = fn.region, account = fn.account }: FunctionName): boolean {
  return fn.name === name && fn.region === region && fn.account === account;
}

/** Which numbers the versions of a function have is known on AWS only, so every number is one. */
function hasQualifier({ aliases, hasVersions }: LambdaFunction, qualifier: string): boolean {
  return qualifier === '$LATEST' || (aliases?.includes(qualifier) ?? false) || (hasVersions === true && /^\d+$/.test(qualifier));
}

const NAMED = 5;

function notFound(
  { name, region, account }: FunctionName, qualifier: string | undefined, signed: string | undefined,
  functions: ReadonlyMap<string, LambdaFunction>,
): LambdaError {
  const all = [...functions.values()];
  const [some] = all;
  const owner = `${region ?? signed ?? 'us-east-1'}:${account ?? some?.account ?? '123456789012'}`;
  const arn = `arn:aws:lambda:${owner}:function:${name}${qualifier === undefined ? '' : `:${shortened(qualifier)}`}`;
  const same = all.find((fn) => fn.name === name);
  const names = all.slice(0, NAMED).map((fn) => fn.name).join(', ');
  const known = same ? `the one of this name in the app is ${same.arn}`
    : all.length === 0 ? 'the app has no function' : `the app has ${names}${all.length > NAMED ? ` and ${all.length - NAMED} more` : ''}`;
  return error(404, 'ResourceNotFoundException', `Function not found: ${arn}; ${known}; ${ELSEWHERE}`);
}

function regionOf({ headers }: IncomingMessage): string | undefined {
  return /Credential=[^/]+\/\d{8}\/([a-z0-9-]+)\//.exec(headers.authorization ?? '')?.[1];
}

function isType(type: string): type is LambdaCall['type'] {
  return type === 'RequestResponse' || type === 'Event' || type === 'DryRun';
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

function jsonError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    return shortened((cause as Error).message);
  }
}

/** The client context as JSON. */
function decodedContext(base64: string): string | undefined {
  if (base64.length > LAMBDA_LIMITS.contextCharacters) return undefined;
  const text = Buffer.from(base64, 'base64').toString();
  try {
    return isRecord(JSON.parse(text)) ? text : undefined;
  } catch {
    return undefined;
  }
}

function invalid(value: string, member: string, constraint: string): LambdaError {
  const message = `1 validation error detected: Value '${shortened(value)}' at '${member}' failed to satisfy constraint: ${constraint}`;
  return error(400, 'ValidationException', message);
}

function error(status: number, errorType: string, message: string): LambdaError {
  return { status, errorType, message };
}
