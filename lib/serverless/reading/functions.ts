import type { Configuration } from './configuration';
import { shown } from './configuration';
import { isObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { MutableObject } from './origins';
import { member } from './origins';
import type { ServerlessFunction } from '../service';

/** The functions in the order of the file. */
export function readFunctions(configuration: Configuration, prefix: string): ServerlessFunction[] {
  const value = member(configuration.root, 'functions') ?? {};
  if (!isObject(value)) {
    configuration.fail(['functions'], `"functions" is a map of functions by their names, not ${shown(value)}.`);
  }
  const functions = Object.entries(value).flatMap(([key, config]) => {
    if (config === null) {
      configuration.notice('emptyFunction', ['functions', key], `Function "${key}" is empty, so Serverless leaves it out.`);
      return [];
    } else if (!isObject(config)) {
      configuration.fail(['functions', key], `function "${key}" is a map with "handler" and the like, not ${shown(config)}.`);
    } else if (!/^[a-zA-Z0-9-_]+$/.test(key)) {
      configuration.fail(['functions', key], `a function's key consists of letters, digits, "-" and "_", not ${shown(key)}.`);
    }
    return [readFunction(configuration, key, config, prefix)];
  });
  if (functions.length === 0) {
    configuration.fail(['functions'], 'the file has no functions, so there is nothing to take over.');
  }
  checkStems(configuration, functions);
  return functions;
}

function readFunction(configuration: Configuration, key: string, config: MutableObject, prefix: string): ServerlessFunction {
  const name = member(config, 'name');
  if (name !== undefined && name !== null && typeof name !== 'string' && !isObject(name)) {
    configuration.fail(['functions', key, 'name'], `the name of function "${key}" is a text, not ${shown(name)}.`);
  } else if (isObject(name)) {
    configuration.fail(['functions', key, 'name'],
      `the name of function "${key}" is known only when CloudFormation deploys: ${shown(name)}. Write the name itself.`);
  }
  const { events: _, ...rest } = config;
  const otherEvents = eventsOf(configuration, key).flatMap((event) => Object.keys(event)).filter((kind) => kind !== 'websocket');
  return {
    key,
    logicalStem: logicalIds.functionStem(key),
    functionName: typeof name === 'string' && name !== '' ? name : `${prefix}-${key}`,
    config: rest,
    otherEvents: [...new Set(otherEvents)],
  };
}

/** The events of a function: maps with one key each. */
export function eventsOf(configuration: Configuration, key: string): MutableObject[] {
  const events = member(member(configuration.root.functions, key), 'events');
  if (events === undefined || events === null) {
    return [];
  } else if (!Array.isArray(events)) {
    configuration.fail(['functions', key, 'events'], `"events" of function "${key}" is a list: put "- " before each event.`);
  }
  return events.map((event, index) => {
    if (!isObject(event)) {
      configuration.fail(['functions', key, 'events', index],
        `an event is a map such as "- websocket: $connect", not ${shown(event)}.`);
    }
    return event;
  });
}

/** `my-fn` and `myDashfn` have one logical id: Serverless writes the second over the first. */
function checkStems(configuration: Configuration, functions: readonly ServerlessFunction[]): void {
  const keys = new Map<string, string>();
  for (const { key, logicalStem: stem } of functions) {
    const other = keys.get(stem);
    if (other !== undefined) {
      configuration.fail(['functions', key],
        `functions "${other}" and "${key}" have the same logical id "${stem}LambdaFunction": Serverless deployed only the last one. `
        + 'Rename one.');
    }
    keys.set(stem, key);
  }
}
