import { NodejsFunctionProps } from 'aws-cdk-lib/aws-lambda-nodejs';
import { sameValue } from './equality';

/** The settings of a function: what a route, an authorizer or the defaults say of it, targets apart. */
export type FunctionSettings = Omit<NodejsFunctionProps, 'entry' | 'handler' | 'code' | 'awsSdkConnectionReuse'>;

/** The function settings among some options; `others` are the keys that are none. */
export function functionSettings(options: object, others: ReadonlySet<string>): FunctionSettings {
  return Object.fromEntries(Object.entries(options).filter(([key, value]) => !others.has(key) && value !== undefined));
}

/** `own` over `defaults`; environments and bundling options merge key by key. */
export function mergeSettings(defaults: FunctionSettings, own: FunctionSettings): FunctionSettings {
  return {
    ...withoutUndefined(defaults),
    ...withoutUndefined(own),
    ...mergedKey('environment', defaults, own),
    ...mergedKey('bundling', defaults, own),
  };
}

/** The names of the settings in which the two differ. */
export function differences(left: FunctionSettings, right: FunctionSettings): string[] {
  const [a, b] = [left, right] as Array<Record<string, unknown>>;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !sameValue(a[key], b[key]));
}

function mergedKey(key: 'environment' | 'bundling', defaults: FunctionSettings, own: FunctionSettings): FunctionSettings {
  const merged = { ...withoutUndefined(defaults[key] ?? {}), ...withoutUndefined(own[key] ?? {}) };
  return { [key]: Object.keys(merged).length > 0 ? merged : undefined };
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
