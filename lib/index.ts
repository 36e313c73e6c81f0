export { WebsocketService } from './websocket-service';
export type { WebsocketServiceProps } from './service-props';
export type { WebsocketRouteOptions } from './route';
export type { WebsocketFunctionOptions } from './function';
export { WebsocketAuthorizer } from './authorizer';
export type { WebsocketAuthorizerFunctionOptions, WebsocketAuthorizerHandlerOptions } from './authorizer';
