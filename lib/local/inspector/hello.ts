import { exampleOf } from './example';
import type { Api, Route } from '../assembly/local-app';
import { isRecord } from '../protocol/json';
import { routeRows, Served } from '../terminal/served';

/** What the page knows of an app before anything happens. */
export interface HelloApi {
  readonly name: string;
  readonly stage: string;
  /** `ws://localhost:3001/dev` */
  readonly url: string;
  readonly path: string;
  readonly routes: readonly HelloRoute[];
  readonly authorizer?: { readonly identitySources: readonly string[]; readonly isJwt: boolean };
}

interface HelloRoute {
  readonly routeKey: string;
  readonly twoWay: boolean;
  readonly target?: string;
  readonly function?: string;
  /** JSON schema of the messages. */
  readonly model?: unknown;
  /** A message for the route, to begin with. */
  readonly example?: string;
}

/** The stages of all APIs, in order. */
export function helloApis({ apis, functions }: Served): HelloApi[] {
  return apis.flatMap(({ api, stages }) => {
    const routes = routeRows(api, functions).map(({ routeKey, twoWay, target, function: path }): HelloRoute => {
      const route = api.routes.get(routeKey)!;
      const model = modelOf(route, api);
      return { routeKey, twoWay, target, function: path, model, example: exampleFor(route, api, model) };
    });
    return stages.map(({ stage, url }) => ({
      name: api.name, stage: stage.name, url, path: new URL(url).pathname, routes, authorizer: authorizerOf(api, functions),
    }));
  });
}

/** The model for the messages of a route: the first one, if it has several. */
function modelOf({ requestModels }: Route, { models }: Api): unknown {
  const name = requestModels.$default ?? Object.values(requestModels)[0];
  return name === undefined ? undefined : models.get(name);
}

/** The message selects its route, if the selection expression of the API is `$request.body.<name>`. */
function exampleFor({ routeKey }: Route, { routeSelectionExpression }: Api, model: unknown): string | undefined {
  if (routeKey === '$connect' || routeKey === '$disconnect') return undefined;
  const [, selector] = /^\$\{?request\.body\.([\w-]+)\}?$/.exec(routeSelectionExpression) ?? [];
  const key = selector === undefined || routeKey === '$default' ? {} : { [selector]: routeKey };
  const body = model === undefined ? {} : exampleOf(model);
  return JSON.stringify(isRecord(body) ? { ...key, ...body, ...key } : body, undefined, 2);
}

/** Whose tokens the issuer of a local run can stand in for: those that an authorizer of this package verifies. */
function authorizerOf({ routes }: Api, functions: Served['functions']): HelloApi['authorizer'] {
  const authorization = routes.get('$connect')?.authorization;
  if (authorization?.type !== 'CUSTOM') return undefined;
  const { identitySource: identitySources, target } = authorization.authorizer;
  const fn = target.type === 'function' ? functions.get(target.functionId) : undefined;
  const names = fn ? [...Object.keys(fn.environment), ...fn.unresolved.map(({ name }) => name)] : [];
  return { identitySources, isJwt: names.includes('JWT_ISSUER') };
}
