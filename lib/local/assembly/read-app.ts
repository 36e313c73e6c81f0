import { GatewayError } from '../gateway-error';
import { isWebSocketApi, readApi } from './apis';
import { FunctionIndex } from './function-targets';
import { readFunction } from './functions';
import { isUnresolved } from './intrinsics';
import { withInvokeSettings } from './invoke-settings';
import type { Api, FunctionTarget, LambdaFunction, LocalApp } from './local-app';
import { Notices } from './notices';
import { Assembly, readAssembly } from './read-assembly';
import { Resolver } from './resolver';
import { Resources } from './resource';
import type { EnvironmentDefaults, Stack } from './stack';
import { readTables } from './tables';

export interface ReadOptions extends EnvironmentDefaults {
  /**
   * Name or construct path of the stack whose APIs are served. The other stacks are read for what it refers to.
   *
   * @default - all stacks
   */
  readonly stack?: string;
  /**
   * Whether tables are those on AWS (`--dynamodb aws`), whose names only a deployment knows unless the template names them.
   *
   * @default - false: the gateway makes the tables
   */
  readonly tablesOnAws?: boolean;
}

/**
 * Reads what the gateway serves from a cloud assembly.
 *
 * @throws GatewayError ASSEMBLY_NOT_FOUND, ASSEMBLY_BROKEN, NO_SUCH_STACK, NO_WEBSOCKET_API, ASSET_NOT_FOUND or UNRESOLVABLE.
 */
export function readApp(directory: string, options: ReadOptions): LocalApp {
  const assembly = readAssembly(directory, options);
  const { stacks } = assembly;
  const served = servedStacks(directory, stacks, options.stack);
  const notices = new Notices();
  noteMissingContext(assembly, notices);
  const resources = new Resources(new Resolver(stacks, !options.tablesOnAws), notices, stacks);
  noteUnread(resources);
  const functions = new FunctionIndex(resources);
  const apis = resources.ofType('AWS::ApiGatewayV2::Api')
    .filter((resource) => served.has(resource.stack) && isWebSocketApi(resource))
    .map((resource) => readApi(resource, resources, functions));
  if (apis.length === 0) throw noWebSocketApi(directory, [...served]);
  const tables = options.tablesOnAws ? [] : readTables(resources);
  const used = usedFunctions(apis, resources);
  const app = { apis, tables, notices: notices.all() };
  // Read after the notices were taken: nothing is said about functions that may never run.
  return { ...app, functions: withInvokeSettings(new Map([...used, ...otherFunctions(used, resources)]), resources, functions) };
}

const SAM_TYPES = ['AWS::Serverless::Api', 'AWS::Serverless::HttpApi', 'AWS::Serverless::Function', 'AWS::Serverless::Application'];

function servedStacks(directory: string, stacks: readonly Stack[], wanted: string | undefined): ReadonlySet<Stack> {
  if (wanted === undefined) return new Set(stacks);
  const isWanted = (stack: Stack): boolean => stack.name === wanted || stack.stackName === wanted
    || (stack.parent !== undefined && isWanted(stack.parent.stack));
  const served = stacks.filter(isWanted);
  if (served.length > 0) return new Set(served);
  throw new GatewayError('NO_SUCH_STACK', `${directory} has no stack ${JSON.stringify(wanted)}; ${stackList(stacks)}`);
}

function noWebSocketApi(directory: string, stacks: readonly Stack[]): GatewayError {
  return new GatewayError('NO_WEBSOCKET_API', `${directory} has no WebSocket API; ${stackList(stacks)}`);
}

function stackList(stacks: readonly Stack[]): string {
  const names = stacks.filter(({ parent }) => !parent).map(({ name }) => name);
  if (names.length === 0) return 'it has no stack at all';
  return names.length === 1 ? `its stack is ${names[0]}` : `its stacks are ${names.join(', ')}`;
}

function noteMissingContext({ missing }: Assembly, notices: Notices): void {
  for (const { key, provider } of missing) {
    notices.add('context-missing', key, `cdk.context.json lacks this value of ${provider}, so the app was synthesized with a dummy; `
      + 'run `cdk synth` once with AWS credentials and keep cdk.context.json');
  }
}

/** Notes what is not served because the assembly has only a part of it. */
function noteUnread(resources: Resources): void {
  for (const resource of resources.ofType('AWS::CloudFormation::Stack')) {
    if (resource.stack.nested.has(resource.logicalId)) continue;
    resource.note('nested-stack-not-read', 'the template of this nested stack is not in the assembly: nothing in it is served');
  }
  for (const type of SAM_TYPES) {
    for (const resource of resources.ofType(type)) {
      resource.note('sam-not-served', `${type} is not served: the transform that makes resources of it runs at deployment`);
    }
  }
  const apiIds = new Set(resources.ofType('AWS::ApiGatewayV2::Api').map((api) => api.knownRef()));
  for (const route of resources.ofType('AWS::ApiGatewayV2::Route')) {
    const apiId = route.resolve('ApiId');
    if (isUnresolved(apiId)) {
      route.note('api-not-in-assembly', `the route is not served: its API is ${apiId.refersTo}: ${apiId.reason}`);
    } else if (!apiIds.has(String(apiId.value))) {
      route.note('api-not-in-assembly', `the route is not served: its API ${apiId.value} is not in this assembly`);
    }
  }
}

/** The ids of the functions that these routes of an API invoke, and those of their authorizers. */
export function functionIds({ routes }: Api, routeKeys: Iterable<string> = routes.keys()): ReadonlySet<string> {
  return new Set([...routeKeys].flatMap((key) => routes.get(key) ?? []).flatMap(({ authorization, integration }) => [
    ...targetIds(integration?.target),
    ...targetIds(authorization.type === 'CUSTOM' ? authorization.authorizer.target : undefined),
  ]));
}

function usedFunctions(apis: readonly Api[], resources: Resources): ReadonlyMap<string, LambdaFunction> {
  const used = new Set(apis.flatMap((api) => [...functionIds(api)]));
  return new Map(resources.ofType('AWS::Lambda::Function')
    .filter(({ id }) => used.has(id))
    .map((resource) => [resource.id, readFunction(resource, resources)]));
}

/** The functions that no route invokes. One whose name only a deployment knows cannot be invoked by name. */
function otherFunctions(used: ReadonlyMap<string, LambdaFunction>, resources: Resources): ReadonlyMap<string, LambdaFunction> {
  return new Map(resources.ofType('AWS::Lambda::Function')
    .filter((resource) => !used.has(resource.id) && resource.knownRef() !== undefined)
    .map((resource) => [resource.id, readFunction(resource, resources, true)]));
}

function targetIds(target: FunctionTarget | undefined): readonly string[] {
  if (target?.type === 'function') return [target.functionId];
  return target?.type === 'stageVariable' ? Object.values(target.functions) : [];
}
