import { readApiKeys } from './api-keys';
import type { FunctionTargets } from './function-targets';
import type { Api, Stage } from './model';
import { readModels } from './models';
import type { Notices } from './notices';
import type { Resource } from './resource';
import type { Resources } from './resources';
import { readRoutes } from './routes';
import { readStages } from './stages';

/** AWS's own default, and that of the CDK. */
const DEFAULT_API_KEY_SELECTION = '$request.header.x-api-key';
const DEFAULT_ROUTE_SELECTION = '$request.body.action';

const DISABLED = 'DisableExecuteApiEndpoint';

/** Whether an `AWS::ApiGatewayV2::Api` is for WebSockets. */
export function isWebSocketApi(resource: Resource): boolean {
  return resource.knownText('ProtocolType') === 'WEBSOCKET';
}

/** An API with all its parts. Fails with UNRESOLVABLE if nobody can tell how it routes. */
export function readApi(resource: Resource, resources: Resources, targets: FunctionTargets, notices: Notices): Api {
  const apiId = resource.mustBePresent().ref();
  const { environment } = resource.stack;
  const stages = readStages(apiId, resources, notices);
  noteClosedDoors(resource, stages, notices);
  const models = readModels(apiId, resources);
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
    routes: readRoutes({ apiId, environment, stages, resources, targets, notices }, models.names),
    models: models.schemas,
    apiKeys: readApiKeys(apiId, resources, notices),
  };
}

/** Who could not be reached on AWS. */
function noteClosedDoors(resource: Resource, stages: readonly Stage[], notices: Notices): void {
  if (stages.length === 0) {
    notices.add('no-stage', resource.path, 'it has no stage, so nobody can connect to it; add an AWS::ApiGatewayV2::Stage');
  }
  // 1.1.7
  if (!resource.flag(DISABLED)) return;
  for (const { name } of stages.filter(({ mappings }) => mappings.length === 0)) {
    notices.add('default-endpoint-disabled', resource.path, `${DISABLED} is set and no domain leads to the stage ${name}: on AWS nobody can `
      + 'connect to it, here everybody can; add an AWS::ApiGatewayV2::ApiMapping');
  }
}
