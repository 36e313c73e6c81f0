import { parse } from 'yaml';
import { mergedList } from '../../lib/serverless/compiling/compilation';
import { logicalIds } from '../../lib/serverless/logical-ids';
import type { ServerlessFunction, ServerlessService } from '../../lib/serverless/service';
import type { Json, JsonObject, Template } from '../../lib/serverless/template';

/** The service of a text without variables, as the reader would give it: for tests of what is made of it. */
export function serviceOf(text: string): ServerlessService {
  return serviceOfConfig(configOf(text));
}

export function configOf(text: string): JsonObject {
  return coerced(parse(text, { merge: true }) as JsonObject);
}

export function serviceOfConfig(config: JsonObject): ServerlessService {
  const provider = config.provider as JsonObject;
  const stage = String(provider.stage ?? 'dev');
  const declared = Object.entries(mergedList(config.functions, 'osls') as Record<string, JsonObject>);
  const functions = declared.map(([key, { events, ...rest }]): ServerlessFunction => ({
    key,
    logicalStem: logicalIds.functionStem(key),
    functionName: String(rest.name ?? `${String(config.service)}-${stage}-${key}`),
    config: rest,
    otherEvents: [],
  }));
  return {
    file: '/app/serverless.yml',
    folder: '/app',
    name: String(config.service),
    stage,
    region: String(provider.region ?? 'us-east-1'),
    config,
    provider,
    functions,
    routes: [],
    notices: [],
    uncovered: [],
    position: (path) => ({ file: '/app/serverless.yml', line: path.length, column: 1 }),
  };
}

/** Without what depends on artifacts and on the time. */
export function comparable(template: Template): Template {
  const text = JSON.stringify(template).replace(/LambdaVersion[0-9A-Za-z]{36,44}(?=")/g, 'LambdaVersion-hash');
  return JSON.parse(text, (name, value: Json) => name === 'S3Key' || name === 'CodeSha256' ? `a ${name}` : value) as Template;
}

/** The two places of the schema that the golden files rely on. */
function coerced(config: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(config), (name, value: Json) => {
    if (name === 'websocket' && typeof value === 'number') return String(value);
    return name === 'identitySource' && typeof value === 'string' ? [value] : value;
  }) as JsonObject;
}
