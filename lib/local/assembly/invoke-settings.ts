import type { FunctionIndex } from './function-targets';
import { isUnresolved } from './intrinsics';
import type { AsynchronousSettings, LambdaFunction } from './local-app';
import type { Resource, Resources } from './resource';
import { isRecord, JsonObject, own, scalarText } from '../protocol/json';
import { matchesPattern } from '../protocol/policy';

type Functions = ReadonlyMap<string, LambdaFunction>;

/** Adds what Lambda's Invoke needs to know of functions: aliases, versions, settings of asynchronous invocations, and who may invoke. */
export function withInvokeSettings(functions: Functions, resources: Resources, index: FunctionIndex): Functions {
  const aliases = byFunction(resources.ofType('AWS::Lambda::Alias'), index);
  const versions = byFunction(resources.ofType('AWS::Lambda::Version'), index);
  const configs = byFunction(resources.ofType('AWS::Lambda::EventInvokeConfig'), index);
  const mayInvoke = invokerIds(functions, resources);
  return new Map([...functions].map(([id, fn]) => [id, {
    ...fn,
    ...aliases.has(id) && { aliases: aliases.get(id)!.flatMap((alias) => alias.knownText('Name') ?? []) },
    ...versions.has(id) && { hasVersions: true },
    ...configs.has(id) && { asynchronous: Object.fromEntries(configs.get(id)!.map(asynchronousSettings)) },
    ...mayInvoke.has(id) && { invokesFunctions: true },
  }]));
}

/** Resources by the function that their `FunctionName` leads to. */
function byFunction(resources: readonly Resource[], index: FunctionIndex): ReadonlyMap<string, readonly Resource[]> {
  const found = new Map<string, Resource[]>();
  for (const resource of resources) {
    const name = resource.knownText('FunctionName');
    const id = name === undefined ? undefined : index.find(name, resource.stack.environment)?.resource.id;
    if (id !== undefined) found.set(id, [...found.get(id) ?? [], resource]);
  }
  return found;
}

function asynchronousSettings(config: Resource): [string, AsynchronousSettings] {
  const [retries, seconds] = ['MaximumRetryAttempts', 'MaximumEventAgeInSeconds'].map((name) => numberOf(config.knownText(name)));
  return [config.knownText('Qualifier') ?? '$LATEST', {
    ...retries !== undefined && { retries },
    ...seconds !== undefined && { maximumAge: seconds * 1000 },
  }];
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/** The functions whose role may invoke a function of the app, and those whose environment names one. */
function invokerIds(functions: Functions, resources: Resources): ReadonlySet<string> {
  const all = [...functions.values()];
  const granted = grantsByRole(resources);
  const names = new Set(all.flatMap(({ name, arn }) => [name, arn]));
  const isGranted = (resource: Resource): boolean => (granted.get(nameOf(resource, resource.raw('Role'))) ?? []).some((pattern) => (
    all.some(({ arn }) => matchesPattern(pattern, arn) || matchesPattern(pattern, `${arn}:$LATEST`))
  ));
  const isTold = ({ environment }: LambdaFunction): boolean => (
    Object.values(environment).some((value) => names.has(value) || names.has(value.replace(/:[^:]+$/, '')))
  );
  return new Set(resources.ofType('AWS::Lambda::Function')
    .filter((resource) => functions.has(resource.id) && (isTold(functions.get(resource.id)!) || isGranted(resource)))
    .map(({ id }) => id));
}

/** The resources that roles may invoke, as patterns, by the name of the role's ARN. A `Deny` is left to AWS. */
function grantsByRole(resources: Resources): ReadonlyMap<string, readonly string[]> {
  const roles = resources.ofType('AWS::IAM::Role');
  const granted = new Map<string, string[]>();
  const grant = (arn: string | undefined, patterns: readonly string[]): void => {
    if (arn !== undefined && patterns.length > 0) granted.set(arn, [...granted.get(arn) ?? [], ...patterns]);
  };
  for (const role of roles) {
    for (const policy of items(role.members('Policies').value)) {
      if (isRecord(policy)) grant(arnOf(role), invokePatterns(role, own(policy, 'PolicyDocument')));
    }
  }
  const arns = new Map(roles.map((role) => [nameOf(role, { Ref: role.logicalId }), arnOf(role)]));
  for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']) {
    for (const policy of resources.ofType(type)) {
      const patterns = invokePatterns(policy, policy.raw('PolicyDocument'));
      if (patterns.length === 0) continue;
      for (const name of items(policy.members('Roles').value)) grant(arns.get(nameOf(policy, name)), patterns);
    }
  }
  return granted;
}

function arnOf(role: Resource): string {
  return nameOf(role, { 'Fn::GetAtt': [role.logicalId, 'Arn'] });
}

/** The value, or what it refers to if only a deployment knows it: enough to compare two references to one role. */
function nameOf(resource: Resource, value: unknown): string {
  const resolution = resource.resolveValue(value);
  return isUnresolved(resolution) ? resolution.refersTo : scalarText(resolution.value) ?? '';
}

/** The resources that a policy document permits to invoke. Each statement is resolved alone, since one may be unknown. */
function invokePatterns(resource: Resource, document: unknown): readonly string[] {
  if (!isRecord(document)) return [];
  return listOf(own(document, 'Statement')).filter(isRecord).filter((statement) => allowsInvoke(resource, statement))
    .flatMap((statement) => listOf(own(statement, 'Resource')).flatMap((item) => textOf(resource, item) ?? []));
}

function allowsInvoke(resource: Resource, statement: JsonObject): boolean {
  return own(statement, 'Effect') === 'Allow' && listOf(own(statement, 'Action'))
    .some((action) => matchesPattern((textOf(resource, action) ?? '').toLowerCase(), 'lambda:invokefunction'));
}

function textOf(resource: Resource, value: unknown): string | undefined {
  const resolution = resource.resolveValue(value);
  return isUnresolved(resolution) ? undefined : scalarText(resolution.value);
}

function items(value: unknown): readonly unknown[] {
  return isRecord(value) || Array.isArray(value) ? Object.values(value) : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
