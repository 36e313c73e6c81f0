import type { Configuration } from './configuration';
import { shown } from './configuration';
import { eventsOf } from './functions';
import { isObject } from '../json-value';
import { routeStem } from '../logical-ids';
import type { MutableObject, Path } from './origins';
import { member } from './origins';
import type { ServerlessAuthorizer, ServerlessFunction, ServerlessRoute } from '../service';
import { AuthorizerReader, scalar } from './websocket-authorizer';
import { nearest } from '../../private/nearest';

const RESERVED = ['$connect', '$disconnect', '$default'];

/** The routes of all `websocket` events. */
export function readRoutes(configuration: Configuration, functions: readonly ServerlessFunction[]): ServerlessRoute[] {
  const reader = new EventReader(configuration, functions.map(({ key }) => key));
  const routes: ServerlessRoute[] = [];
  for (const { key } of functions) {
    eventsOf(configuration, key).forEach((event, index) => {
      const path = ['functions', key, 'events', index];
      const route = Object.hasOwn(event, 'websocket') ? reader.read(key, event, path) : undefined;
      if (route !== undefined && !isRepeated(configuration, routes, route, path)) {
        routes.push(route);
      }
    });
  }
  checkStems(configuration, routes);
  return routes;
}

class EventReader {
  private readonly authorizers: AuthorizerReader;

  constructor(private readonly configuration: Configuration, functionKeys: readonly string[]) {
    this.authorizers = new AuthorizerReader(configuration, functionKeys);
  }

  /** `undefined` for what Serverless leaves out. */
  read(functionKey: string, event: MutableObject, path: Path): ServerlessRoute | undefined {
    const value = scalar(event.websocket);
    const others = Object.keys(event).filter((key) => key !== 'websocket');
    if (value === null || value === '') {
      const slipped = others.length > 0 ? ` Indent ${others.map((key) => `"${key}"`).join(', ')} below "websocket:".` : '';
      this.configuration.fail(path, `the websocket event of function "${functionKey}" is empty, so it names no route.${slipped}`);
    }
    const at = [...path, 'websocket'];
    if (typeof value !== 'object') {
      return { routeKey: this.routeKey(String(value), at), functionKey, isTwoWay: false, position: this.configuration.position(at) };
    } else if (!isObject(value)) {
      this.configuration.fail(at, `a websocket event is the key of a route, or a map with "route", not ${shown(value)}.`);
    }
    this.configuration.checkKeys(value, ['route', 'routeResponseSelectionExpression', 'authorizer'], at, 'a websocket event');
    const route = scalar(value.route ?? null);
    if (route === null || typeof route === 'object') {
      const old = member(value, 'routeKey');
      this.configuration.fail(at, old === undefined ? `the websocket event of function "${functionKey}" has no "route".`
        : `"routeKey" was the key of an old plugin; Serverless asks for "route": write "route: ${String(old)}".`);
    }
    const routeKey = this.routeKey(String(route), [...at, 'route']);
    return {
      routeKey,
      functionKey,
      isTwoWay: this.isTwoWay(value, routeKey, at),
      authorizer: this.authorizer(value, routeKey, [...at, 'authorizer']),
      position: this.configuration.position(at),
    };
  }

  private routeKey(key: string, path: Path): string {
    if (key === '') {
      this.configuration.fail(path, 'the key of the route is empty.');
    } else if (key.startsWith('$') && !RESERVED.includes(key)) {
      const near = nearest(key, RESERVED);
      this.configuration.fail(path, `"${key}" is not a route that API Gateway has: keys that begin with "$" are ${
        RESERVED.map((each) => `"${each}"`).join(', ')}.${near === undefined ? '' : ` Did you mean "${near}"?`}`);
    } else if (!/^[a-zA-Z0-9]+$/.test(routeStem(key))) {
      this.configuration.fail(path, `route "${key}" gets the logical id "${routeStem(key)}WebsocketsRoute", which CloudFormation `
        + 'does not accept: a key that Serverless could deploy consists of letters, digits and the characters "$-_./".');
    }
    return key;
  }

  private isTwoWay(event: MutableObject, routeKey: string, path: Path): boolean {
    const expression = scalar(event.routeResponseSelectionExpression ?? null);
    if (expression === null || expression === '') {
      return false;
    } else if (expression !== '$default') {
      this.configuration.fail([...path, 'routeResponseSelectionExpression'],
        `"routeResponseSelectionExpression" can only be "$default", not ${shown(expression)}.`);
    } else if (routeKey === '$disconnect') {
      this.configuration.notice('uselessResponse', [...path, 'routeResponseSelectionExpression'],
        'A response of "$disconnect" reaches nobody: the connection is closed by then.');
    }
    return true;
  }

  private authorizer(event: MutableObject, routeKey: string, path: Path): ServerlessAuthorizer | undefined {
    const authorizer = this.authorizers.read(event.authorizer ?? null, path);
    if (authorizer !== undefined && routeKey !== '$connect') {
      this.configuration.notice('authorizerOffConnect', path,
        `Route "${routeKey}" has an authorizer, which API Gateway accepts on "$connect" only. It is left out.`);
    }
    return authorizer;
  }
}

function isRepeated(configuration: Configuration, routes: readonly ServerlessRoute[], route: ServerlessRoute, path: Path): boolean {
  const first = routes.find(({ routeKey }) => routeKey === route.routeKey);
  if (first === undefined) {
    return false;
  }
  const isSame = JSON.stringify({ ...first, position: undefined }) === JSON.stringify({ ...route, position: undefined });
  if (!isSame) {
    const isOpen = first.authorizer !== undefined && route.authorizer === undefined;
    configuration.fail(path, `route "${route.routeKey}" stands twice, in function "${first.functionKey}" and here in `
      + `"${route.functionKey}". Serverless deployed the last one${isOpen ? ', without an authorizer' : ''}. Remove the other.`);
  }
  configuration.notice('repeatedRoute', path,
    `Route "${route.routeKey}" stands twice in function "${route.functionKey}", with the same options.`);
  return true;
}

/** `foo-bar` and `fooDashbar` have one logical id: Serverless writes the second over the first. */
function checkStems(configuration: Configuration, routes: readonly ServerlessRoute[]): void {
  const keys = new Map<string, string>();
  for (const { routeKey, functionKey } of routes) {
    const stem = routeStem(routeKey);
    const other = keys.get(stem);
    if (other !== undefined) {
      configuration.fail(['functions', functionKey, 'events'],
        `routes "${other}" and "${routeKey}" have the same logical id "${stem}WebsocketsRoute": Serverless deployed only the last one. `
        + 'Rename or remove one.');
    }
    keys.set(stem, routeKey);
  }
}
