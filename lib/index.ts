export { WebsocketService } from './websocket-service';
export { WebsocketServiceProps } from './service-props';
export { WebsocketRouteOptions } from './route';
export { WebsocketFunctionOptions } from './function';
export {
  WebsocketAuthorizer,
  WebsocketAuthorizerFunctionOptions,
  WebsocketAuthorizerHandlerOptions,
} from './authorizer';
