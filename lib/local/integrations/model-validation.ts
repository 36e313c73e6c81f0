import type { Options, ValidateFunction } from 'ajv';
import type Ajv from 'ajv-draft-04';
import { messageOf } from './integration';
import { requestVariables, selectionKey } from './selection-key';
import { MODEL_REFERENCE } from '../../private/model-reference';
import type { Route } from '../assembly/local-app';
import { isRecord, parsedJson } from '../protocol/json';
import { bounded } from '../protocol/thread-time';

/** The error of a message, in one line; `undefined` if the message is valid. */
type ModelValidator = (body: string) => string | undefined;

type ModelledRoute = Pick<Route, 'modelSelectionExpression' | 'requestModels'>;

/**
 * Validates messages by the models of their route (5.4.1). A route without a model selection expression takes any message. A model that
 * is not a JSON Schema refuses every message, with the reason.
 *
 * @param models JSON Schemas (draft-04) by model name
 */
export function modelValidator(route: ModelledRoute, models: ReadonlyMap<string, unknown>): ModelValidator {
  const { modelSelectionExpression: expression, requestModels } = route;
  if (!expression) return () => undefined;
  const schemas = new Schemas(models);
  return (body) => {
    try {
      const key = selectionKey(expression, requestVariables(body));
      const name = modelName(requestModels, key);
      return name === undefined ? noModel(key, requestModels) : schemas.error(name, body);
    } catch (thrown) {
      return `the model selection expression ${expression} failed: ${messageOf(thrown)}`;
    }
  };
}

function modelName(requestModels: Readonly<Record<string, string>>, key: string): string | undefined {
  const found = [key, '$default'].find((candidate) => Object.hasOwn(requestModels, candidate));
  return found === undefined ? undefined : requestModels[found];
}

function noModel(key: string, requestModels: Readonly<Record<string, string>>): string {
  const keys = Object.keys(requestModels).join(', ') || 'none';
  return `the model selection expression gives ${JSON.stringify(key)}, for which the route has no model (it has ${keys})`;
}

/** The most values of an `enum` in a quick schema: each may be compared with every item of a list. */
const MOST_PLAIN_VALUES = 100;

type CompiledModel = ValidateFunction | { readonly broken: string };

/** The models of an API. Each is compiled when the first message needs it. */
class Schemas {
  private readonly validators = new Map<string, CompiledModel>();
  /** Models that validate a message as quickly as it is parsed. */
  private readonly plain = new Set<string>();
  private readonly ajv = newAjv({ strict: false, validateFormats: false, logger: false, ownProperties: true });

  public constructor(models: ReadonlyMap<string, unknown>) {
    // All models are added before one is compiled, since they refer to each other in any order.
    for (const [name, schema] of models) this.add(name, schema);
  }

  public error(name: string, body: string): string | undefined {
    const validator = this.validator(name);
    if ('broken' in validator) return `the model ${name} is unusable: ${validator.broken}`;
    const json = parsedJson(body);
    if (json === undefined) return `the message is not JSON, which the model ${name} requires`;
    try {
      const fits = this.plain.has(name) ? validator(json) : bounded(() => validator(json));
      if (fits) return undefined;
    } catch (thrown) {
      // The message is nested too deep for a recursive model, or a pattern took too long.
      return `the model ${name} cannot be applied to the message: ${messageOf(thrown)}`;
    }
    return `the message does not fit the model ${name}: ${this.ajv.errorsText(validator.errors, { dataVar: '$' })}`;
  }

  private add(name: string, schema: unknown): void {
    if (isPlain(schema)) this.plain.add(name);
    try {
      this.ajv.addSchema(withLocalReferences(schema) as object, modelUri(name));
    } catch (thrown) {
      this.validators.set(name, { broken: messageOf(thrown) });
    }
  }

  private validator(name: string): CompiledModel {
    const known = this.validators.get(name);
    if (known) return known;
    const compiled = this.compiled(name);
    this.validators.set(name, compiled);
    return compiled;
  }

  private compiled(name: string): CompiledModel {
    try {
      return this.ajv.getSchema(modelUri(name)) ?? { broken: 'the API has no model of this name' };
    } catch (thrown) {
      return { broken: messageOf(thrown) };
    }
  }
}

const PLAIN_KEYWORDS = new Set([
  '$schema', 'id', '$id', 'title', 'description', 'default', 'examples', 'format', 'type', 'required', 'minimum', 'maximum',
  'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties',
]);

/** Whether a schema has none of the keywords that may take long: patterns, unique items, alternatives, references. */
function isPlain(schema: unknown): boolean {
  if (typeof schema === 'boolean') return true;
  return isRecord(schema) && Object.entries(schema).every(([keyword, value]) => {
    if (keyword === 'properties') return isRecord(value) && Object.values(value).every(isPlain);
    if (keyword === 'items' || keyword === 'additionalProperties') return isPlain(value);
    if (keyword === 'enum') {
      return Array.isArray(value) && value.length <= MOST_PLAIN_VALUES && value.every((one) => typeof one !== 'object');
    }
    return PLAIN_KEYWORDS.has(keyword);
  });
}

function modelUri(name: string): string {
  return `https://apigateway.amazonaws.com/models/${encodeURIComponent(name)}`;
}

/** A copy whose references name models of this API. It is draft-04, even if `$schema` names another draft. */
function withLocalReferences(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key: string, value: unknown) => {
    if (key === '$schema') return undefined;
    return key === '$ref' && typeof value === 'string' ? value.replace(MODEL_REFERENCE, (_, name: string) => modelUri(name)) : value;
  });
}

/** Ajv is loaded with the first model: most APIs have none. */
function newAjv(options: Options): Ajv {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { default: AjvDraft04 } = require('ajv-draft-04') as typeof import('ajv-draft-04');
  return new AjvDraft04(options);
}
