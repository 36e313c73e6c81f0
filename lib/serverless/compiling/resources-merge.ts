import { isObject, isUnsafeName, type OpenObject } from '../json-value';
import type { Dialect } from '../service';
import type { Json, JsonObject } from '../template';

/** Merges deeply into the target, lists by index. Both dialects do; they differ in lists of the target that others share. */
export function mergeInto(target: OpenObject, source: JsonObject, dialect: Dialect): OpenObject {
  for (const [name, value] of Object.entries(source)) {
    if (isUnsafeName(name)) continue;
    target[name] = mergedValue(Object.hasOwn(target, name) ? target[name] : undefined, value, dialect);
  }
  return target;
}

function mergedValue(present: Json | undefined, value: Json, dialect: Dialect): Json {
  if (isObject(value)) {
    // Serverless merges an object into a list too, which loses what has no index.
    const accepts = isObject(present) || (dialect === 'serverless' && Array.isArray(present));
    return mergeInto((accepts ? present : {}) as OpenObject, value, dialect);
  }
  if (!Array.isArray(value)) return value;
  const list = Array.isArray(present) ? present : [];
  // osls leaves the list alone that another resource may share.
  const target = dialect === 'osls' ? structuredClone(list) : list;
  value.forEach((item, index) => {
    target[index] = mergedValue(target[index], item, dialect);
  });
  return target;
}

/** What an extension may say, and how it is applied. */
const EXTENSIONS: Readonly<Record<string, (resource: OpenObject, name: string, value: Json) => void>> = {
  Condition: replace,
  CreationPolicy: replace,
  DeletionPolicy: replace,
  UpdatePolicy: replace,
  UpdateReplacePolicy: replace,
  Properties: assign,
  Metadata: assign,
  DependsOn: append,
};

/** The fault of an extension: the path of the key in the configuration, and what is wrong. */
export interface ExtensionFault {
  readonly path: readonly string[];
  readonly problem: string;
}

/** `resources.extensions`: unlike `resources.Resources`, properties are replaced as a whole. */
export function extend(resources: Readonly<Record<string, OpenObject>>, extensions: JsonObject): ExtensionFault | undefined {
  for (const [logicalId, extension] of Object.entries(extensions)) {
    if (!isObject(extension)) continue;
    for (const [name, value] of Object.entries(extension)) {
      if (!Object.hasOwn(resources, logicalId)) {
        return { path: [logicalId], problem: `extends "${logicalId}", a resource that the service does not make.` };
      }
      if (!Object.hasOwn(EXTENSIONS, name)) {
        return {
          path: [logicalId, name],
          problem: `extends "${name}" of "${logicalId}". Serverless extends only ${Object.keys(EXTENSIONS).sort().join(', ')}.`,
        };
      }
      EXTENSIONS[name](resources[logicalId], name, value);
    }
  }
  return undefined;
}

function replace(resource: OpenObject, name: string, value: Json): void {
  resource[name] = value;
}

function assign(resource: OpenObject, name: string, value: Json): void {
  if (!resource[name]) resource[name] = {};
  const target = resource[name] as OpenObject;
  for (const [key, item] of Object.entries(isObject(value) ? value : {})) {
    if (!isUnsafeName(key)) target[key] = item;
  }
}

function append(resource: OpenObject, name: string, value: Json): void {
  const present = resource[name] || [];
  resource[name] = [...(Array.isArray(present) ? present : [present]), ...(Array.isArray(value) ? value : [value])];
}
