import { Token } from 'aws-cdk-lib';
import { MODEL_REFERENCE } from '../model-reference';
import { Fault, list } from '../problem';

export interface SchemaFault extends Place, Fault {}

/** In characters of the schema as JSON. */
const SCHEMA_LIMIT = 32768;

const DRAFT_04 = /^https?:\/\/json-schema\.org\/draft-04\/schema#?$/;

/**
 * What is wrong with the JSON Schema of a model, if anything. API Gateway would reject anything but draft-04 at deployment.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-request-validation.html
 */
export function modelSchemaFault(schema: unknown): SchemaFault | undefined {
  const top: Place = { pointer: '#', value: schema };
  const textual = textFault(schema);
  if (textual) return { ...top, ...textual };
  for (const place of schemasIn(top)) {
    const fault = faultAt(place, schema);
    if (fault) return fault;
  }
  return metaSchemaFault(schema);
}

function textFault(schema: unknown): Fault | undefined {
  try {
    const { length } = JSON.stringify(schema);
    if (length <= SCHEMA_LIMIT) return undefined;
    return {
      reason: `has ${length} characters as JSON, more than the ${SCHEMA_LIMIT} that API Gateway allows`,
      remedy: 'divide it into models that refer to each other, or check the rest in the function',
    };
  } catch (error) {
    return { reason: `cannot be written as JSON (${(error as Error).message.split('\n')[0]})`, remedy: 'use plain values' };
  }
}

/** The first fault of one schema, without the schemas below it. */
function faultAt({ pointer, value: schema }: Place, root: unknown): SchemaFault | undefined {
  if (typeof schema === 'boolean') {
    return { pointer, value: schema, ...ofLaterDrafts(`write ${schema ? '{}' : '{ not: {} }'}`, 'as a schema ') };
  }
  if (!isObject(schema)) return undefined;
  for (const [keyword, value] of Object.entries(schema)) {
    const fault = keywordFault(keyword, value, schema, root);
    if (fault) return { pointer: `${pointer}/${escaped(keyword)}`, value, ...fault };
  }
  const pattern = Object.keys(isObject(schema.patternProperties) ? schema.patternProperties : {}).find(isBroken);
  if (pattern === undefined) return undefined;
  return { pointer: `${pointer}/patternProperties`, value: pattern, ...BROKEN_PATTERN };
}

const BROKEN_PATTERN: Fault = { reason: 'is not a regular expression', remedy: 'fix it' };

function keywordFault(
  keyword: string, value: unknown, schema: Readonly<Record<string, unknown>>, root: unknown,
): Fault | undefined {
  if (Token.isUnresolved(keyword)) return undefined;
  const replacement = draft04Replacement(keyword);
  if (replacement !== undefined) {
    return {
      reason: `is the value of \`${keyword}\`, which is not a keyword of JSON Schema draft-04, the only draft that API Gateway supports`,
      remedy: replacement,
    };
  }
  // Keys inside of `properties` are names, not keywords, and never get here.
  if (Token.isUnresolved(value)) return undefined;
  if (keyword === '$ref') return schemaReferenceFault(value, root);
  if (keyword === '$schema') return draftFault(value);
  if (keyword === 'pattern' && isBroken(value)) return BROKEN_PATTERN;
  if ((keyword === 'exclusiveMinimum' || keyword === 'exclusiveMaximum') && typeof value === 'number') {
    const bound = keyword === 'exclusiveMinimum' ? 'minimum' : 'maximum';
    const orAlone = bound in schema ? `, or \`${bound}\` alone` : '';
    return ofLaterDrafts(`write { ${bound}: ${value}, ${keyword}: true }${orAlone}`, 'as a bound ');
  }
  return undefined;
}

function ofLaterDrafts(remedy: string, as: string): Fault {
  return { reason: `${as}is of a later draft of JSON Schema than draft-04, the only one that API Gateway supports`, remedy };
}

function draftFault(draft: unknown): Fault | undefined {
  if (typeof draft !== 'string' || DRAFT_04.test(draft)) return undefined;
  return {
    reason: 'is not the draft that API Gateway supports', remedy: 'write "http://json-schema.org/draft-04/schema#", or leave it out',
  };
}

