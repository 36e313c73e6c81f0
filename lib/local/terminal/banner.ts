import { routeLines } from './route-rows';
import type { Served, ServedApi } from './served';
import { domainLines, wscatLine } from './wscat-line';

/** What a developer reads first: per API the URLs, a command that connects, and the routes. */
export function banner(served: Served): string {
  const apis = served.apis.map((api) => apiText(api, served)).join('\n');
  return `\n${apis}\nCtrl-C stops it.\n\n`;
}

function apiText({ api, stages }: ServedApi, { functions }: Served): string {
  const addresses = stages.flatMap(({ stage, url, callbackUrl }) => [
    `  url       ${url}`,
    `  callback  ${callbackUrl}`,
    `  connect   ${wscatLine(api, stage, url)}`,
    ...domainLines(api, stage, url).flatMap((domain) => [`  domain    ${domain.url}`, `  connect   ${domain.connect}`]),
  ]);
  return [`${api.name} (${api.stack}, ${api.logicalId})`, ...addresses, '', ...routeLines(api, functions), ''].join('\n');
}
