/**
 * What API Gateway writes to the execution log of a stage or route.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
export enum WebsocketLoggingLevel {
  /** Nothing. */
  OFF = 'OFF',

  /** Requests that failed. */
  ERROR = 'ERROR',

  /** Every request, step by step. Without `dataTraceEnabled`, what is in the messages is left out. */
  INFO = 'INFO',
}
