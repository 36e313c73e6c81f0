import { isRecord, own, textAt } from '../protocol/json';

type Schema = Readonly<Record<string, unknown>>;

/** How deep an example goes, and how many properties it has at most: schemas may refer to themselves. */
const DEPTH = 6;
const MOST_VALUES = 200;

/**
 * A value that fits a JSON schema (draft-04), as the beginning of a message that somebody writes: `default`, the first of `enum`, else the
 * smallest value of the type. A schema that says nothing has an empty object.
 */
export function exampleOf(schema: unknown): unknown {
  return new Example(schema).of(schema, 0);
}

class Example {
  private values = 0;

  public constructor(private readonly root: unknown) {}

  public of(given: unknown, depth: number): unknown {
    const schema = this.resolved(given);
    if (!isRecord(schema) || depth > DEPTH || this.values++ > MOST_VALUES) return {};
    const fixed = fixedValue(schema);
    if (fixed !== undefined) return fixed;
    const [all, [any]] = [listAt(schema, 'allOf'), [...listAt(schema, 'oneOf'), ...listAt(schema, 'anyOf')]];
    const parts = any === undefined ? all : [...all, any];
    const hasOwn = parts.length === 0 || schema.type !== undefined || schema.properties !== undefined;
    const values = [...parts.map((part) => this.of(part, depth + 1)), ...hasOwn ? [this.plain(schema, depth)] : []];
    return values.every(isRecord) ? Object.assign({}, ...values) as unknown : values[0];
  }

  private plain(schema: Schema, depth: number): unknown {
    switch (typeOf(schema)) {
      case 'string': return stringOf(schema);
      case 'integer':
      case 'number': return numberOf(schema);
      case 'boolean': return false;
      case 'null': return null;
      case 'array': return this.list(schema, depth);
      default: return this.object(schema, depth);
    }
  }

  private list(schema: Schema, depth: number): unknown[] {
    const { items } = schema;
    if (Array.isArray(items)) return items.map((item) => this.of(item, depth + 1));
    const least = typeof schema.minItems === 'number' ? Math.min(schema.minItems, 10) : 0;
    return Array.from({ length: isRecord(items) ? Math.max(1, least) : least }, () => this.of(items, depth + 1));
  }

  /** With all properties, those that are required first. */
  private object(schema: Schema, depth: number): Record<string, unknown> {
    const properties = isRecord(schema.properties) ? schema.properties : {};
    const required = listAt(schema, 'required').filter((name) => typeof name === 'string');
    const names = [...new Set([...required, ...Object.keys(properties)])];
    return Object.fromEntries(names.map((name) => [name, this.of(own(properties, name), depth + 1)]));
  }

  /** Follows `#/definitions/x`; a reference to anywhere else has no example. */
  private resolved(schema: unknown): unknown {
    let found = schema;
    for (let steps = 0; steps < DEPTH && isRecord(found) && typeof found.$ref === 'string'; steps++) {
      const [, path] = /^#\/?(.*)$/s.exec(found.$ref) ?? [];
      if (path === undefined) return undefined;
      found = path.split('/').filter(Boolean).reduce<unknown>((at, name) => (
        isRecord(at) ? own(at, name.replace(/~1/g, '/').replace(/~0/g, '~')) : undefined
      ), this.root);
    }
    return found;
  }
}

function fixedValue(schema: Schema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  return listAt(schema, 'enum')[0] ?? listAt(schema, 'examples')[0];
}

function typeOf(schema: Schema): unknown {
  if (Array.isArray(schema.type)) return schema.type.find((type) => type !== 'null');
  return schema.type ?? (schema.items === undefined ? 'object' : 'array');
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2030-01-01T00:00:00Z',
  'date': '2030-01-01',
  'email': 'ann@example.com',
  'uri': 'https://example.com',
  'uuid': '00000000-0000-4000-8000-000000000000',
};

function stringOf(schema: Schema): string {
  const format = textAt(FORMATS, textAt(schema, 'format') ?? '') ?? '';
  const least = typeof schema.minLength === 'number' ? Math.min(schema.minLength, 100) : 0;
  return format.padEnd(least, 'x');
}

function numberOf({ minimum, exclusiveMinimum, maximum, multipleOf }: Schema): number {
  const least = typeof minimum === 'number' ? minimum : typeof exclusiveMinimum === 'number' ? exclusiveMinimum : undefined;
  const step = typeof multipleOf === 'number' && multipleOf > 0 ? multipleOf : 1;
  const isExcluded = exclusiveMinimum !== undefined && exclusiveMinimum !== false;
  if (least !== undefined) return isExcluded ? least + step : Math.ceil(least / step) * step;
  return typeof maximum === 'number' && maximum < 0 ? Math.floor(maximum / step) * step : 0;
}

function listAt(schema: Schema, name: string): unknown[] {
  const value = own(schema, name);
  return Array.isArray(value) ? value : [];
}
