/**
 * What is used of the interface that zod, valibot, arktype and others implement.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** What a schema makes of a message, and what it takes. */
export type OutputOf<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['output'];
export type InputOf<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input'];

/** Why a message is invalid, as its sender is told. */
export interface Issue {
  readonly message: string;
  /** The names and indexes that lead to the value. */
  readonly path: ReadonlyArray<string | number>;
}

export type Checked = { readonly value: unknown; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/** The most issues, and the most characters of each text, that are reported: a message of 128 KB can have any number. */
const ISSUES = 20;
const CHARACTERS = 500;

/** A schema may be a function itself, as those of arktype are. */
export function isSchema(value: unknown): value is StandardSchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
}

export async function check(schema: StandardSchema, value: unknown): Promise<Checked> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return { value: result.value };
  const issues = result.issues.slice(0, ISSUES);
  return { issues: issues.map(({ message, path = [] }) => ({ message: cut(String(message)), path: path.map(step) })) };
}

function step(key: PropertyKey | { readonly key: PropertyKey }): string | number {
  const name = typeof key === 'object' ? key.key : key;
  return typeof name === 'number' ? name : cut(String(name));
}

export function cut(text: string): string {
  return text.length > CHARACTERS ? `${text.slice(0, CHARACTERS)}...` : text;
}
