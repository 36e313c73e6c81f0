import { FunctionTargets, hasCredentials, notServed, otherService, serviceOf, Subject } from './function-targets';
import { isUnresolved } from './intrinsics';
import type { FunctionTarget, Integration, IntegrationResponse, IntegrationType } from './local-app';
import type { ApiParts, Resource } from './resource';
import { show } from '../protocol/json';

type PassthroughBehavior = Integration['passthroughBehavior'];

const TYPES = ['AWS_PROXY', 'AWS', 'MOCK', 'HTTP', 'HTTP_PROXY'] as const satisfies readonly IntegrationType[];
const PASSTHROUGH_BEHAVIORS = ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'] as const satisfies readonly PassthroughBehavior[];

/** Milliseconds: 5.3.2. */
const DEFAULT_TIMEOUT = 29_000;

/** The route that an integration is read for. */
interface IntegratedRoute extends Subject {
  readonly routeKey: string;
}

/** Several routes may share an integration, but whether API Gateway may invoke its function depends on the route. */
export function readIntegration(resource: Resource, route: IntegratedRoute, parts: ApiParts, targets: FunctionTargets): Integration {
  const passthroughBehavior = resource.text('PassthroughBehavior') ?? 'WHEN_NO_MATCH';
  const type = oneOf(resource, 'IntegrationType', resource.requiredText('IntegrationType'), TYPES);
  const responses = parts('IntegrationResponse').filter((response) => response.text('IntegrationId') === resource.ref());
  const destination = readDestination(type, resource, route, targets);
  return {
    logicalId: resource.logicalId,
    type,
    method: resource.text('IntegrationMethod'),
    timeout: resource.number('TimeoutInMillis') ?? DEFAULT_TIMEOUT,
    templateSelectionExpression: resource.text('TemplateSelectionExpression'),
    passthroughBehavior: oneOf(resource, 'PassthroughBehavior', passthroughBehavior, PASSTHROUGH_BEHAVIORS),
    contentHandling: contentHandling(resource),
    ...(destination.target?.type === 'none' ? { ...destination, ...NO_TEMPLATES } : readTemplates(resource, responses, destination, route)),
  };
}

type Destination = Pick<Integration, 'target' | 'uri'>;
type Templates = Pick<Integration, 'requestTemplates' | 'requestParameters' | 'responses'>;

/** The templates of an integration that nothing is sent to. */
const NO_TEMPLATES: Templates = { requestTemplates: {}, requestParameters: {}, responses: [] };

function readDestination(type: IntegrationType, resource: Resource, route: IntegratedRoute, targets: FunctionTargets): Destination {
  if (type === 'MOCK') return {};
  const hasRole = hasCredentials(resource, 'CredentialsArn');
  const uri = resource.resolve('IntegrationUri');
  if (type === 'AWS' || type === 'AWS_PROXY') {
    const service = isUnresolved(uri) ? serviceOf(resource.raw('IntegrationUri')) : undefined;
    if (service !== undefined) return { target: otherService(route, service) };
    return { target: targets.target(uri, { ...route, hasCredentials: hasRole, resourceIn: (stage) => `${stage}/${route.routeKey}` }) };
  }
  if (resource.knownText('ConnectionType') === 'VPC_LINK') return { target: vpcLink(route) };
  if (isUnresolved(uri)) return { target: notServed(route, `its IntegrationUri refers to ${uri.refersTo}: ${uri.reason}`) };
  return { uri: resource.requiredText('IntegrationUri') };
}

function vpcLink({ resource, label }: Subject): FunctionTarget {
  const reason = 'it reaches its backend through a VPC link, which does not exist on this machine';
  resource.note('vpc-link', `${label} is answered as if invoking it failed: ${reason}; for local runs give the integration a URL that can `
    + 'be reached without a VPC link');
  return { type: 'none', reason };
}

/** An integration is served only with all of its templates: if only a deployment knows one, invoking the integration fails. */
function readTemplates(
  resource: Resource, responses: readonly Resource[], destination: Destination, route: IntegratedRoute,
): Destination & Templates {
  const parts = [
    { owner: resource, property: 'RequestTemplates' },
    { owner: resource, property: 'RequestParameters' },
    ...responses.map((owner) => ({ owner, property: 'ResponseTemplates' })),
  ];
  for (const { owner, property } of parts) {
    const value = owner.resolve(property);
    if (!isUnresolved(value)) continue;
    return { target: notServed(route, `its ${property} refers to ${value.refersTo}: ${value.reason}`), ...NO_TEMPLATES };
  }
  return {
    ...destination,
    requestTemplates: resource.textMap('RequestTemplates'),
    requestParameters: resource.textMap('RequestParameters'),
    responses: responses.map(readResponse),
  };
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
  if (found === undefined) throw resource.broken(property, `must be one of ${values.join(', ')}, got ${show(value)}`);
  return found;
}
