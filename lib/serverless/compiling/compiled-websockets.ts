import { createHash } from 'node:crypto';
import { addAccountRole } from './account-role';
import type { Compilation } from './compilation';
import { invocationUri, routeDependencies, websocketEvents, type EventAuthorizer, type WebsocketEvent } from './compiled-websocket-events';
import { defined, isObject, objectAt, type OpenObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { Json } from '../template';

/** Everything that `websocket` events make, in the order of Serverless: the id of the deployment depends on it. */
export function addWebsockets(compilation: Compilation): void {
  const events = websocketEvents(compilation);
  if (events.length === 0) return;
  const isShared = Boolean(objectAt(compilation.provider, 'apiGateway').websocketApiId);
  if (!isShared) addApi(compilation);
  events.forEach((event) => addIntegration(compilation, event));
  events.forEach((event) => addRouteResponse(compilation, event));
  events.forEach(({ authorizer }) => authorizer && addAuthorizer(compilation, authorizer));
  events.forEach((event) => addPermissions(compilation, event));
  events.forEach((event) => addRoute(compilation, event));
  if (!isShared) addStage(compilation);
  addDeployment(compilation, events, isShared);
}

function addApi(compilation: Compilation): void {
  const { provider, service, isOsls, roleStatements } = compilation;
  const { websocketsApiName: name } = provider;
  const isTagged = provider.tags && (isOsls || objectAt(provider, 'websocket').useProviderTags);
  compilation.put(logicalIds.websocketsApi, {
    Type: 'AWS::ApiGatewayV2::Api',
    Properties: defined({
      Name: typeof name === 'string' && name !== '' ? name : `${service.stage}-${service.name}-websockets`,
      RouteSelectionExpression: provider.websocketsApiRouteSelectionExpression || '$request.body.action',
      Description: description(compilation),
      ProtocolType: 'WEBSOCKET',
      Tags: isTagged ? { ...objectAt(provider, 'tags') } : undefined,
    }),
  });
  roleStatements?.push({
    Effect: 'Allow',
    Action: ['execute-api:ManageConnections'],
    Resource: [{ 'Fn::Sub': 'arn:${AWS::Partition}:execute-api:*:*:*/@connections/*' }],
  });
}

function addIntegration(compilation: Compilation, { functionKey }: WebsocketEvent): void {
  compilation.put(logicalIds.integrationId(functionKey), defined({
    Type: 'AWS::ApiGatewayV2::Integration',
    DependsOn: compilation.aliases.get(functionKey)?.logicalId,
    Properties: {
      ApiId: apiId(compilation), IntegrationType: 'AWS_PROXY', IntegrationUri: invocationUri(compilation.functionArn(functionKey)),
    },
  }));
}

function addRouteResponse(compilation: Compilation, { routeKey, responseExpression }: WebsocketEvent): void {
  if (!responseExpression) return;
  compilation.resources[logicalIds.routeResponseId(routeKey)] = {
    Type: 'AWS::ApiGatewayV2::RouteResponse',
    Properties: { ApiId: apiId(compilation), RouteId: { Ref: logicalIds.routeId(routeKey) }, RouteResponseKey: '$default' },
  };
}

function addAuthorizer(compilation: Compilation, { name, uri, identitySource }: EventAuthorizer): void {
  compilation.put(logicalIds.authorizerId(name), defined({
    Type: 'AWS::ApiGatewayV2::Authorizer',
    DependsOn: compilation.aliases.get(name)?.logicalId,
    Properties: {
      ApiId: apiId(compilation), Name: name, AuthorizerType: 'REQUEST', AuthorizerUri: uri, IdentitySource: identitySource,
    },
  }));
}

function addPermissions(compilation: Compilation, { functionKey, authorizer }: WebsocketEvent): void {
  const functionId = logicalIds.lambdaFunctionId(functionKey);
  addPermission(compilation, functionKey, compilation.functionArn(functionKey), [
    ...apiDependency(compilation), compilation.aliases.get(functionKey)?.logicalId ?? functionId,
  ]);
  if (authorizer === undefined) return;
  const { name, arn } = authorizer;
  if (arn === undefined) {
    const alias = compilation.aliases.get(name);
    addPermission(compilation, name, compilation.functionArn(name), [
      ...apiDependency(compilation), logicalIds.lambdaFunctionId(name), ...(alias === undefined ? [] : [alias.logicalId]),
    ], true);
  } else {
    addPermission(compilation, name, arn, apiDependency(compilation), true);
  }
}

/** The order of the keys shows in the id of the deployment. */
function addPermission(compilation: Compilation, key: string, functionName: Json, dependsOn: Json[], isAuthorizer = false): void {
  const granted = { Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' };
  compilation.put(logicalIds.permissionId(key), {
    Type: 'AWS::Lambda::Permission',
    DependsOn: dependsOn,
    Properties: isAuthorizer ? { ...granted, FunctionName: functionName } : { FunctionName: functionName, ...granted },
  });
}

function addRoute(compilation: Compilation, { functionKey, routeKey, responseExpression, authorizer }: WebsocketEvent): void {
  compilation.put(logicalIds.routeId(routeKey), {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: defined({
      ApiId: apiId(compilation),
      RouteKey: routeKey,
      AuthorizationType: authorizer === undefined ? 'NONE' : 'CUSTOM',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: logicalIds.integrationId(functionKey) }]] },
      RouteResponseSelectionExpression: responseExpression,
      AuthorizerId: authorizer && { Ref: logicalIds.authorizerId(authorizer.name) },
    }),
  });
}

