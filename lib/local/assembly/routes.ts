import { FunctionTargets, hasCredentials, notServed } from './function-targets';
import { readIntegration } from './integrations';
import type { Authorization, Authorizer, Integration, Route } from './local-app';
import type { ApiParts, Resource } from './resource';
import { isRecord, scalarText, show } from '../protocol/json';

/** The routes of an API by key, in the order of the template, with their authorizers and integrations. */
export function readRoutes(parts: ApiParts, targets: FunctionTargets, modelNames: ReadonlyMap<string, string>): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const resource of parts('Route')) {
    const routeKey = resource.requiredText('RouteKey');
    if (routes.has(routeKey)) throw resource.broken('RouteKey', `is ${show(routeKey)}, which another route of the API has already`);
    routes.set(routeKey, {
      routeKey,
      authorization: readAuthorization(resource, parts, targets),
      apiKeyRequired: resource.flag('ApiKeyRequired'),
      integration: integrationOf(resource, routeKey, parts, targets),
      twoWay: isTwoWay(resource, parts),
      modelSelectionExpression: resource.text('ModelSelectionExpression'),
      requestModels: Object.fromEntries(Object.entries(resource.textMap('RequestModels'))
        .map(([key, model]) => [key, modelNames.get(model) ?? model])),
      requiredParameters: requiredParameters(resource.value('RequestParameters')),
    });
  }
  return routes;
}

/** The parameters without which a handshake is refused (5.4.2). */
function requiredParameters(declared: unknown): string[] {
  const entries = Object.entries(isRecord(declared) ? declared : {});
  return entries.flatMap(([name, constraints]) => isRecord(constraints) && scalarText(constraints.Required) === 'true' ? [name] : []);
}

/** A route answers only if it has both a selection expression and a route response `$default` (5.1.1). */
function isTwoWay(route: Resource, parts: ApiParts): boolean {
  if (!route.has('RouteResponseSelectionExpression')) return false;
  const routeId = route.ref();
  return parts('RouteResponse')
    .some((response) => response.text('RouteId') === routeId && response.text('RouteResponseKey') === '$default');
}

function integrationOf(route: Resource, routeKey: string, parts: ApiParts, targets: FunctionTargets): Integration | undefined {
  const target = route.text('Target');
  if (target === undefined || target === '') return undefined;
  const integration = parts('Integration').find((other) => target === `integrations/${other.ref()}`);
  if (!integration) throw route.broken('Target', `must name an integration of the API, got ${show(target)}`);
  return readIntegration(integration, { resource: route, routeKey, label: `route ${show(routeKey)}` }, parts, targets);
}

/** WebSocket APIs know no types but these three (3.1). */
function readAuthorization(route: Resource, parts: ApiParts, targets: FunctionTargets): Authorization {
  const type = route.text('AuthorizationType') ?? 'NONE';
  if (type === 'NONE' || type === 'AWS_IAM') return { type };
  if (type !== 'CUSTOM') throw route.broken('AuthorizationType', `must be one of NONE, AWS_IAM, CUSTOM, got ${show(type)}`);
  const authorizerId = route.requiredText('AuthorizerId');
  const authorizer = parts('Authorizer').find((other) => other.ref() === authorizerId);
  return { type, authorizer: authorizer ? readAuthorizer(authorizer, targets) : absentAuthorizer(route, authorizerId) };
}

function readAuthorizer(resource: Resource, targets: FunctionTargets): Authorizer {
  const authorizerId = resource.ref();
  const target = targets.target(resource.resolve('AuthorizerUri'), {
    resource,
    label: 'the authorizer',
    hasCredentials: hasCredentials(resource, 'AuthorizerCredentialsArn'),
    resourceIn: () => `authorizers/${authorizerId}`,
  });
  return {
    logicalId: resource.logicalId,
    name: resource.knownText('Name') ?? resource.logicalId,
    authorizerId,
    identitySource: resource.texts('IdentitySource'),
    target,
  };
}

function absentAuthorizer(route: Resource, authorizerId: string): Authorizer {
  const target = notServed({ resource: route, label: 'the authorizer' }, `the authorizer ${authorizerId} is not in this assembly`);
  return { logicalId: authorizerId, name: authorizerId, authorizerId, identitySource: [], target };
}
