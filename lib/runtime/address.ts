import { Endpoint, endpointOf } from './aws/endpoint';
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
  const here = current?.stage === name ? current?.event?.requestContext : undefined;
  const urls = environmentSetting<Record<string, unknown>>('WEBSOCKET_CALLBACK_URLS');
  const { endpoint: given, client } = configuration();
  const own = name !== undefined && urls?.[name];

  const url = given ?? (typeof own === 'string' ? own : urls && name !== undefined ? undefined : process.env.WEBSOCKET_CALLBACK_URL);
  const endpoint = url ? endpointOf(url) : undefined;
  const isOfStage = url === own || endpoint?.path.split('/').pop() === name;
  // Behind a custom domain the path is not that of the stage, and no event names it.
  if (endpoint && (given !== undefined || isOfStage || !here || endpoint.hostname === here.domainName)) {
    // A client of the user goes where it was told to: `endpoint` says where that is.
    return { endpoint, isSure: isOfStage && (given !== undefined || !client) };
  }
  if (here) return { endpoint: endpointOf(`https://${here.domainName}/${name}`), isSure: !client };
  const what = name === undefined ? '' : ` of the stage "${name}"`;
  throw runtimeError('NO_ENDPOINT', `neither WEBSOCKET_CALLBACK_URLS nor WEBSOCKET_CALLBACK_URL has the callback URL${what}. Outside of `
    + 'the service: `service.grantPublish(fn)`, or `configure`');
}
