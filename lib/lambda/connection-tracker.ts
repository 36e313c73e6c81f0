import { handler as selectSubprotocol } from './subprotocol-echo';
import { tracked } from '../runtime/tracked';

interface LifecycleEvent {
  readonly requestContext: { readonly eventType: string };
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Keeps the connection store for a service whose route map lacks `$connect` or `$disconnect`. */
export const handler = tracked(async (event: LifecycleEvent): Promise<object> => (
  process.env.SUBPROTOCOL && event.requestContext.eventType === 'CONNECT' ? selectSubprotocol(event) : { statusCode: 200 }));
