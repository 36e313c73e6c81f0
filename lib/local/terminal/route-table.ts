import { routeLines } from './route-rows';
import type { Api, LocalApp } from '../assembly/model';

/** An API as text: its URLs on AWS, and a row for each route. */
export function routeTable(api: Api, functions: LocalApp['functions']): string {
  return [`${api.name} (${api.stack}, ${api.logicalId})`, ...addresses(api), '', ...routeLines(api, functions)].join('\n');
}

/** What only a deployment knows is in angle brackets. A custom domain comes first: clients are to connect there. */
function addresses({ stages, logicalId, region, partition, disableExecuteApiEndpoint }: Api): string[] {
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return stages.flatMap(({ name, mappings }) => [
    ...mappings.map(({ domainName, mappingKey }) => (mappingKey ? `${domainName}/${mappingKey}` : domainName)),
    ...disableExecuteApiEndpoint ? [] : [`<${logicalId}>.execute-api.${region}.${suffix}/${name}`],
  ]).flatMap((address) => [`  url       wss://${address}`, `  callback  https://${address}`]);
}
