import { AssemblyStack, TemplateResource } from './assembly';

/** A WebSocket API of a synthesized app, its routes in the order of the template. */
export interface SynthesizedApi {
  readonly stack: string;
  readonly logicalId: string;
  readonly name: string;
  readonly stages: SynthesizedStage[];
  readonly routes: SynthesizedRoute[];
}

export interface SynthesizedStage {
  /** Where clients connect; what only a deployment knows is in angle brackets. */
  readonly url: string;
  readonly callbackUrl: string;
}

export interface SynthesizedRoute {
  readonly routeKey: string;
  /** `Lambda`, or the integration's type (`MOCK`, `AWS`, `HTTP`, ...). */
  readonly target: string;
  /** The function: its construct path or, for one that is imported, its name. */
  readonly function?: string;
  readonly authorizer: string;
  readonly twoWay: boolean;
}

type Resources = AssemblyStack['resources'];

/** The WebSocket APIs in the stacks of an assembly. */
export function synthesizedApis(stacks: AssemblyStack[]): SynthesizedApi[] {
  return stacks.flatMap((stack) => ofType(stack.resources, 'Api')
    .filter(([, api]) => api.Properties?.ProtocolType === 'WEBSOCKET')
    .map(([logicalId, api]) => ({
      stack: stack.name,
      logicalId,
      name: text(api.Properties?.Name) ?? logicalId,
      stages: stages(stack, logicalId),
      routes: routes(stack.resources, logicalId),
    })));
}

function stages({ resources, region = '<region>' }: AssemblyStack, apiId: string): SynthesizedStage[] {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return partsOf(resources, 'Stage', apiId).map(({ Properties }) => {
    const address = `<${apiId}>.execute-api.${region}.${suffix}/${text(Properties?.StageName) ?? '<stage>'}`;
    return { url: `wss://${address}`, callbackUrl: `https://${address}` };
  });
}

function routes(resources: Resources, apiId: string): SynthesizedRoute[] {
  return partsOf(resources, 'Route', apiId).map(({ Properties = {} }) => {
    const integration = referred(resources, Properties.Target, 'AWS::ApiGatewayV2::Integration')?.Properties ?? {};
    const invoked = functionName(resources, integration.IntegrationUri);
    return {
      routeKey: text(Properties.RouteKey) ?? '<route key>',
      target: invoked ? 'Lambda' : text(integration.IntegrationType) ?? 'none',
      function: invoked,
      authorizer: authorizer(resources, Properties),
      twoWay: Properties.RouteResponseSelectionExpression !== undefined,
    };
  });
}

function authorizer(resources: Resources, route: Record<string, unknown>): string {
  const type = text(route.AuthorizationType) ?? 'NONE';
  if (type !== 'CUSTOM') return type === 'NONE' ? 'none' : type;
  const made = referred(resources, route.AuthorizerId, 'AWS::ApiGatewayV2::Authorizer');
  return functionName(resources, made?.Properties?.AuthorizerUri) ?? text(made?.Properties?.Name) ?? type;
}

/** The function in an invocation URI: a resource of the stack, a name in a literal ARN, or what another stack exports. */
function functionName(resources: Resources, uri: unknown): string | undefined {
  const [id] = references(uri).filter((reference) => resources[reference]?.Type.startsWith('AWS::Lambda::'));
  if (id) return constructPath(resources[id]) ?? id;
  const written = JSON.stringify(uri) ?? '';
  if (!written.includes(':lambda:path/')) return undefined;
  const name = /:function:([^"/]+)/.exec(written)?.[1];
  const imported = /"Fn::ImportValue":"([^"]+)"/.exec(written)?.[1];
  return name ?? (imported ? `<import of ${imported}>` : '<of another stack>');
}

function constructPath(resource: TemplateResource): string | undefined {
  return text(resource.Metadata?.['aws:cdk:path'])?.replace(/\/Resource$/, '');
}

function partsOf(resources: Resources, type: string, apiId: string): TemplateResource[] {
  return ofType(resources, type).map(([, part]) => part).filter((part) => references(part.Properties?.ApiId).includes(apiId));
}

function ofType(resources: Resources, type: string): Array<[string, TemplateResource]> {
  return Object.entries(resources).filter(([, resource]) => resource.Type === `AWS::ApiGatewayV2::${type}`);
}

function referred(resources: Resources, value: unknown, type: string): TemplateResource | undefined {
  return references(value).map((id) => resources[id]).find((resource) => resource?.Type === type);
}

/** The logical ids that a value refers to, in any nesting of intrinsic functions. */
function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(references);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt') return [String(Array.isArray(inner) ? inner[0] : String(inner).split('.')[0])];
    return references(inner);
  });
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
