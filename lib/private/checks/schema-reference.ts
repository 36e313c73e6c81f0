import { Token } from 'aws-cdk-lib';
import { isObject, unescaped } from './draft-04';
import { MODEL_REFERENCE } from '../models/model-reference';
import { Fault, list } from '../problem';

const REMEDY = 'write #/definitions/<name>, or https://apigateway.amazonaws.com/restapis/<api id>/models/<name> for a model of the API';

/**
 * What is wrong with a `$ref` of a model, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
 */
export function schemaReferenceFault(reference: unknown, root: unknown): Fault | undefined {
  // What is no text, the meta schema refuses.
  if (typeof reference !== 'string' || Token.isUnresolved(reference) || MODEL_REFERENCE.test(reference)) return undefined;
  if (!reference.startsWith('#')) return { reason: 'is outside the schema, and API Gateway reads no schemas from elsewhere', remedy: REMEDY };
  if (!reference.startsWith('#/definitions/')) {
    return { reason: 'does not refer to one of the `definitions`', remedy: 'move the schema there, and write #/definitions/<name>' };
  }
  return reaches(root, reference) ? undefined : { reason: 'leads nowhere', remedy: remedyFor(root) };
}

/** Whether there is something at a pointer, or may be at deployment. */
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
