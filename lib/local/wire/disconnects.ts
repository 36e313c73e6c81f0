import { callRoute, reportRequest, RouteOutcome, Services } from './requests';
import { ServedStage } from './served-stage';
import { ConnectionContext, disconnectEvent, newRequest } from '../protocol/events';
import { Close } from '../protocol/frames';

/** Runs the route `$disconnect` after connections are over (1.5). */
export class Disconnects {
  private readonly running = new Set<Promise<void>>();

  public constructor(private readonly services: Services) {}

  public run(context: ConnectionContext, served: ServedStage, close: Close): Promise<void> {
    const run = this.serve(context, served, close).finally(() => this.running.delete(run));
    this.running.add(run);
    return run;
  }

  /** Resolves when every `$disconnect` that has begun is over. */
  public async settled(): Promise<void> {
    await Promise.all(this.running);
  }

  private async serve(context: ConnectionContext, served: ServedStage, close: Close): Promise<void> {
    const fault = this.services.faults?.ending(context.connectionId);
    const stamp = newRequest();
    if (fault === 'lost') {
      const reason = 'a fault loses $disconnect (docs/faults.md)';
      reportRequest({ type: 'disconnect', connectionId: context.connectionId, stamp, served, status: close.code, reason }, this.services);
      return;
    }
    if (fault) await fault;
    const route = served.api.routes.get('$disconnect');
    // 1.5.3: neither the response nor a failure has an effect.
    const outcome: RouteOutcome | undefined = route?.integration && await callRoute({
      route,
      context,
      stamp,
      extra: { eventType: 'DISCONNECT' },
      event: () => disconnectEvent(context, stamp, { ...close, host: context.domainName }),
      body: '',
    }, this.services);
    reportRequest({
      type: 'disconnect',
      connectionId: context.connectionId,
      stamp,
      served,
      routeKey: route?.routeKey,
      integration: route?.integration,
      status: close.code,
      outcome,
    }, this.services);
  }
}
