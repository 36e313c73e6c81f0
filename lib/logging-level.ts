/**
 * What API Gateway writes to the execution log of a stage.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export enum WebsocketLoggingLevel {
  /** Nothing. */
  OFF = 'OFF',
  /** Errors. */
  ERROR = 'ERROR',
  /** Errors, and what happens on the way. */
  INFO = 'INFO',
}
