import type { Resource } from './resource';
import type { Resources } from './resources';
import { isRecord } from '../protocol/json';

interface Models {
  /** JSON Schemas by model name. */
  readonly schemas: ReadonlyMap<string, unknown>;
  /** Names by the id that `Ref` gives. */
  readonly names: ReadonlyMap<string, string>;
}

/** The models of an API: 5.4.1. */
export function readModels(apiId: string, resources: Resources): Models {
  const models = resources.partsOf(apiId, 'Model').map((resource) => ({ resource, name: resource.requiredText('Name') }));
  return {
    schemas: new Map(models.map(({ resource, name }) => [name, schemaOf(resource)])),
    names: new Map(models.map(({ resource, name }) => [resource.ref(), name])),
  };
}

/** A schema may be an object or its JSON. */
function schemaOf(resource: Resource): unknown {
  const schema = resource.value('Schema');
  if (typeof schema !== 'string') return schema;
  try {
    const parsed: unknown = JSON.parse(schema);
    if (isRecord(parsed)) return parsed;
  } catch {
    // Said below.
  }
  throw resource.broken('Schema', 'it is no JSON object');
}
