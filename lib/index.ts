// Service: README.md
export { WebsocketService } from './websocket-service';
export type { WebsocketServiceProps } from './service-props';
export type { IWebsocketService } from './websocket-service-base';
export type { WebsocketServiceAttributes } from './websocket-service-attributes';
export type { WebsocketFunctionOptions } from './function';
export type { WebsocketNamedFunction } from './named-function';

// Serverless Framework: docs/migration.md
export { ServerlessStack } from './serverless-stack';
export { ServerlessPackaging, ServerlessWebsocketService } from './serverless-websocket-service';
export type { ServerlessWebsocketServiceProps } from './serverless-websocket-service';
export { ServiceNaming } from './service-naming';
export type { ServerlessNamingOptions } from './service-naming';
export { TemplateFragment } from './template-fragment';
export type { TemplateFragmentProps } from './template-fragment';

// Connection store: docs/store.md
export { WebsocketConnectionStore } from './connection-store';
export type { WebsocketConnectionStoreOptions, WebsocketDynamoDbStoreOptions, WebsocketHistoryOptions } from './connection-store-options';

// Routes: docs/functions.md
export type { WebsocketServiceRoute } from './route';
export type { WebsocketRouteFunction } from './function';
export { WebsocketRoutes } from './websocket-routes';
export type { WebsocketRoutesProps } from './websocket-routes';
export { WebsocketModel } from './model';
export type { WebsocketModelOptions } from './model';

// Authorizers: docs/auth.md
export { ConnectAuthorizer } from './authorizer';
export type { WebsocketAuthorizerFunctionOptions, WebsocketAuthorizerHandlerOptions } from './authorizer';
export type { WebsocketJwtAuthorizerOptions } from './jwt-authorizer';
export type { WebsocketCognitoAuthorizerOptions } from './cognito-authorizer';
export { WebsocketCognitoTokenUse } from './cognito-authorizer';
export { WebsocketTokenSource } from './token-source';

// Integrations: docs/integrations.md
export { RouteIntegration } from './route-integration';
export type { WebsocketIntegrationResponse } from './integrations/integration-options';
export type { WebsocketSqsIntegrationOptions } from './integrations/sqs';
export type { WebsocketSnsIntegrationOptions } from './integrations/sns';
export type { WebsocketEventBridgeIntegrationOptions } from './integrations/event-bridge';
export type { WebsocketStepFunctionsIntegrationOptions } from './integrations/step-functions';
export type { WebsocketDynamoDbPutIntegrationOptions } from './integrations/dynamo-db';
export type { WebsocketKinesisIntegrationOptions } from './integrations/kinesis';
export type { WebsocketAwsIntegrationOptions } from './integrations/aws';
export type { WebsocketLambdaAliasIntegrationOptions, WebsocketLambdaIntegrationOptions } from './integrations/lambda';
export type { WebsocketHttpIntegrationOptions, WebsocketHttpProxyIntegrationOptions } from './integrations/http';
export type { WebsocketMockIntegrationOptions } from './integrations/mock';

// Stages and domain: docs/stages.md
export type { WebsocketStageOptions } from './stage';
export type { WebsocketDomainOptions } from './domain';
export { WebsocketLoggingLevel } from './route-settings';
export type { WebsocketAccessLogOptions } from './access-log';
export { WebsocketAccessLogFormat } from './access-log-format';

// Observability: docs/observability.md
export { WebsocketAlarms } from './alarms';
export type { WebsocketAlarmsProps, WebsocketAlarmSettings } from './alarm-options';
export { WebsocketDashboard } from './dashboard';
export type { WebsocketDashboardProps } from './dashboard';
