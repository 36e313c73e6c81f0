import { AddressBook } from './address-book';
import { ServedStage } from './served-stage';

/** A URL and, so that its mapping key can be told, the path behind it: services may share a domain, each at a port of its own. */
const URL_OF_HOST = /(wss?:\/\/|https?:\/\/)([\w.-]+)(?=(\/[^\s?#"'<>]*)?)/g;

const EXECUTE_API = /(wss?:\/\/|https?:\/\/)?([\w-]+)\.execute-api\.[\w-]+\.amazonaws\.com(?:\.cn)?/g;

/**
 * Rewrites the addresses that this gateway stands for: those of API Gateway (`https://abc123.execute-api.eu-west-1.amazonaws.com/dev`)
 * and of custom domains.
 *
 * @param portOf where a stage is served
 */
export function localhostUrls(stages: readonly ServedStage[], portOf: (served: ServedStage) => number): (text: string) => string {
  const byApi = new Map(stages.map((served) => [served.api.apiId, served]));
  const book = new AddressBook(stages);
  return (text) => text
    .replace(EXECUTE_API, (address, scheme, apiId) => local(address, scheme, byApi.get(apiId)))
    // A name alone may stand for something else.
    .replace(URL_OF_HOST, (address, scheme, host, path = '/') => local(address, scheme, book.atDomain(host, path)));

  function local(address: string, scheme: string | undefined, served: ServedStage | undefined): string {
    return served === undefined ? address : `${scheme === 'wss://' ? 'ws://' : scheme ?? ''}localhost:${portOf(served)}`;
  }
}
