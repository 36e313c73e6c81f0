import { MODEL_REFERENCE } from '../../private/model-reference';
import { GatewayError } from '../gateway-error';
import { isRecord } from '../protocol/json';

/** A JSON Schema of draft-07, which AsyncAPI extends. */
export type Schema = boolean | Readonly<Record<string, unknown>>;

/** Where in the document the model of a name is. */
export type ModelPlaces = ReadonlyMap<string, string>;

const SCHEMAS = new Set(['additionalItems', 'additionalProperties', 'not', 'items']);
const LISTS = new Set(['allOf', 'anyOf', 'oneOf']);
const MAPS = new Set(['properties', 'patternProperties', 'definitions', 'dependencies']);

/** Of later drafts: API Gateway does not know them. And what names a schema or its draft: references are paths in the document. */
const MEANINGLESS = new Set(['const', 'contains', 'propertyNames', 'if', 'then', 'else', 'id', '$id', '$schema']);

/**
 * Models are JSON Schemas of draft-04, whatever their `$schema` says (5.4.1).
 *
 * @throws GatewayError ASSEMBLY_BROKEN
 */
export function modelSchema(name: string, model: unknown, places: ModelPlaces): Schema {
  const refuse = (reason: string): never => { throw new GatewayError('ASSEMBLY_BROKEN', `the model ${name} ${reason}`); };
  // Loaded with the first model, as in model-validation.ts.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { default: AjvDraft04 } = require('ajv-draft-04') as typeof import('ajv-draft-04');
  const ajv = new AjvDraft04({ strict: false, validateFormats: false, logger: false });
  const { $schema: _, ...own } = isRecord(model) ? model : refuse('is not an object');
  if (!ajv.validateSchema(own)) refuse(`is not a JSON Schema of draft-04: ${ajv.errorsText(ajv.errors, { dataVar: '$' })}`);
  return converted(own, (reference) => {
    const other = MODEL_REFERENCE.exec(reference);
    if (!other && !reference.startsWith('#')) {
      refuse(`refers to ${reference}; a model can refer to models of its API and to parts of itself`);
    }
    const place = places.get(other ? other[1] : name) ?? refuse(`refers to the model ${other?.[1]}, which the API does not have`);
    const pointer = reference.slice(other ? other[0].length : 0).replace(/^#/, '');
    if (pointer !== '' && !pointer.startsWith('/')) refuse(`refers to ${reference}; write a path, such as #/definitions/item`);
    return `${place}${pointer}`;
  });
}

function converted(schema: unknown, refer: (reference: string) => string): Schema {
  if (!isRecord(schema)) return schema !== false;
  // What is beside a reference means nothing.
  if (typeof schema.$ref === 'string') return { $ref: refer(schema.$ref) };
  const of = (value: unknown): unknown => (Array.isArray(value) ? value.map((item) => converted(item, refer)) : converted(value, refer));
  const { exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  return Object.fromEntries(Object.entries(rest).flatMap(([keyword, value]): Array<[string, unknown]> => {
    if (MEANINGLESS.has(keyword)) return [];
    if (keyword === 'minimum' && exclusiveMinimum === true) return [['exclusiveMinimum', value]];
    if (keyword === 'maximum' && exclusiveMaximum === true) return [['exclusiveMaximum', value]];
    // AWS takes the patterns of Java.
    if (keyword === 'pattern' && !isPattern(value)) return [['$comment', `pattern: ${String(value)}`]];
    if (SCHEMAS.has(keyword) || LISTS.has(keyword)) return [[keyword, of(value)]];
    if (!MAPS.has(keyword) || !isRecord(value)) return [[keyword, value]];
    return [[keyword, Object.fromEntries(Object.entries(value)
      .filter(([key]) => keyword !== 'patternProperties' || isPattern(key))
      .map(([key, one]) => [key, keyword === 'dependencies' && Array.isArray(one) ? one : of(one)]))]];
  }));
}

function isPattern(text: unknown): boolean {
  try {
    return new RegExp(String(text), 'u') !== undefined;
  } catch {
    return false;
  }
}
