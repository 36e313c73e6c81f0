import { defined, isObject, same } from './json-value';
import { logicalIds } from './logical-ids';
import type { FunctionPlan } from './plan';
import type { ServerlessFunction, ServerlessService } from './service';
import type { Json, JsonObject, Template, TemplateResource } from './template';

/** Whether handlers are bundled, or deployed in the form in which the Serverless Framework packs them. */
export type Packaging = 'bundled' | 'packed';

/** Plans of all functions, without what `defaults` says. */
export interface FunctionPlans {
  readonly defaults: FunctionPlan;
  readonly functions: Readonly<Record<string, FunctionPlan>>;
}

/** Options by the properties that they become, if the value has this type. */
const SIMPLE: ReadonlyArray<readonly [property: string, option: keyof FunctionPlan, type: 'string' | 'number']> = [
  ['Runtime', 'runtime', 'string'],
  ['MemorySize', 'memorySize', 'number'],
  ['Timeout', 'timeout', 'number'],
  ['Description', 'description', 'string'],
  ['ReservedConcurrentExecutions', 'reservedConcurrentExecutions', 'number'],
];

/** What every function may have in common. The others are of one function each. */
const SHARED = ['runtime', 'memorySize', 'timeout', 'architecture'] as const;

/** The functions as the template has them. What several have in common becomes `defaults`. */
export function planFunctions(service: ServerlessService, template: Template, packaging: Packaging): FunctionPlans {
  const whole = Object.fromEntries(service.functions.map((fn) => [fn.key, planFunction(service, template, fn, packaging)]));
  const plans = Object.values(whole);
  const defaults = commonTo(plans);
  return {
    defaults,
    functions: Object.fromEntries(Object.entries(whole).map(([key, plan]) => [key, without(plan, defaults)])),
  };
}

/** The properties of a function that its plan says. */
export function isPlanned(property: string, value: Json, fn: ServerlessFunction): boolean {
  if (['Code', 'Handler', 'Role'].includes(property)) return true;
  const simple = SIMPLE.find(([name]) => name === property);
  if (simple) return typeof value === simple[2];
  if (property === 'FunctionName') return value === fn.functionName;
  if (property === 'Environment') return hasVariables(value);
  if (property === 'Architectures') return Array.isArray(value) && value.length === 1 && typeof value[0] === 'string';
  return property === 'EphemeralStorage' && isObject(value) && typeof value.Size === 'number';
}

function planFunction(service: ServerlessService, template: Template, fn: ServerlessFunction, packaging: Packaging): FunctionPlan {
  const { Properties = {} } = template.Resources[logicalIds.lambdaFunctionId(fn.key)] ?? {} as Partial<TemplateResource>;
  const planned = Object.fromEntries(Object.entries(Properties).filter(([name, value]) => isPlanned(name, value, fn)));
  return defined({
    ...codeOf(service, fn, packaging),
    ...Object.fromEntries(SIMPLE.map(([property, option]) => [option, planned[property]])),
    architecture: (planned.Architectures as string[] | undefined)?.[0],
    ephemeralStorageSize: (planned.EphemeralStorage as { Size: number } | undefined)?.Size,
    environment: planned.Environment && variables(planned.Environment as JsonObject),
    functionName: fn.functionName === `${service.name}-${service.stage}-${fn.key}` ? undefined : fn.functionName,
    ...aliasOf(template, fn),
    ...logsOf(service, template, fn),
    role: isSharedRole(Properties.Role) ? undefined : Properties.Role,
  }) as FunctionPlan;
}

/** Node.js handlers are bundled, unless an artefact is given. Code in other languages is deployed as it is. */
function codeOf(service: ServerlessService, { config }: ServerlessFunction, packaging: Packaging): Pick<FunctionPlan, 'handler' | 'code'> {
  const handler = config.handler as string;
  const artifact = artifactOf(config.package) ?? artifactOf(service.config.package);
  if (artifact !== undefined) return { handler, code: artifact };
  const runtime = config.runtime ?? service.provider.runtime ?? 'nodejs';
  const isBundled = packaging === 'bundled' && typeof runtime === 'string' && runtime.startsWith('nodejs');
  return isBundled ? { handler } : { handler, code: '.' };
}

function artifactOf(value: Json | undefined): string | undefined {
  return isObject(value) && typeof value.artifact === 'string' ? value.artifact : undefined;
}

function aliasOf({ Resources }: Template, { key }: ServerlessFunction): Pick<FunctionPlan, 'alias' | 'provisionedConcurrentExecutions'> {
  for (const id of [logicalIds.provisionedAliasId(key), logicalIds.snapStartAliasId(key)]) {
    const properties = Resources[id]?.Properties;
    if (typeof properties?.Name !== 'string') continue;
    const config = properties.ProvisionedConcurrencyConfig;
    const count = isObject(config) ? config.ProvisionedConcurrentExecutions : undefined;
    return defined({ alias: properties.Name, provisionedConcurrentExecutions: typeof count === 'number' ? count : undefined });
  }
  return {};
}

function logsOf({ provider }: ServerlessService, { Resources }: Template, { key, config }: ServerlessFunction): Partial<FunctionPlan> {
  const logGroup = Resources[logicalIds.logGroupId(key)];
  // `resources` may have one of its own.
  if (!logGroup || config.disableLogs) return { hasLogGroup: false };
  const days = logGroup.Properties?.RetentionInDays;
  return typeof days === 'number' && days !== provider.logRetentionInDays ? { logRetentionInDays: days } : {};
}

export function isSharedRole(role: Json | undefined): boolean {
  return role === undefined || JSON.stringify(role) === JSON.stringify({ 'Fn::GetAtt': [logicalIds.role, 'Arn'] });
}

/** What most functions have, of what each of them has, and the variables that all have. */
function commonTo(plans: readonly FunctionPlan[]): FunctionPlan {
  const [first, ...others] = plans;
  if (!first) return {};
  // A function without the setting would inherit it.
  const shared = SHARED.filter((name) => plans.every((plan) => plan[name] !== undefined));
  const environment = Object.entries(first.environment ?? {})
    .filter(([name, value]) => others.every((other) => same(other.environment?.[name], value)));
  return defined({
    ...Object.fromEntries(shared.map((name) => [name, mostFrequent(plans.map((plan) => plan[name]))])),
    environment: environment.length > 0 ? Object.fromEntries(environment) : undefined,
  });
}

/** The first of those that occur most often. */
function mostFrequent<T>(values: readonly T[]): T {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

function without({ environment, ...plan }: FunctionPlan, defaults: FunctionPlan): FunctionPlan {
  const own = Object.entries(environment ?? {}).filter(([name]) => !(name in (defaults.environment ?? {})));
  return defined({
    ...Object.fromEntries(Object.entries(plan)
      .filter(([name, value]) => !same(defaults[name as keyof FunctionPlan] as Json, value as Json))),
    environment: own.length > 0 ? Object.fromEntries(own) : undefined,
  });
}

function hasVariables(environment: Json): boolean {
  return isObject(environment) && isObject(environment.Variables) && Object.keys(environment).length === 1
    && !Object.keys(environment.Variables).some((name) => name.startsWith('Fn::') || name === 'Ref');
}

function variables({ Variables }: JsonObject): Record<string, Json> {
  return Object.fromEntries(Object.entries(Variables as JsonObject)
    .map(([name, value]) => [name, typeof value === 'number' || typeof value === 'boolean' ? String(value) : value]));
}
