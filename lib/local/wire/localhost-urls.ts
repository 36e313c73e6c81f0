import { AddressBook } from './address-book';
import { ServedStage } from './served-stage';

/** A URL and, so that its mapping key can be told, the path behind it: services may share a domain, each at a port of its own. */
const URL_OF_HOST = /(wss?:\/\/|https?:\/\/)([\w.-]+)(?=(\/[^\s?#"'<>\\]*)?)/g;

/** Includes the stage: the stages of an API may have several ports. */
const EXECUTE_API = /(wss?:\/\/|https?:\/\/)?([\w-]+)\.execute-api\.[\w-]+\.amazonaws\.com(?:\.cn)?(?=(?:\/([\w$-]+))?)/g;

/**
 * Rewrites the addresses that this gateway stands for: those of API Gateway (`https://abc123.execute-api.eu-west-1.amazonaws.com/dev`)
 * and of custom domains.
 *
 * @param portOf where a stage is served
 */
export function localhostUrls(stages: readonly ServedStage[], portOf: (served: ServedStage) => number): (text: string) => string {
  const book = new AddressBook(stages);
  return (text) => text
    .replace(EXECUTE_API, (address, scheme, apiId, stage) => local(address, scheme, ofApi(apiId, stage)))
    // A name alone may stand for something else.
    .replace(URL_OF_HOST, (address, scheme, host, path = '/') => local(address, scheme, book.atDomain(host, path)));

  function ofApi(apiId: string, name: string | undefined): ServedStage | undefined {
    const own = stages.filter(({ api }) => api.apiId === apiId);
    return own.find(({ stage }) => stage.name === name) ?? own[0];
  }

  function local(address: string, scheme: string | undefined, served: ServedStage | undefined): string {
    return served === undefined ? address : `${scheme === 'wss://' ? 'ws://' : scheme ?? ''}localhost:${portOf(served)}`;
  }
}
