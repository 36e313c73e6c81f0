export { WebsocketService } from './websocket-service';
export type { WebsocketServiceProps } from './service-props';
export { WebsocketRoutes } from './websocket-routes';
export type { WebsocketRoutesProps } from './websocket-routes';
export { WebsocketServiceBase } from './websocket-service-base';
export type { IWebsocketService } from './websocket-service-base';
export type { WebsocketServiceAttributes } from './websocket-service-attributes';
export type { WebsocketRouteMap } from './route-map';
export type { WebsocketServiceRoute } from './route';
export type { WebsocketRouteSettings } from './route-settings';
export type { WebsocketRouteModelOptions } from './route-models';
export { WebsocketModel } from './model';
export type { WebsocketModelOptions } from './model';
export type { WebsocketFunctionOptions, WebsocketRouteFunction } from './function';
export type { WebsocketStageOptions } from './stage';
export type { WebsocketDomainOptions } from './domain';
export type { WebsocketAccessLogOptions } from './access-log';
export { WebsocketAccessLogFormat } from './access-log-format';
export { WebsocketLoggingLevel } from './logging-level';
export { ConnectAuthorizer } from './authorizer';
export type { WebsocketAuthorizerFunctionOptions, WebsocketAuthorizerHandlerOptions } from './authorizer';
export type { WebsocketTokenAuthorizerOptions } from './token-authorizer';
export type { WebsocketJwtAuthorizerOptions } from './jwt-authorizer';
export { WebsocketCognitoTokenUse } from './cognito-authorizer';
export type { WebsocketCognitoAuthorizerOptions } from './cognito-authorizer';
export { WebsocketTokenSource } from './token-source';
export { RouteIntegration } from './integration';
export type {
  WebsocketIntegrationBaseOptions,
  WebsocketIntegrationOptions,
  WebsocketIntegrationResponse,
  WebsocketServiceIntegrationOptions,
} from './integration-options';
export type {
  WebsocketAwsIntegrationOptions,
  WebsocketDynamoDbPutIntegrationOptions,
  WebsocketEventBridgeIntegrationOptions,
  WebsocketKinesisIntegrationOptions,
  WebsocketSnsIntegrationOptions,
  WebsocketSqsIntegrationOptions,
  WebsocketStepFunctionsIntegrationOptions,
} from './service-integration-options';
export type {
  WebsocketHttpIntegrationOptions,
  WebsocketHttpProxyIntegrationOptions,
  WebsocketLambdaAliasIntegrationOptions,
  WebsocketLambdaIntegrationOptions,
  WebsocketMockIntegrationOptions,
  WebsocketPingIntegrationOptions,
} from './backend-integration-options';
export { WebsocketAlarms } from './alarms';
export type {
  WebsocketAlarmEvaluation,
  WebsocketAlarmOptions,
  WebsocketAlarmSettings,
  WebsocketAlarmsProps,
  WebsocketErrorAlarmSettings,
} from './alarm-options';
export { WebsocketDashboard } from './dashboard';
export type { WebsocketDashboardOptions, WebsocketDashboardProps } from './dashboard';
