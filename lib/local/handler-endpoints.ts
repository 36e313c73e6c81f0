import type { Notice } from './assembly/local-app';
import type { VariableOverrides } from './environment-file';
import { credentialSource, endpointVariable } from './functions/process-environment';
import type { GatewayOptions } from './gateway-options';

const PREFIX = 'AWS_ENDPOINT_URL_';

/** Services that have their own part of the notice. */
const OWN = /_(?:DYNAMODB|DYNAMODB_STREAMS|LAMBDA|APIGATEWAYMANAGEMENTAPI)$/;

/** Which endpoints of AWS handlers may reach, in one notice: for whoever is about to run them on recorded input. */
export function handlerEndpoints({ dynamodb, lambda }: GatewayOptions, overrides: VariableOverrides, shell: NodeJS.ProcessEnv): Notice {
  const variables = { ...shell, ...overrides.all };
  const named = Object.keys(variables).filter((name) => name.startsWith(PREFIX) && !OWN.test(name)).sort();
  const parts = [
    '@connections: this gateway',
    `Lambda: ${lambda === 'aws' ? elsewhere('LAMBDA', variables) : 'this gateway, for functions of the app'}`,
    `DynamoDB: ${dynamodb === 'aws' ? 'AWS' : dynamodb ?? tables(variables)}`,
    ...named.map((name) => `${name.slice(PREFIX.length)}: ${variables[name]} (${name})`),
    `everything else: ${rest(variables)}`,
  ];
  const ownEndpoints = Object.entries(overrides.functions).flatMap(([fn, own]) => (
    Object.keys(own).filter((name) => name.startsWith('AWS_ENDPOINT_URL')).map((name) => `${name} of ${fn}: ${own[name]}`)));
  return { code: 'handler-endpoints', subject: 'AWS', text: `handlers may reach ${[...parts, ...ownEndpoints].join('; ')}` };
}

/** As for `local`: the gateway starts one for an app with tables. */
function tables(variables: NodeJS.ProcessEnv): string {
  const variable = endpointVariable(`${PREFIX}DYNAMODB`, variables);
  return variable === undefined ? 'new tables in memory, by the gateway, for tables of the app' : `${variables[variable]} (${variable})`;
}

function elsewhere(service: string, variables: NodeJS.ProcessEnv): string {
  const variable = endpointVariable(`${PREFIX}${service}`, variables);
  return variable === undefined ? 'AWS' : `${variables[variable]} (${variable})`;
}

function rest(variables: NodeJS.ProcessEnv): string {
  if (variables.AWS_ENDPOINT_URL) return `${variables.AWS_ENDPOINT_URL} (AWS_ENDPOINT_URL)`;
  const source = credentialSource(variables);
  return source ? `AWS, with ${source.text}: what they write goes to that account` : 'AWS, without credentials, so that calls fail';
}
