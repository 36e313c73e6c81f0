import * as path from 'node:path';
import { coerceConfiguration } from './coercion';
import { Configuration, shown } from './configuration';
import { ConfigurationFiles } from './configuration-file';
import { loadDotenv } from './dotenv-file';
import { ServerlessFileError } from '../file-error';
import { readFunctions } from './functions';
import { isObject } from '../json-value';
import { member, Origins, setMember } from './origins';
import type { Mutable, MutableObject, Path } from './origins';
import { checkProvider } from './provider-checks';
import type { ReadOptions, ServerlessService } from '../service';
import { listUncovered } from './uncovered';
import { replaceAccountId, VariableSources } from './variable-sources';
import { Variables } from './variables';
import { readRoutes } from './websocket-events';

/** Reads a configuration file of the Serverless Framework as Serverless 3 and osls 4 do, without AWS and without plugins. */
export function readServerlessFile(options: ReadOptions): ServerlessService {
  const file = path.resolve(options.path);
  const folder = path.dirname(file);
  const environment = { ...(options.environment ?? process.env) };
  const origins = new Origins();
  const { stage = null, region = null } = options;
  const files = new ConfigurationFiles(folder, origins, environment, { stage, region });
  const root = origins.copy(files.main(file)) as MutableObject;
  const sources = new VariableSources(folder, options, files, environment);
  const variables = new Variables(file, root, sources, origins);
  variables.resolve(['provider', 'stage']);
  variables.resolve(['useDotenv']);
  if (member(root, 'useDotenv') !== undefined && root.useDotenv !== null && root.useDotenv !== false) {
    useDotenv(file, sources, environment, stage ?? String(member(root.provider, 'stage') ?? 'dev'));
  }
  variables.resolveAll((keys) => isNeeded(root, keys, options));

  replaceAccountId(root);
  const configuration = new Configuration(file, root, origins);
  noticeDeployTimeValues(configuration, sources);
  mergeList(configuration, origins, 'functions');
  mergeList(configuration, origins, 'resources');
  const provider = readProvider(configuration);
  coerceConfiguration(configuration);
  checkProvider(configuration, provider);
  const name = readName(configuration);
  const stageName = readStage(configuration, provider, options);
  const functions = readFunctions(configuration, `${name}-${stageName}`);
  const routes = readRoutes(configuration, functions);
  listUncovered(configuration, functions);
  return {
    file,
    folder,
    name,
    stage: stageName,
    region: options.region ?? textOf(configuration, provider, 'region') ?? 'us-east-1',
    config: root,
    provider,
    functions,
    routes,
    notices: configuration.notices,
    uncovered: configuration.uncovered,
    position: (keys) => configuration.position(keys),
  };
}

/** `.env` must not set what was found missing on the way to it. */
function useDotenv(file: string, sources: VariableSources, environment: Record<string, string | undefined>, stage: string): void {
  if (!/^[a-zA-Z0-9-]+$/.test(stage)) {
    return;
  }
  const missing = [...sources.missingEnvironment];
  loadDotenv(path.dirname(file), stage, environment);
  const late = missing.find((name) => environment[name] !== undefined);
  if (late !== undefined) {
    throw new ServerlessFileError(file,
      `the stage depends on the environment variable "${late}", which only the ".env" file of the stage sets.`);
  }
}

function noticeDeployTimeValues(configuration: Configuration, sources: VariableSources): void {
  for (const text of sources.notable) {
    const what = text === 'sls:instanceId' ? 'differs each time the file is read, as it does in Serverless'
      : text.startsWith('ssm')
        ? 'becomes a dynamic reference, which CloudFormation resolves to a text when it deploys, never to a list or a secret'
        : 'is resolved by CloudFormation when it deploys';
    configuration.notice('deployTimeValue', [],
      `"\${${text}}" ${what}. Give its value in "variables" (--variable NAME=VALUE) to have it in the template, as Serverless has.`);
  }
}

/** The params of other stages are not asked for, so they need no values. */
function isNeeded(root: MutableObject, keys: Path, options: ReadOptions): boolean {
  const stage = options.stage ?? member(root.provider, 'stage') ?? 'dev';
  return keys[0] !== 'params' || keys.length < 3 || keys[1] === 'default' || keys[1] === String(stage);
}

/** `functions` and `resources` may be lists of maps, which Serverless merges in depth, lists item by item; empty items do not count. */
function mergeList(configuration: Configuration, origins: Origins, key: 'functions' | 'resources'): void {
  const value = member(configuration.root, key);
  if (!Array.isArray(value)) {
    return;
  }
  const merged: MutableObject = {};
  value.forEach((item, index) => {
    if (isObject(item)) {
      merge(merged, item, origins);
    } else if (item !== null && item !== false && item !== '' && item !== 0) {
      configuration.fail([key, index], `each item of "${key}" is a map, not ${shown(item)}.`);
    }
  });
  setMember(configuration.root, key, merged);
}

function merge(target: MutableObject | Mutable[], source: MutableObject | Mutable[], origins: Origins): void {
  for (const [key, value] of Object.entries(source)) {
    const present = member(target, key);
    if ((isObject(present) && isObject(value)) || (Array.isArray(present) && Array.isArray(value))) {
      merge(present, value, origins);
    } else {
      setMember(target, key, origins.copy(value));
      origins.share(source, target, key);
    }
  }
}

function readProvider(configuration: Configuration): MutableObject {
  const { root } = configuration;
  const written = member(root, 'provider');
  const provider = isObject(written) ? written : { name: written ?? null };
  if (provider.name === undefined || provider.name === null) {
    configuration.fail(['provider'], 'this is not a configuration of the Serverless Framework: it has no "provider.name".');
  } else if (provider.name !== 'aws') {
    configuration.fail(['provider', 'name'], `the provider is ${shown(provider.name)}; only "aws" can be taken over.`);
  }
  setMember(root, 'provider', provider);
  return provider;
}

function readName(configuration: Configuration): string {
  const service = member(configuration.root, 'service');
  const name = isObject(service) ? member(service, 'name') : service;
  if (isObject(service)) {
    configuration.notice('serviceObject', ['service'], 'Serverless 3 and osls refuse "service" as a map: write "service: <name>".');
  }
  if (typeof name !== 'string' || name === '') {
    configuration.fail(['service'], `"service" is the name of the service, not ${shown(name)}.`);
  } else if (!/^[a-zA-Z][0-9a-zA-Z-]+$/.test(name)) {
    configuration.fail(['service'], `the name of the service begins with a letter, followed by letters, digits and "-", not "${name}".`);
  }
  return name;
}

function readStage(configuration: Configuration, provider: MutableObject, options: ReadOptions): string {
  const stage = options.stage ?? textOf(configuration, provider, 'stage') ?? 'dev';
  if (!/^[a-zA-Z0-9-]+$/.test(stage)) {
    throw options.stage === undefined ? new ServerlessFileError(configuration.position(['provider', 'stage']) ?? configuration.file,
      `the stage consists of letters, digits and "-", not "${stage}".`)
      : new ServerlessFileError(configuration.file, `the given stage consists of letters, digits and "-", not "${stage}".`);
  }
  return stage;
}

function textOf(configuration: Configuration, provider: MutableObject, key: string): string | undefined {
  const value = member(provider, key);
  if (value === undefined || value === null) {
    return undefined;
  } else if (typeof value === 'object') {
    configuration.fail(['provider', key], `"provider.${key}" is a text, not ${shown(value)}.`);
  }
  return String(value);
}
