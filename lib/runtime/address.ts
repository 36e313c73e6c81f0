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
 * The callback URL of a stage, by default of the current one: what `configure` says, then that of the stage in
 * `WEBSOCKET_CALLBACK_URLS`. Without that variable: `WEBSOCKET_CALLBACK_URL`, unless the event shows that its stage has another one.
 */
export function addressOf(stage: string | undefined): Address {
  const current = currentInvocation();
  const name = stage ?? current?.stage;
  const urls = environmentSetting<Record<string, unknown>>('WEBSOCKET_CALLBACK_URLS');
  const own = name !== undefined && urls?.[name];
  // A client of the user goes where it was told to: `endpoint` says where that is.
  const { endpoint, client } = configuration();
  if (endpoint === undefined && typeof own === 'string') return { endpoint: endpointOf(own), isSure: !client };

  const single = endpoint ?? (urls && name !== undefined ? undefined : process.env.WEBSOCKET_CALLBACK_URL);
  const found = single === undefined ? undefined : endpointOf(single);
  const isOfStage = name !== undefined && found?.path.split('/').pop() === name;
  const isCurrent = name !== undefined && name === current?.stage;
  if (found && (endpoint !== undefined || isOfStage || !isCurrent)) return { endpoint: found, isSure: isOfStage };
  if (isCurrent) {
    const { domainName } = current.event!.requestContext;
    // Behind a custom domain the path is not that of the stage, and no event names it.
    if (found?.hostname === domainName) return { endpoint: found, isSure: false };
    return { endpoint: endpointOf(`https://${domainName}/${name}`), isSure: !client };
  }
  throw runtimeError('NO_ENDPOINT', `the callback URL of ${name === undefined ? 'the stage' : `the stage "${name}"`} is not known: neither `
    + 'WEBSOCKET_CALLBACK_URLS nor WEBSOCKET_CALLBACK_URL has it. Outside of the service: `service.grantPublish(fn)`, or `configure`');
}
