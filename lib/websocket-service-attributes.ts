import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { WebsocketConnectionStore } from './connection-store';

/**
 * Attributes of a service that another stack or tool owns.
 *
 * @example
 * WebsocketService.fromAttributes(this, 'Platform', { apiId: 'a1b2c3d4e5', stageName: 'prod', domainName: 'ws.example.com' });
 */
export interface WebsocketServiceAttributes {
  /** The id of the API, 10 letters and digits. */
  readonly apiId: string;

  /** The name of the stage. */
  readonly stageName: string;

  /**
   * The host name of the custom domain of the stage.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html
   * @default - no custom domain: the URLs have the default endpoint (`<api id>.execute-api...`)
   */
  readonly domainName?: string;

  /**
   * The mapping key of the stage at the custom domain.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
   * @default - no mapping key
   */
  readonly mappingKey?: string;

  /**
   * The Region of the API.
   *
   * @default - the one of the stack
   */
  readonly region?: string;

  /**
   * The account of the API.
   *
   * @default - the one of the stack
   */
  readonly account?: string;

  /**
   * The connection store of the service: `WebsocketConnectionStore.table(...)` with its table, and with the `history` and `userFrom` that
   * the service has.
   *
   * @default - not known: `grantPublish` and `WebsocketRoutes` give access to connections only
   */
  readonly connectionStore?: WebsocketConnectionStore;

  /**
   * The function of the service that sends large broadcasts: its child `FanOut`, if it has a `connectionStore`.
   *
   * @default - not known: what one invocation cannot send in time is reported as pending
   */
  readonly fanOutFunction?: lambda.IFunction;
}
