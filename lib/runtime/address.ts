import { Endpoint, endpointOf } from './aws/transport';
import { configuration, environmentSetting } from './configuration';
import { runtimeError } from './error';
import { currentInvocation } from './invocation';

/** Where the connections of a stage are reached. */
export interface Address {
  readonly endpoint: Endpoint;
  /** Whether it is sure to be that of the stage, so that a 410 says something about the connection. */
  readonly isSure: boolean;
}

/**
 * The callback URL of a stage, without which the current one is meant: what `configure` says, then that of the stage in
 * `WEBSOCKET_CALLBACK_URLS`. Without that variable: `WEBSOCKET_CALLBACK_URL`, unless the event shows that its stage has another one.
 */
export function addressOf(stage: string | undefined): Address {
  const current = currentInvocation();
  const name = stage ?? current?.stage;
  const urls = environmentSetting<Record<string, unknown>>('WEBSOCKET_CALLBACK_URLS');
  const own = name !== undefined && urls?.[name];
  const { endpoint } = configuration();
  if (endpoint === undefined && typeof own === 'string') return { endpoint: endpointOf(own), isSure: true };
  const single = endpoint ?? (urls && name !== undefined ? undefined : process.env.WEBSOCKET_CALLBACK_URL);
  const found = single === undefined ? undefined : endpointOf(single);
  const isOfStage = name !== undefined && found?.path.split('/').pop() === name;
  if (found && (endpoint !== undefined || isOfStage || name !== current?.stage)) return { endpoint: found, isSure: isOfStage };
  if (current && name === current.stage) {
    const { domainName } = current.event.requestContext;
    // Behind a custom domain the path is not that of the stage, and no event names it.
    if (found && found.hostname === domainName) return { endpoint: found, isSure: false };
    return { endpoint: endpointOf(`https://${domainName}/${name}`), isSure: true };
  }
  throw runtimeError('NO_ENDPOINT', `the callback URL of ${name === undefined ? 'the stage' : `the stage "${name}"`} is not known: neither `
    + 'WEBSOCKET_CALLBACK_URLS nor WEBSOCKET_CALLBACK_URL has it. Outside of the service: `service.grantPublish(fn)`, or `configure`');
}