/** With the flag `u` and without it: AWS does not document which one applies. */
function isBroken(pattern: unknown): boolean {
  if (typeof pattern !== 'string' || Token.isUnresolved(pattern)) return false;
  return ['', 'u'].every((flags) => {
    try {
      new RegExp(pattern, flags);
      return false;
    } catch {
      return true;
    }
  });
}

/** Validates against the meta-schema. */
function metaSchemaFault(schema: unknown): SchemaFault | undefined {
  // Loaded lazily: most services have no models.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { default: Validator } = require('ajv-draft-04') as typeof import('ajv-draft-04');
  const ajv = new Validator({ allErrors: true, strict: false, validateFormats: false, logger: false });
  // As in the template, with strings for tokens: errors about those are ignored below.
  void ajv.validate('http://json-schema.org/draft-04/schema', JSON.parse(JSON.stringify(schema)));
  for (const { instancePath, message, params } of ajv.errors ?? []) {
    const value = valueAt(schema, instancePath);
    if (Token.isUnresolved(value)) continue;
    const allowed = Array.isArray(params.allowedValues) ? ` (${params.allowedValues.join(', ')})` : '';
    return {
      pointer: `#${instancePath}`,
      value,
      reason: `is not JSON Schema draft-04: it ${message}${allowed}`,
      remedy: 'write it as draft-04 requires',
    };
  }
  return undefined;
}

function valueAt(schema: unknown, path: string): unknown {
  return path.split('/').slice(1).reduce<unknown>((value, step) => (
    (value as Readonly<Record<string, unknown>>)[unescaped(step)]
  ), schema);
}

const REFERENCE_REMEDY = 'write #/definitions/<name>, or '
  + 'https://apigateway.amazonaws.com/restapis/<api id>/models/<name> for a model of the API';

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
 */
export function schemaReferenceFault(reference: unknown, root: unknown): Fault | undefined {
  // The meta-schema rejects a reference that is not a string.
  if (typeof reference !== 'string' || Token.isUnresolved(reference) || MODEL_REFERENCE.test(reference)) return undefined;
  if (!reference.startsWith('#')) {
    return { reason: 'is outside the schema, and API Gateway reads no schemas from elsewhere', remedy: REFERENCE_REMEDY };
  }
  if (!reference.startsWith('#/definitions/')) {
    return { reason: 'does not refer to one of the `definitions`', remedy: 'move the schema there, and write #/definitions/<name>' };
  }
  return reaches(root, reference) ? undefined : { reason: 'does not exist', remedy: remedyFor(root) };
}

