import { Token } from 'aws-cdk-lib';

/** A value somewhere in a schema; the pointer is that of JSON, as a fragment: `#/properties/text`. */
export interface Place {
  readonly pointer: string;
  readonly value: unknown;
}

/** The keywords of JSON Schema draft-04, by what is below them. */
const ONE_SCHEMA = ['additionalItems', 'additionalProperties', 'items', 'not'];
const LISTS_OF_SCHEMAS = ['allOf', 'anyOf', 'items', 'oneOf'];
const MAPS_OF_SCHEMAS = ['definitions', 'dependencies', 'patternProperties', 'properties'];
const VALUES = [
  '$ref', '$schema', 'default', 'description', 'enum', 'exclusiveMaximum', 'exclusiveMinimum', 'format', 'id', 'maxItems', 'maxLength',
  'maxProperties', 'maximum', 'minItems', 'minLength', 'minProperties', 'minimum', 'multipleOf', 'pattern', 'required', 'title', 'type',
  'uniqueItems',
];

const KEYWORDS: ReadonlySet<string> = new Set([...ONE_SCHEMA, ...LISTS_OF_SCHEMAS, ...MAPS_OF_SCHEMAS, ...VALUES]);

/** Where draft-04 has booleans in the place of schemas. */
const BOOLEAN_TOO: ReadonlySet<string> = new Set(['additionalItems', 'additionalProperties']);

const NEITHER = 'leave it out, or say it in `description`';

/** What draft-04 has in the place of keywords of later drafts, and of OpenAPI. */
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

/** How draft-04 says what a keyword of another draft does; `undefined`: it is a keyword of draft-04. */
export function draft04Replacement(keyword: string): string | undefined {
  if (KEYWORDS.has(keyword)) return undefined;
  return Object.hasOwn(REPLACEMENTS, keyword) ? REPLACEMENTS[keyword] : NEITHER;
}

/** The schema itself and all those in it. What only looks like one (a property that is called `items`, a default) is none. */
export function* schemasIn(place: Place): Generator<Place> {
  yield place;
  const { value: schema, pointer } = place;
  if (!isObject(schema)) return;
  for (const [keyword, value] of Object.entries(schema)) {
    for (const below of placesBelow(keyword, value, `${pointer}/${escaped(keyword)}`)) yield* schemasIn(below);
  }
}

/** An object that is written here, and no token. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}

/** Escapes a name for a JSON pointer. */
export function escaped(name: string): string {
  return name.replace(/~/g, '~0').replace(/\//g, '~1');
}

/** The name that a step of a JSON pointer stands for. */
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
    // The other kind of dependency is a list of names.
    return places.filter((place) => keyword !== 'dependencies' || !Array.isArray(place.value));
  }
  if (!ONE_SCHEMA.includes(keyword)) return [];
  return typeof value === 'boolean' && BOOLEAN_TOO.has(keyword) ? [] : [{ pointer, value }];
}
