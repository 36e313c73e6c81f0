import type { Compilation, CompiledFunction } from './compilation';
import { isObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { Json, JsonObject } from '../template';

/** A `websocket` event, in whatever form the file has it. Several may have one route key: unlike in `service.routes`, all are here. */
export interface WebsocketEvent {
  readonly functionKey: string;
  readonly routeKey: string;
  readonly responseExpression?: Json;
  readonly authorizer?: EventAuthorizer;
}

export interface EventAuthorizer {
  readonly name: string;
  readonly uri: Json;
  readonly identitySource: Json;
  /** What the permission is for: the ARN of a function elsewhere. Missing for a function of the service, of which `name` is the key. */
  readonly arn?: Json;
}

export function websocketEvents(compilation: Compilation): WebsocketEvent[] {
  return compilation.functions.flatMap((declared) => declared.events.flatMap((event) => websocketEvent(compilation, declared, event)));
}

/** What invokes a function on behalf of API Gateway. */
export function invocationUri(target: Json): JsonObject {
  return {
    'Fn::Join': ['', [
      'arn:', { Ref: 'AWS::Partition' }, ':apigateway:', { Ref: 'AWS::Region' },
      ':lambda:path/2015-03-31/functions/', target, '/invocations',
    ]],
  };
}

function websocketEvent(compilation: Compilation, { key }: CompiledFunction, event: Json): WebsocketEvent[] {
  const websocket = isObject(event) ? event.websocket : undefined;
  if (!websocket) return [];
  if (typeof websocket === 'string') return [{ functionKey: key, routeKey: websocket }];
  if (!isObject(websocket)) return [];
  const { routeResponseSelectionExpression: responseExpression } = websocket;
  return [{
    functionKey: key,
    routeKey: String(websocket.route),
    ...(responseExpression && { responseExpression }),
    ...authorizerOf(compilation, websocket.authorizer),
  }];
}

function authorizerOf(compilation: Compilation, value: Json | undefined): { authorizer?: EventAuthorizer } {
  if (typeof value === 'string') {
    return { authorizer: value.includes(':') ? authorizerElsewhere(value, value) : authorizerHere(compilation, value) };
  }
  if (!isObject(value)) return {};
  const { arn, name, identitySource } = value;
  return { authorizer: arn ? authorizerElsewhere(arn, name, identitySource) : authorizerHere(compilation, String(name), identitySource) };
}

const STANDARD_SOURCE = 'route.request.header.Auth';

function authorizerHere(compilation: Compilation, key: string, identitySource?: Json): EventAuthorizer {
  return { name: key, uri: invocationUri(compilation.functionArn(key)), identitySource: identitySource || [STANDARD_SOURCE] };
}

/** The last part of an ARN is the name, even if that is a version or an alias; only an intrinsic needs one of its own. */
function authorizerElsewhere(arn: Json, name: Json, identitySource?: Json): EventAuthorizer {
  return {
    name: typeof arn === 'string' ? arn.slice(arn.lastIndexOf(':') + 1) : String(name),
    uri: invocationUri(arn),
    identitySource: identitySource || [STANDARD_SOURCE],
    arn,
  };
}

/** The ids of a route and of its response, in the order in which a deployment waits for them. */
export function routeDependencies({ routeKey, responseExpression }: WebsocketEvent): string[] {
  return [...(responseExpression ? [logicalIds.routeResponseId(routeKey)] : []), logicalIds.routeId(routeKey)];
}
