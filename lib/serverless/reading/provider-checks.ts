import type { Configuration } from './configuration';
import { shown } from './configuration';
import { isObject } from '../json-value';
import type { Mutable, MutableObject, Path } from './origins';
import { member } from './origins';

/** Keys of an old plugin, and what Serverless calls them. */
const OLD_KEYS: Readonly<Record<string, string>> = {
  websocketApiName: 'websocketsApiName',
  websocketApiRouteSelectionExpression: 'websocketsApiRouteSelectionExpression',
  websocketDescription: 'websocketsDescription',
};
const TEXTS = ['websocketsApiName', 'websocketsApiRouteSelectionExpression', 'websocketsDescription', 'region', 'stackName'];
const LOG_SWITCHES = ['accessLogging', 'executionLogging', 'fullExecutionData'];

/** Checks what the provider says about websockets. */
export function checkProvider(configuration: Configuration, provider: MutableObject): void {
  for (const key of Object.keys(OLD_KEYS).filter((each) => member(provider, each) !== undefined)) {
    if (configuration.root.configValidationMode === 'error') {
      configuration.unknownKey(['provider', key], '"provider"', OLD_KEYS[key]);
    }
    configuration.notice('oldKey', ['provider', key], `"${key}" was the key of an old plugin; Serverless does nothing with it. `
      + `Its own key is "${OLD_KEYS[key]}", which would change what is deployed.`);
  }
  for (const key of TEXTS) {
    const value = member(provider, key) ?? null;
    if (value !== null && typeof value !== 'string') {
      configuration.fail(['provider', key], `"provider.${key}" is a text, not ${shown(value)}.`);
    }
  }
  checkSelection(configuration, provider);
  checkLogs(configuration, member(member(provider, 'logs'), 'websocket'));
  checkSharedApi(configuration, provider);
}

/** API Gateway takes `$request.body.<path>` and `${request.body.<path>}`, and texts made of the latter. */
function checkSelection(configuration: Configuration, provider: MutableObject): void {
  const key = 'websocketsApiRouteSelectionExpression';
  const expression = member(provider, key);
  if (typeof expression === 'string' && !/\$\{?(?:request|context|stageVariables)\b/.test(expression)) {
    configuration.notice('selectionExpression', ['provider', key],
      `"${expression}" selects no route by what a client sends; an expression is such as "$request.body.action".`);
  }
}

function checkLogs(configuration: Configuration, logs: unknown): void {
  const path: Path = ['provider', 'logs', 'websocket'];
  if (logs === undefined || logs === null || typeof logs === 'boolean') {
    return;
  } else if (!isObject(logs as MutableObject)) {
    configuration.fail(path, `"provider.logs.websocket" is true, false or a map, not ${shown(logs as MutableObject)}.`);
  }
  configuration.checkKeys(logs as MutableObject, [...LOG_SWITCHES, 'format', 'level'], path, 'the logs of websockets');
  for (const [key, value] of Object.entries(logs as MutableObject)) {
    if (value === null) {
      continue;
    } else if (LOG_SWITCHES.includes(key) && typeof value !== 'boolean') {
      configuration.fail([...path, key], `"${key}" is true or false, not ${shown(value)}.`);
    } else if (key === 'format' && typeof value !== 'string') {
      configuration.fail([...path, key], `"format" is a text, not ${shown(value)}.`);
    } else if (key === 'level' && value !== 'INFO' && value !== 'ERROR') {
      configuration.fail([...path, key], `"level" is "INFO" or "ERROR", not ${shown(value)}.`);
    }
  }
}

function checkSharedApi(configuration: Configuration, provider: MutableObject): void {
  const id = member(member(provider, 'apiGateway'), 'websocketApiId') ?? null;
  if (id === null) {
    return;
  } else if (id === '' || (typeof id !== 'string' && !isIntrinsic(id))) {
    configuration.fail(['provider', 'apiGateway', 'websocketApiId'],
      `"websocketApiId" is the id of an API, or a function of CloudFormation, not ${shown(id)}.`);
  }
  const logs = member(member(provider, 'logs'), 'websocket') ?? false;
  if (logs !== false) {
    configuration.notice('ignoredKey', ['provider', 'logs', 'websocket'],
      'Serverless does nothing with "logs.websocket" beside "websocketApiId": the stage belongs to the other service.');
  }
}

function isIntrinsic(value: Mutable): boolean {
  const names = isObject(value) ? Object.keys(value) : [];
  return names.length === 1 && /^(?:Ref|Fn::\w+)$/.test(names[0]);
}
