import { ApiReading, executeApiArn, hasCredentials } from './api-reading';
import { serviceOf } from './invocation-uri';
import { show } from './json';
import type { FunctionTarget, Integration, IntegrationResponse, IntegrationType } from './model';
import { isUnresolved, Unresolved } from './resolution';
import type { Resource } from './resource';

type PassthroughBehavior = Integration['passthroughBehavior'];

const TYPES = ['AWS_PROXY', 'AWS', 'MOCK', 'HTTP', 'HTTP_PROXY'] as const satisfies readonly IntegrationType[];
const PASSTHROUGH_BEHAVIORS = ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'] as const satisfies readonly PassthroughBehavior[];

/** Milliseconds: 5.3.2. */
const DEFAULT_TIMEOUT = 29_000;

/** A route that an integration is read for: whether its function may be invoked is a matter of the route. */
interface IntegratedRoute {
  readonly resource: Resource;
  readonly routeKey: string;
}

export function readIntegration(resource: Resource, route: IntegratedRoute, reading: ApiReading): Integration {
  const passthroughBehavior = resource.text('PassthroughBehavior') ?? 'WHEN_NO_MATCH';
  const type = oneOf(resource, 'IntegrationType', resource.requiredText('IntegrationType'), TYPES);
  const responses = reading.resources.partsOf(reading.apiId, 'IntegrationResponse')
    .filter((response) => response.text('IntegrationId') === resource.ref());
  const endpoint = readEndpoint(type, resource, route, reading);
  return {
    logicalId: resource.logicalId,
    type,
    method: resource.text('IntegrationMethod'),
    timeout: resource.number('TimeoutInMillis') ?? DEFAULT_TIMEOUT,
    templateSelectionExpression: resource.text('TemplateSelectionExpression'),
    passthroughBehavior: oneOf(resource, 'PassthroughBehavior', passthroughBehavior, PASSTHROUGH_BEHAVIORS),
    contentHandling: contentHandling(resource),
    ...(endpoint.target?.type === 'none' ? { ...endpoint, ...NO_TEMPLATES } : readTemplates(resource, responses, endpoint, route, reading)),
  };
}

type Endpoint = Pick<Integration, 'target' | 'uri'>;
type Templates = Pick<Integration, 'requestTemplates' | 'requestParameters' | 'responses'>;

/** Of an integration that nothing is sent to. */
const NO_TEMPLATES: Templates = { requestTemplates: {}, requestParameters: {}, responses: [] };

function readEndpoint(type: IntegrationType, resource: Resource, route: IntegratedRoute, reading: ApiReading): Endpoint {
  if (type === 'MOCK') return {};
  const invokes = hasCredentials(resource, 'CredentialsArn', reading);
  const uri = resource.resolve('IntegrationUri');
  if (type === 'AWS' || type === 'AWS_PROXY') {
    const service = isUnresolved(uri) ? serviceOf(resource.raw('IntegrationUri')) : undefined;
    if (service !== undefined) return { target: reading.targets.otherService(service, nameOf(route)) };
    return {
      target: reading.targets.target(uri, {
        ...nameOf(route),
        environment: reading.environment,
        stages: reading.stages,
        hasCredentials: invokes,
        sourceArn: (stage) => executeApiArn(reading, `${stage}/${route.routeKey}`),
      }),
    };
  }
  if (resource.knownText('ConnectionType') === 'VPC_LINK') return { target: vpcLink(route, reading) };
  if (isUnresolved(uri)) return { target: unknown('IntegrationUri', uri, route, reading) };
  return { uri: resource.requiredText('IntegrationUri') };
}

function vpcLink({ resource, routeKey }: IntegratedRoute, { notices }: ApiReading): FunctionTarget {
  const reason = 'it reaches its backend through a VPC link, which this machine has not';
  notices.add('vpc-link', resource.path, `route ${show(routeKey)} is answered as if invoking it failed: ${reason}; for local runs give the `
    + 'integration a URL that can be reached without one');
  return { type: 'none', reason };
}

/** Half a template is none: what refers to something that only a deployment knows is not served. */
function readTemplates(
  resource: Resource, responses: readonly Resource[], endpoint: Endpoint, route: IntegratedRoute, reading: ApiReading,
): Endpoint & Templates {
  const parts = [
    { owner: resource, property: 'RequestTemplates' },
    { owner: resource, property: 'RequestParameters' },
    ...responses.map((owner) => ({ owner, property: 'ResponseTemplates' })),
  ];
  for (const { owner, property } of parts) {
    const resolution = owner.resolve(property);
    if (isUnresolved(resolution)) return { target: unknown(property, resolution, route, reading), ...NO_TEMPLATES };
  }
  return {
    ...endpoint,
    requestTemplates: resource.textMap('RequestTemplates'),
    requestParameters: resource.textMap('RequestParameters'),
    responses: responses.map(readResponse),
  };
}

function unknown(property: string, { refersTo, reason }: Unresolved, route: IntegratedRoute, { targets }: ApiReading): FunctionTarget {
  return targets.notServed(nameOf(route), `its ${property} refers to ${refersTo}: ${reason}`);
}

function nameOf({ resource, routeKey }: IntegratedRoute): { readonly path: string; readonly label: string } {
  return { path: resource.path, label: `route ${show(routeKey)}` };
}

function readResponse(resource: Resource): IntegrationResponse {
  return {
    key: resource.requiredText('IntegrationResponseKey'),
    responseTemplates: resource.textMap('ResponseTemplates'),
    templateSelectionExpression: resource.text('TemplateSelectionExpression'),
    contentHandling: contentHandling(resource),
  };
}

function contentHandling(resource: Resource): Integration['contentHandling'] {
  const strategy = resource.text('ContentHandlingStrategy');
  return strategy === 'CONVERT_TO_BINARY' || strategy === 'CONVERT_TO_TEXT' ? strategy : undefined;
}

function oneOf<T extends string>(resource: Resource, property: string, value: string, values: readonly T[]): T {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw resource.broken(property, `${show(value)} is none of ${values.join(', ')}`);
  return found;
}