const ACCESS_LOG_FORMAT = '$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] '
  + '"$context.eventType $context.routeKey $context.connectionId" $context.requestId';

function addStage(compilation: Compilation): void {
  const { provider, service } = compilation;
  const logs = objectAt(provider, 'logs').websocket;
  const options = isObject(logs) ? logs : {};
  const isOn = (name: string) => options[name] ?? true;
  compilation.resources[logicalIds.websocketsStage] = {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: defined({
      ApiId: apiId(compilation),
      StageName: service.stage,
      Description: description(compilation),
      DefaultRouteSettings: logs ? {
        DataTraceEnabled: isOn('fullExecutionData'), LoggingLevel: isOn('executionLogging') ? options.level || 'INFO' : 'OFF',
      } : undefined,
      AccessLogSettings: logs && isOn('accessLogging') ? {
        DestinationArn: {
          'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${${logicalIds.websocketsLogGroup}}`,
        },
        Format: options.format || ACCESS_LOG_FORMAT,
      } : undefined,
    }),
  };
  if (!logs) return;
  compilation.resources[logicalIds.websocketsLogGroup] = compilation.logGroup(`/aws/websocket/${compilation.prefix}`);
  addAccountRole(compilation);
}

function addDeployment(compilation: Compilation, events: readonly WebsocketEvent[], isShared: boolean): void {
  const { resources, service } = compilation;
  const deploymentId = logicalIds.deploymentId(deploymentHash(resources));
  compilation.put(deploymentId, {
    Type: 'AWS::ApiGatewayV2::Deployment',
    DependsOn: events.flatMap(routeDependencies),
    Properties: defined({
      ApiId: apiId(compilation), Description: description(compilation), StageName: isShared ? service.stage : undefined,
    }),
  });
  compilation.outputs[logicalIds.serviceEndpoint] = {
    Description: 'URL of the service endpoint',
    Value: {
      'Fn::Join': ['', [
        'wss://', apiId(compilation), '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, `/${service.stage}`,
      ]],
    },
  };
  const stage = resources[logicalIds.websocketsStage];
  if (stage !== undefined) stage.Properties = { ...objectAt(stage, 'Properties'), DeploymentId: { Ref: deploymentId } };
}

/** Of the API and of what names it, as far as Serverless itself made it: `resources:` is merged later, so that it never redeploys. */
function deploymentHash(resources: Readonly<Record<string, OpenObject>>): string {
  const api = logicalIds.websocketsApi;
  const part = Object.entries(resources).filter(([logicalId, resource]) => {
    const owner = objectAt(objectAt(resource, 'Properties'), 'ApiId').Ref;
    return logicalId === api || owner === api || (Array.isArray(resource.DependsOn) && resource.DependsOn.includes(api));
  });
  return createHash('sha256').update(JSON.stringify(Object.fromEntries(part))).digest('base64');
}

/** A new object each time, unless the service has the API of another one. */
function apiId({ provider }: Compilation): Json {
  return objectAt(provider, 'apiGateway').websocketApiId || { Ref: logicalIds.websocketsApi };
}

function apiDependency(compilation: Compilation): Json[] {
  const id = apiId(compilation);
  return isObject(id) && id.Ref ? [id.Ref] : [];
}

function description({ provider }: Compilation): Json {
  return provider.websocketsDescription || 'Serverless Websockets';
}
