import type { Configuration } from './configuration';
import { isObject } from '../json-value';
import { member, setMember } from './origins';
import type { Mutable, Path } from './origins';

/** What a path of the schema of Serverless makes of a value; `*` stands for each key. */
type Kind = 'text' | 'number' | 'boolean' | 'list' | 'resource';

const FUNCTION: ReadonlyArray<[string, Kind]> = [
  ['handler', 'text'], ['name', 'text'], ['description', 'text'], ['runtime', 'text'], ['memorySize', 'number'], ['timeout', 'number'],
  ['reservedConcurrency', 'number'], ['provisionedConcurrency', 'number'], ['ephemeralStorageSize', 'number'],
  ['logRetentionInDays', 'number'], ['versionFunction', 'boolean'], ['disableLogs', 'boolean'], ['snapStart', 'boolean'],
  ['environment.*', 'text'], ['tags.*', 'text'], ['layers', 'list'], ['dependsOn', 'list'], ['condition', 'text'],
  ['vpc.securityGroupIds', 'list'], ['vpc.subnetIds', 'list'], ['architecture', 'text'],
];

const PROVIDER: ReadonlyArray<[string, Kind]> = [
  ...[
    'stage', 'region', 'stackName', 'websocketsApiName', 'websocketsApiRouteSelectionExpression', 'websocketsDescription', 'runtime',
    'apiGateway.websocketApiId', 'logs.websocket.format', 'logs.websocket.level', 'environment.*', 'tags.*', 'stackTags.*', 'architecture',
  ].map((path): [string, Kind] => [path, 'text']),
  ...[
    'versionFunctions', 'websocket.useProviderTags', 'logs.websocket', 'logs.websocket.accessLogging', 'logs.websocket.executionLogging',
    'logs.websocket.fullExecutionData', 'logs.frameworkLambda', 'logs.restApi.roleManagedExternally', 'tracing.lambda',
  ].map((path): [string, Kind] => [path, 'boolean']),
  ['memorySize', 'number'], ['timeout', 'number'], ['logRetentionInDays', 'number'], ['layers', 'list'], ['vpc.securityGroupIds', 'list'],
  ['vpc.subnetIds', 'list'],
];

const EVENT: ReadonlyArray<[string, Kind]> = [
  ['websocket', 'text'], ['websocket.route', 'text'], ['websocket.authorizer', 'text'], ['websocket.authorizer.identitySource', 'list'],
];

const STATEMENT: ReadonlyArray<[string, Kind]> = [
  ['Action', 'list'], ['NotAction', 'list'], ['Resource', 'resource'], ['NotResource', 'resource'],
];

/** Gives values the types of the schema of Serverless, which turns `"512"` into 512 and 5 into `"5"`. Others stay as they are. */
export function coerceConfiguration({ root }: Configuration): void {
  PROVIDER.forEach(([path, kind]) => coerceAt(root, ['provider', ...path.split('.')], kind));
  FUNCTION.forEach(([path, kind]) => coerceAt(root, ['functions', '*', ...path.split('.')], kind));
  EVENT.forEach(([path, kind]) => coerceAt(root, ['functions', '*', 'events', '*', ...path.split('.')], kind));
  for (const statements of [['iamRoleStatements'], ['iam', 'role', 'statements']]) {
    STATEMENT.forEach(([name, kind]) => coerceAt(root, ['provider', ...statements, '*', name], kind));
  }
}

function coerceAt(value: Mutable | undefined, [key, ...rest]: Path, kind: Kind): void {
  if (Array.isArray(value) && key === '*' && rest.length > 0) {
    value.forEach((each) => coerceAt(each, rest, kind));
    return;
  } else if (!isObject(value)) {
    return;
  }
  for (const each of key === '*' ? Object.keys(value) : [key]) {
    const found = member(value, each);
    if (rest.length > 0) {
      coerceAt(found, rest, kind);
    } else if (found !== undefined && found !== null) {
      setMember(value, each, coerced(found, kind));
    }
  }
}

function coerced(value: Mutable, kind: Kind): Mutable {
  if (kind === 'list') {
    return typeof value === 'object' ? value : [value];
  }
  const [only] = Array.isArray(value) && value.length === 1 ? value : [value];
  if (only === null || typeof only === 'object') {
    return value;
  } else if (kind === 'resource') {
    return only === '*' ? value : only;
  } else if (kind === 'text') {
    return String(only);
  } else if (kind === 'number') {
    return typeof only === 'boolean' ? Number(only) : typeof only === 'string' && only.trim() !== '' && Number.isFinite(Number(only))
      ? Number(only) : only;
  }
  return only === 'true' || only === 1 ? true : only === 'false' || only === 0 ? false : only;
}
