import { FunctionIndex, FunctionTargets } from './function-targets';
import type { Api, ApiKey, Stage } from './local-app';
import { localId } from './reference-values';
import type { ApiParts, Resource, Resources } from './resource';
import { readRoutes } from './routes';
import { readStages } from './stages';
import { isRecord, textAt } from '../protocol/json';

/** The defaults of API Gateway and of the CDK. */
const DEFAULT_API_KEY_SELECTION = '$request.header.x-api-key';
const DEFAULT_ROUTE_SELECTION = '$request.body.action';

const DISABLED = 'DisableExecuteApiEndpoint';

/** Whether an `AWS::ApiGatewayV2::Api` is for WebSockets. */
export function isWebSocketApi(resource: Resource): boolean {
  return resource.knownText('ProtocolType') === 'WEBSOCKET';
}

/** An API with all its parts. Throws UNRESOLVABLE if only a deployment knows how it routes. */
export function readApi(resource: Resource, resources: Resources, functions: FunctionIndex): Api {
  const apiId = resource.mustBePresent().ref();
  const { environment } = resource.stack;
  const parts = resources.partsOf(apiId);
  const stages = readStages(parts);
  noteUnreachable(resource, stages);
  const models = readModels(parts);
  return {
    stack: resource.stack.name,
    logicalId: resource.logicalId,
    name: resource.knownText('Name') ?? resource.logicalId,
    apiId,
    region: environment.region,
    account: environment.account,
    partition: environment.partition,
    routeSelectionExpression: resource.text('RouteSelectionExpression') ?? DEFAULT_ROUTE_SELECTION,
    apiKeySelectionExpression: resource.text('ApiKeySelectionExpression') ?? DEFAULT_API_KEY_SELECTION,
    disableExecuteApiEndpoint: resource.flag(DISABLED),
    stages,
    routes: readRoutes(parts, new FunctionTargets({ apiId, environment, stages }, functions), models.names),
    models: models.schemas,
    apiKeys: readApiKeys(apiId, resources),
  };
}

/** Notes the stages that clients could not connect to on AWS. */
function noteUnreachable(resource: Resource, stages: readonly Stage[]): void {
  if (stages.length === 0) {
    resource.note('no-stage', 'it has no stage, so no client can connect to it; add an AWS::ApiGatewayV2::Stage');
  }
  // 1.1.7: without its default endpoint, an API has the addresses of its domains only.
  if (!resource.flag(DISABLED)) return;
  for (const { name } of stages.filter(({ mappings }) => mappings.length === 0)) {
    resource.note('default-endpoint-disabled', `${DISABLED} is set and no domain leads to the stage ${name}: on AWS no `
      + 'client can connect to it, here every client can; add an AWS::ApiGatewayV2::ApiMapping');
  }
}

interface Models {
  /** JSON Schemas by model name. */
  readonly schemas: ReadonlyMap<string, unknown>;
  /** Model names by the id that `Ref` gives. */
  readonly names: ReadonlyMap<string, string>;
}

/** The models that routes validate messages with: 5.4.1. */
function readModels(parts: ApiParts): Models {
  const models = parts('Model').map((resource) => ({ resource, name: resource.requiredText('Name') }));
  return {
    schemas: new Map(models.map(({ resource, name }) => [name, schemaOf(resource)])),
    names: new Map(models.map(({ resource, name }) => [resource.ref(), name])),
  };
}

/** A schema is an object, or the JSON of one. */
function schemaOf(model: Resource): unknown {
  const schema = model.value('Schema');
  if (typeof schema !== 'string') return schema;
  try {
    const parsed: unknown = JSON.parse(schema);
    if (isRecord(parsed)) return parsed;
  } catch {
    // The error below is for all that is not an object.
  }
  throw model.broken('Schema', 'must be a JSON object');
}

/** The API keys for which usage plans open stages of an API: 3.13. */
function readApiKeys(apiId: string, resources: Resources): readonly ApiKey[] {
  const opened = new Map(resources.ofType('AWS::ApiGateway::UsagePlan').map((plan) => [plan.knownRef(), stagesOf(plan, apiId)]));
  const plans = resources.ofType('AWS::ApiGateway::UsagePlanKey')
    .map((link) => ({ key: link.knownText('KeyId'), stages: opened.get(link.knownText('UsagePlanId')) ?? [] }));
  return resources.ofType('AWS::ApiGateway::ApiKey').filter((key) => key.knownText('Enabled') !== 'false').flatMap((key) => {
    const id = key.knownRef();
    const stages = plans.filter((plan) => plan.key === id).flatMap((plan) => plan.stages);
    return id === undefined || stages.length === 0 ? [] : [{ id, value: valueOf(key), stages: [...new Set(stages)] }];
  });
}

function stagesOf(plan: Resource, apiId: string): readonly string[] {
  const { value: items } = plan.members('ApiStages');
  return Object.values(items ?? {}).flatMap((item) => {
    const resolution = plan.resolveValue(item);
    const stage = 'value' in resolution && isRecord(resolution.value) ? resolution.value : {};
    return textAt(stage, 'ApiId') === apiId ? textAt(stage, 'Stage') ?? [] : [];
  });
}

/** The value of a key; if the template has none, one as long as API Gateway's. */
function valueOf(key: Resource): string {
  const written = key.knownText('Value');
  if (written !== undefined) return written;
  const value = localId(`${key.id}/value`, 40);
  key.note('api-key-generated', `API Gateway makes the value of this API key at deployment; here it is ${value}`);
  return value;
}
