import type { ModelPlaces, Schema } from './schema';
import type { Api, Route } from '../assembly/local-app';
import { isRecord, parsedJson } from '../protocol/json';

/** What a client sends to a route: of a route with several models, one for each. */
export interface RouteMessage {
  /** The value that selects the model, if there are several. */
  readonly modelKey?: string;
  readonly payload: Schema;
  /** Whether it may have an `id`, which the reply then has, too. */
  readonly correlated: boolean;
}

/** The messages of a route. The payload names the route in the member that selects it, if one member alone does. */
export function routeMessages(route: Route, api: Api, places: ModelPlaces): readonly RouteMessage[] {
  const selected = selection(api.routeSelectionExpression, route.routeKey);
  // Without an expression the models are not used: 5.4.1.
  const models = route.modelSelectionExpression ? Object.entries(route.requestModels) : [];
  if (models.length === 0) return [{ payload: together([selected, requestId(route)]), correlated: isEnveloped(route) }];
  return models.map(([key, name]) => {
    const id = takesId(api.models.get(name)) ? requestId(route) : undefined;
    const place = places.get(name);
    const parts = [selected, selection(route.modelSelectionExpression!, key), id, place === undefined ? undefined : { $ref: place }];
    return { ...models.length > 1 && { modelKey: key }, payload: together(parts), correlated: id !== undefined };
  });
}

/** The path of `$request.body.path`, or of `${request.body.path}`. */
export function selectionPath(expression: string): readonly string[] | undefined {
  const [, plain, braced] = /^\$(?:request\.body\.([\w$.-]+)|\{request\.body\.([\w$.-]+)\})$/.exec(expression) ?? [];
  const path = (plain ?? braced)?.split('.');
  return path?.every((name) => name !== '') ? path : undefined;
}

/** The member by which an expression gives a value; values are compared as texts (4.1.3). */
function selection(expression: string, value: string): Schema | undefined {
  const path = value === '$default' ? undefined : selectionPath(expression);
  if (!path) return undefined;
  const json = parsedJson(value);
  const member: Schema = typeof json === 'number' || typeof json === 'boolean' ? { enum: [value, json] } : { const: value };
  return path.reduceRight<Schema>((inner, name) => ({ type: 'object', required: [name], properties: { [name]: inner } }), member);
}

/** Handlers of this library reply with the `id` of the message. */
function requestId(route: Route): Schema | undefined {
  return isEnveloped(route) ? { type: 'object', properties: { id: { $ref: '#/components/schemas/requestId' } } } : undefined;
}

/** Whether a function replies, which may be one of `onMessage`. */
export function isEnveloped({ twoWay, integration }: Pick<Route, 'twoWay' | 'integration'>): boolean {
  return twoWay && integration?.type === 'AWS_PROXY';
}

function takesId(model: unknown): boolean {
  return !isRecord(model) || model.additionalProperties !== false || (isRecord(model.properties) && 'id' in model.properties);
}

/** A schema for all of these; an empty one takes anything. */
function together(schemas: ReadonlyArray<Schema | undefined>): Schema {
  const parts: Schema[] = [];
  for (const schema of schemas) {
    const last = parts.at(-1);
    const merged = isPlain(last) && isPlain(schema) ? mergedObject(last, schema) : undefined;
    if (merged) parts[parts.length - 1] = merged;
    else if (schema !== undefined) parts.push(schema);
  }
  return parts.length > 1 ? { allOf: parts } : parts[0] ?? {};
}

/** As `selection` and `requestId` make it. */
interface PlainObject {
  readonly [keyword: string]: unknown;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

function isPlain(schema: Schema | undefined): schema is PlainObject {
  return typeof schema === 'object' && 'properties' in schema;
}

function mergedObject(one: PlainObject, other: PlainObject): Schema | undefined {
  if (Object.keys(other.properties).some((name) => Object.hasOwn(one.properties, name))) return undefined;
  return {
    type: 'object',
    required: [...one.required ?? [], ...other.required ?? []],
    properties: Object.fromEntries([...Object.entries(one.properties), ...Object.entries(other.properties)]),
  };
}
