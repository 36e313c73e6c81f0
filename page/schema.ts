import { isRecord } from './api';

/** A JSON schema, as far as a form can show it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly items?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** How deep references and samples go: a schema may contain itself. */
const DEEPEST = 8;

/** The schema of a part, with `$ref` resolved; of alternatives the first. */
export function schemaOf(part: unknown, root: unknown, depth = 0): Schema {
  if (!isRecord(part) || depth > DEEPEST) return {};
  if (typeof part.$ref === 'string') return schemaOf(found(part.$ref, root), root, depth + 1);
  const [alternative] = [part.oneOf, part.anyOf].filter(Array.isArray).flat() as unknown[];
  const parts = [...(Array.isArray(part.allOf) ? (part.allOf as unknown[]) : []), ...(alternative === undefined ? [] : [alternative])];
  if (parts.length === 0) return part;
  return parts
    .map((one) => schemaOf(one, root, depth + 1))
    .reduce<Schema>(
      (all, one) => ({
        ...all,
        ...one,
        properties: { ...all.properties, ...one.properties },
        required: [...(all.required ?? []), ...(one.required ?? [])],
      }),
      part,
    );
}

export function typeOf({ type, properties, items, ...schema }: Schema): string {
  if (schema.enum) return 'enum';
  if ('const' in schema) return 'const';
  const name = Array.isArray(type) ? (type as readonly string[]).find((one) => one !== 'null') : (type as string | undefined);
  return name ?? (properties ? 'object' : items === undefined ? 'any' : 'array');
}

/** A value to begin with: what is required, with defaults. */
export function sampleOf(part: unknown, root: unknown, depth = 0): unknown {
  const schema = schemaOf(part, root);
  if ('default' in schema) return schema.default;
  switch (typeOf(schema)) {
    case 'enum':
      return schema.enum![0];
    case 'const':
      return schema.const;
    case 'object':
      return depth > DEEPEST
        ? {}
        : Object.fromEntries((schema.required ?? []).map((name) => [name, sampleOf(schema.properties?.[name], root, depth + 1)]));
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return '';
  }
}

/** `#/definitions/Name` */
function found(reference: string, root: unknown): unknown {
  if (!reference.startsWith('#')) return undefined;
  return reference
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined), root);
}
