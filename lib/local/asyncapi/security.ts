import { Names } from './names';
import type { Api, Route } from '../assembly/local-app';

type JsonObject = Readonly<Record<string, unknown>>;

/** One of the values that a handshake must have. */
export interface SecurityPart {
  readonly name: string;
  readonly scheme: JsonObject;
}

interface Parameter {
  readonly in: 'header' | 'query';
  readonly name: string;
}

const PARAMETER = /^route\.request\.(header|querystring)\.(.+)$/;

/** With the other expression, the authorizer names the key, not the client (3.13). */
const KEY_IN_HEADER = '$request.header.x-api-key';

/** What the authorizer and the API key ask of a handshake, and all that a handshake must have. */
export function security(
  api: Api, connect: Route | undefined,
): { readonly schemes: readonly SecurityPart[]; readonly binding?: JsonObject } {
  const authorization = connect?.authorization;
  const identity = parameters(authorization?.type === 'CUSTOM' ? authorization.authorizer.identitySource : []);
  const keys: Parameter[] = connect?.apiKeyRequired && api.apiKeySelectionExpression === KEY_IN_HEADER
    ? [{ in: 'header', name: 'x-api-key' }] : [];
  const needed = [...identity, ...keys];
  // An item of `security` is enough for AsyncAPI, which has no way to say that all of them are needed.
  const together = needed.length > 1 ? ` All of these are needed: ${needed.map(({ name }) => name).join(', ')}.` : '';
  const names = new Names(['iam']);
  const schemes = needed.map((parameter) => ({
    name: names.of(`${parameter.in}-${parameter.name}`),
    scheme: {
      type: 'httpApiKey',
      in: parameter.in,
      name: parameter.name,
      description: `${keys.includes(parameter) ? 'An API key.' : 'What the authorizer reads.'}${together}`,
    },
  }));
  const iam = {
    name: 'iam',
    scheme: {
      'type': 'httpApiKey',
      'in': 'header',
      'name': 'Authorization',
      'description': 'AWS Signature Version 4.',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    },
  };
  return {
    schemes: authorization?.type === 'AWS_IAM' ? [iam, ...schemes] : schemes,
    binding: binding([...needed, ...parameters(connect?.requiredParameters ?? [])]),
  };
}

function parameters(sources: readonly string[]): Parameter[] {
  return sources.flatMap((source) => {
    const [, kind, name] = PARAMETER.exec(source) ?? [];
    return kind ? [{ in: kind === 'header' ? 'header' : 'query', name }] : [];
  });
}

/** @see https://github.com/asyncapi/bindings/tree/master/websockets */
function binding(needed: readonly Parameter[]): JsonObject | undefined {
  if (needed.length === 0) return undefined;
  const schema = (kind: Parameter['in']): JsonObject | undefined => {
    const names = [...new Set(needed.filter((parameter) => parameter.in === kind).map(({ name }) => name))];
    return names.length === 0 ? undefined : {
      type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    };
  };
  const [query, headers] = [schema('query'), schema('header')];
  return { method: 'GET', ...query && { query }, ...headers && { headers }, bindingVersion: '0.1.0' };
}
