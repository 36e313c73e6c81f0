import { Connection } from './connection';
import { reportRequest } from './request-report';
import { callRoute, RouteOutcome } from './route-call';
import { ServedStage } from './served-stage';
import { Services } from './services';
import { Close, disconnectOf } from '../protocol/close';
import { ConnectionContext, disconnectEvent } from '../protocol/events';
import { newId } from '../protocol/ids';

/** What happens after a connection is over: `$disconnect` (1.5). */
export class Lifecycle {
  private readonly running = new Set<Promise<void>>();

  public constructor(private readonly services: Services) {}

  /** A WebSocket closed, by the code and reason that `ws` tells. */
  public closed(connection: Connection, code: number, reason: string): Promise<void> {
    return this.disconnected(connection.context, connection.served, connection.closing ?? disconnectOf(code, reason));
  }

  public disconnected(context: ConnectionContext, served: ServedStage, close: Close): Promise<void> {
    const run = this.run(context, served, close).finally(() => this.running.delete(run));
    this.running.add(run);
    return run;
  }

  /** When every `$disconnect` that has begun is over. */
  public async settled(): Promise<void> {
    await Promise.all(this.running);
  }

  private async run(context: ConnectionContext, served: ServedStage, close: Close): Promise<void> {
    const time = { requestId: newId(), now: Date.now() };
    const route = served.api.routes.get('$disconnect');
    // 1.5.3: what it returns is of no interest, nor is whether it can run.
    const outcome: RouteOutcome | undefined = route?.integration && await callRoute({
      route,
      context,
      time,
      extra: { eventType: 'DISCONNECT' },
      event: () => disconnectEvent(context, time, { ...close, host: context.domainName }),
      body: '',
    }, this.services);
    reportRequest({
      type: 'disconnect',
      connectionId: context.connectionId,
      requestId: time.requestId,
      served,
      startedAt: time.now,
      routeKey: route?.routeKey,
      integration: route?.integration,
      status: close.code,
      outcome,
    }, this.services);
  }
}
