/**
 * The quotas of a WebSocket API that AWS does not raise, in the units of their names.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const LIMITS = {
  /** 7.2.1: one frame from the client. */
  frameBytes: 32_768,
  /** 7.2.1, 6.11: one message, either way. */
  messageBytes: 131_072,
  /** 7.2.2: without a message either way. */
  idleMs: 600_000,
  /** 7.2.3: a connection in all. */
  durationMs: 7_200_000,
  /** 4.4.5: the longest that an integration may be given, and its default. */
  integrationTimeoutMs: 29_000,
  /** 1.1.8: characters of path and query string. */
  urlLength: 4_096,
  /** 3.7: what an authorizer returns. */
  authorizerResultBytes: 8_192,
} as const;
