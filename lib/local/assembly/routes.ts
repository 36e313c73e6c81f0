import type { ApiReading } from './api-reading';
import { readAuthorization } from './authorizations';
import { readIntegration } from './integrations';
import { scalarText, show } from './json';
import type { Integration, Route } from './model';
import type { Resource } from './resource';
import { isRecord } from '../protocol/json';

/** The routes of an API by key, in the order of the template. Fails for a key that is there twice. */
export function readRoutes(reading: ApiReading, modelNames: ReadonlyMap<string, string>): ReadonlyMap<string, Route> {
  const routes = new Map<string, Route>();
  for (const resource of reading.resources.partsOf(reading.apiId, 'Route')) {
    const routeKey = resource.requiredText('RouteKey');
    if (routes.has(routeKey)) throw resource.broken('RouteKey', `the API has a route with the key ${show(routeKey)} already`);
    routes.set(routeKey, readRoute(resource, routeKey, reading, modelNames));
  }
  return routes;
}

function readRoute(resource: Resource, routeKey: string, reading: ApiReading, modelNames: ReadonlyMap<string, string>): Route {
  return {
    routeKey,
    authorization: readAuthorization(resource, reading),
    apiKeyRequired: resource.flag('ApiKeyRequired'),
    integration: integrationOf(resource, routeKey, reading),
    twoWay: isTwoWay(resource, reading),
    modelSelectionExpression: resource.text('ModelSelectionExpression'),
    requestModels: Object.fromEntries(Object.entries(resource.textMap('RequestModels'))
      .map(([key, model]) => [key, modelNames.get(model) ?? model])),
    requiredParameters: requiredParameters(resource.value('RequestParameters')),
  };
}

/** 5.4.2 */
function requiredParameters(declared: unknown): string[] {
  const entries = Object.entries(isRecord(declared) ? declared : {});
  return entries.flatMap(([name, constraints]) => isRecord(constraints) && scalarText(constraints.Required) === 'true' ? [name] : []);
}

/** 5.1.1 */
function isTwoWay(resource: Resource, { resources, apiId }: ApiReading): boolean {
  if (!resource.has('RouteResponseSelectionExpression')) return false;
  const routeId = resource.ref();
  return resources.partsOf(apiId, 'RouteResponse')
    .some((response) => response.text('RouteId') === routeId && response.text('RouteResponseKey') === '$default');
}

function integrationOf(resource: Resource, routeKey: string, reading: ApiReading): Integration | undefined {
  const target = resource.text('Target');
  if (target === undefined || target === '') return undefined;
  const integration = reading.resources.partsOf(reading.apiId, 'Integration').find((other) => target === `integrations/${other.ref()}`);
  if (!integration) throw resource.broken('Target', `${show(target)} is no integration of the API`);
  return readIntegration(integration, { resource, routeKey }, reading);
}