/** Whether the pointer resolves, or may do so at deployment. */
function reaches(root: unknown, pointer: string): boolean {
  let value = root;
  for (const step of pointer.split('/').slice(1)) {
    if (Token.isUnresolved(value)) return true;
    const name = unescaped(step.replace(/%[\da-f]{2}/gi, (code) => String.fromCharCode(parseInt(code.slice(1), 16))));
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return true;
}

function remedyFor(root: unknown): string {
  const names = isObject(root) && isObject(root.definitions) ? Object.keys(root.definitions) : [];
  return names.length > 0 ? `the definitions are ${list(names)}` : 'the schema has no `definitions`: add them';
}

/** A value in a schema, by its JSON pointer as a URL fragment: `#/properties/text`. */
export interface Place {
  readonly pointer: string;
  readonly value: unknown;
}

/** The keywords of JSON Schema draft-04, by the type of their values. */
const ONE_SCHEMA = ['additionalItems', 'additionalProperties', 'items', 'not'];
const LISTS_OF_SCHEMAS = ['allOf', 'anyOf', 'items', 'oneOf'];
const MAPS_OF_SCHEMAS = ['definitions', 'dependencies', 'patternProperties', 'properties'];
const VALUES = [
  '$ref', '$schema', 'default', 'description', 'enum', 'exclusiveMaximum', 'exclusiveMinimum', 'format', 'id', 'maxItems', 'maxLength',
  'maxProperties', 'maximum', 'minItems', 'minLength', 'minProperties', 'minimum', 'multipleOf', 'pattern', 'required', 'title', 'type',
  'uniqueItems',
];

const KEYWORDS: ReadonlySet<string> = new Set([...ONE_SCHEMA, ...LISTS_OF_SCHEMAS, ...MAPS_OF_SCHEMAS, ...VALUES]);

/** Keywords that accept a boolean instead of a schema. */
const BOOLEAN_TOO: ReadonlySet<string> = new Set(['additionalItems', 'additionalProperties']);

const NEITHER = 'leave it out, or describe it in `description`';

/** What to write in draft-04 instead of keywords of later drafts and of OpenAPI. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  $anchor: 'refer to the schema by `#/definitions/<name>`',
  $comment: 'write `description`',
  $defs: 'write `definitions`, and `#/definitions/<name>` in each `$ref`',
  $dynamicAnchor: 'refer to the schema by `#/definitions/<name>`',
  $dynamicRef: 'write `$ref` with `#/definitions/<name>`',
  $id: 'write `id`, or leave it out',
  $recursiveAnchor: 'refer to the schema by `#/definitions/<name>`',
  $recursiveRef: 'write `$ref` with `#/definitions/<name>`',
  const: 'write `enum` with this one value',
  contains: 'write { not: { items: { not: <schema> } } } in `allOf`',
  contentEncoding: 'write a `pattern`, or leave it out',
  contentMediaType: 'write a `pattern`, or leave it out',
  dependentRequired: 'write `dependencies`',
  dependentSchemas: 'write `dependencies`',
  discriminator: 'write `oneOf`, and an `enum` of one value for the property in each of its schemas',
  else: 'write { anyOf: [<if>, <else>] }',
  if: 'write { anyOf: [{ not: <if> }, <then>] }',
  nullable: "write `type` as a list with 'null' in it",
  prefixItems: 'write `items` with a list of schemas, and `additionalItems` for those behind it',
  propertyNames: 'write `patternProperties`, and `additionalProperties: false`',
  then: 'write { anyOf: [{ not: <if> }, <then>] }',
  unevaluatedItems: 'write `additionalItems: false` where the items are',
  unevaluatedProperties: 'write `additionalProperties: false` where the properties are',
};

/** What to write instead of a keyword; `undefined` for a keyword of draft-04. */
export function draft04Replacement(keyword: string): string | undefined {
  if (KEYWORDS.has(keyword)) return undefined;
  return Object.hasOwn(REPLACEMENTS, keyword) ? REPLACEMENTS[keyword] : NEITHER;
}

/** The schema and all schemas in it, but not values that only look like schemas, such as a default. */
export function* schemasIn(place: Place): Generator<Place> {
  yield place;
  const { value: schema, pointer } = place;
  if (!isObject(schema)) return;
  for (const [keyword, value] of Object.entries(schema)) {
    for (const below of placesBelow(keyword, value, `${pointer}/${escaped(keyword)}`)) yield* schemasIn(below);
  }
}

/** Whether a value is an object, but not a token. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}

export function escaped(name: string): string {
  return name.replace(/~/g, '~0').replace(/\//g, '~1');
}

export function unescaped(step: string): string {
  return step.replace(/~1/g, '/').replace(/~0/g, '~');
}

function placesBelow(keyword: string, value: unknown, pointer: string): Place[] {
  if (Array.isArray(value)) {
    return LISTS_OF_SCHEMAS.includes(keyword) ? value.map((item: unknown, index) => ({ pointer: `${pointer}/${index}`, value: item })) : [];
  }
  if (MAPS_OF_SCHEMAS.includes(keyword)) {
    if (!isObject(value)) return [];
    const places = Object.entries(value).map(([name, schema]) => ({ pointer: `${pointer}/${escaped(name)}`, value: schema }));
    // A dependency may also be a list of names.
    return places.filter((place) => keyword !== 'dependencies' || !Array.isArray(place.value));
  }
  if (!ONE_SCHEMA.includes(keyword)) return [];
  return typeof value === 'boolean' && BOOLEAN_TOO.has(keyword) ? [] : [{ pointer, value }];
}
