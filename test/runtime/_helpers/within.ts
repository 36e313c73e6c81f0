import type { WebsocketMessageEvent } from '../../../lib/runtime/events';
import { runInvocation } from '../../../lib/runtime/invocation';

/** Runs `fn` as an invocation that ends so many milliseconds from now. */
export async function within<T>(milliseconds: number, fn: () => Promise<T>, context: object = {}): Promise<T> {
  const event = {
    requestContext: {
      eventType: 'MESSAGE',
      routeKey: '$default',
      connectionId: 'me=',
      stage: 'dev',
      domainName: 'abc.execute-api.eu-west-1.amazonaws.com',
      connectedAt: Date.now() - 60_000,
      requestId: 'r',
      identity: { sourceIp: '1.2.3.4' },
      ...context,
    },
    isBase64Encoded: false,
  } as unknown as WebsocketMessageEvent;
  const lambda = { getRemainingTimeInMillis: () => milliseconds + 500 };
  return runInvocation(event, lambda as unknown as Parameters<typeof runInvocation>[1], fn);
}
