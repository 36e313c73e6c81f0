import { Fault } from '../problem';

/** A quota of API Gateway that can be raised on request; beyond it a deployment fails halfway. */
const ROUTE_LIMIT = 300;

/**
 * What is wrong with a number of routes, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export function routeCountFault(count: number): Fault | undefined {
  if (count === 0) {
    return { reason: 'routes are not enough', remedy: "declare one, for example { $default: { handler: 'src/messages.fallback' } }" };
  }
  if (count <= ROUTE_LIMIT) return undefined;
  return {
    reason: `routes are more than the ${ROUTE_LIMIT} that API Gateway takes for one API`,
    remedy: 'let one route serve several kinds of messages, or make a second service',
  };
}
