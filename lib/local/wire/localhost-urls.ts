import { ServedStage } from './served-stage';

/**
 * Rewrites the addresses that this gateway stands for: those of API Gateway (`https://abc123.execute-api.eu-west-1.amazonaws.com/dev`)
 * and of custom domains.
 *
 * @param portOf where a stage is served
 */
export function localhostUrls(stages: readonly ServedStage[], portOf: (served: ServedStage) => number): (text: string) => string {
  const ports = new Map<string, number>();
  for (const served of stages) {
    ports.set(served.api.apiId, portOf(served));
    for (const { domainName } of served.stage.mappings) ports.set(domainName.toLowerCase(), portOf(served));
  }
  return (text) => text
    .replace(/(wss?:\/\/|https?:\/\/)?([\w-]+)\.execute-api\.[\w-]+\.amazonaws\.com(?:\.cn)?/g, (address, scheme, apiId) => local(address, scheme, apiId))
    // A name alone may stand for something else.
    .replace(/(wss?:\/\/|https?:\/\/)([\w.-]+)/g, (address, scheme, host) => local(address, scheme, host));

  function local(address: string, scheme: string | undefined, key: string): string {
    const port = ports.get(key.toLowerCase());
    return port === undefined ? address : `${scheme === 'wss://' ? 'ws://' : scheme ?? ''}localhost:${port}`;
  }
}
