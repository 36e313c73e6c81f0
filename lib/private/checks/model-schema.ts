import { Token } from 'aws-cdk-lib';
import { draft04Replacement, escaped, isObject, Place, schemasIn, unescaped } from './draft-04';
import { schemaReferenceFault } from './schema-reference';
import { Fault } from '../problem';

/** A fault in a schema, and where. */
export interface SchemaFault extends Place, Fault {}

/** Characters of the schema as JSON, which is how API Gateway is given it. */
const SCHEMA_LIMIT = 32768;

const DRAFT_04 = /^https?:\/\/json-schema\.org\/draft-04\/schema#?$/;

/**
 * What is wrong with the JSON Schema of a model, if anything. API Gateway takes draft-04 and would refuse the rest at deployment.
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
      reason: `has ${length} characters as JSON, more than the ${SCHEMA_LIMIT} that API Gateway takes`,
      remedy: 'divide it into models that refer to each other, or check the rest in the function',
    };
  } catch (error) {
    return { reason: `cannot be written as JSON (${(error as Error).message.split('\n')[0]})`, remedy: 'use plain values' };
  }
}

/** The first fault of one schema, those below it apart. */
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

const BROKEN_PATTERN: Fault = { reason: 'is no regular expression', remedy: 'mend it' };

function keywordFault(
  keyword: string, value: unknown, schema: Readonly<Record<string, unknown>>, root: unknown,
): Fault | undefined {
  if (Token.isUnresolved(keyword)) return undefined;
  const replacement = draft04Replacement(keyword);
  if (replacement !== undefined) {
    return { reason: `is the value of \`${keyword}\`, which is no keyword of JSON Schema draft-04, and API Gateway takes no other`, remedy: replacement };
  }
  // `$ref` and the like inside of `properties` are names there, and never come here.
  if (Token.isUnresolved(value)) return undefined;
  if (keyword === '$ref') return schemaReferenceFault(value, root);
  if (keyword === '$schema') return draftFault(value);
  if (keyword === 'pattern' && isBroken(value)) return BROKEN_PATTERN;
  if ((keyword === 'exclusiveMinimum' || keyword === 'exclusiveMaximum') && typeof value === 'number') {
    const bound = keyword === 'exclusiveMinimum' ? 'minimum' : 'maximum';
    return ofLaterDrafts(`write { ${bound}: ${value}, ${keyword}: true }${bound in schema ? `, or \`${bound}\` alone` : ''}`, 'as a bound ');
  }
  return undefined;
}

function ofLaterDrafts(remedy: string, as: string): Fault {
  return { reason: `${as}is of later drafts of JSON Schema than the fourth, and API Gateway takes no other`, remedy };
}

function draftFault(draft: unknown): Fault | undefined {
  if (typeof draft !== 'string' || DRAFT_04.test(draft)) return undefined;
  return { reason: 'is not the draft that API Gateway takes', remedy: 'write "http://json-schema.org/draft-04/schema#", or leave it out' };
}

/** With the flag `u` or without it: nobody says which one API Gateway has. */
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

/** What the schema of schemas says. */
function metaSchemaFault(schema: unknown): SchemaFault | undefined {
  // Loaded when there is a model: most services have none.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { default: Validator } = require('ajv-draft-04') as typeof import('ajv-draft-04');
  const ajv = new Validator({ allErrors: true, strict: false, validateFormats: false, logger: false });
  // As it will be in the template, with texts for tokens: what those hide is let through below.
  void ajv.validate('http://json-schema.org/draft-04/schema', JSON.parse(JSON.stringify(schema)));
  for (const { instancePath, message, params } of ajv.errors ?? []) {
    const value = valueAt(schema, instancePath);
    if (Token.isUnresolved(value)) continue;
    const allowed = Array.isArray(params.allowedValues) ? ` (${params.allowedValues.join(', ')})` : '';
    return {
      pointer: `#${instancePath}`,
      value,
      reason: `is not JSON Schema draft-04: it ${message}${allowed}`,
      remedy: 'write it as that draft has it',
    };
  }
  return undefined;
}

function valueAt(schema: unknown, path: string): unknown {
  return path.split('/').slice(1).reduce<unknown>((value, step) => (
    (value as Readonly<Record<string, unknown>>)[unescaped(step)]
  ), schema);
}
