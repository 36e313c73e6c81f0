import { GatewayError } from './gateway-error';

/** Throws if the value is not one that the option takes. */
export type Check = (name: string, value: unknown) => void;

/** What a value in a range must be, for an error. */
export function integerIn([least, greatest]: readonly [number, number]): string {
  return `an integer from ${least} to ${greatest}`;
}

export function text(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw mustBe(name, 'a non-empty string', value);
}

export function dynamoDbAddress(name: string, value: unknown): void {
  if (!isDynamoDb(value)) throw mustBe(name, 'the URL of a DynamoDB, such as http://localhost:8000, or aws', value);
}

/** `aws`, or a URL that SDKs take as an endpoint. */
function isDynamoDb(value: unknown): boolean {
  if (value === 'aws') return true;
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && `${username}${search}${hash}` === '';
}

export function integer(range: readonly [number, number]): Check {
  const [least, greatest] = range;
  return (name, value) => {
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > greatest) throw mustBe(name, integerIn(range), value);
  };
}

export function oneOf(...values: readonly string[]): Check {
  return (name, value) => {
    if (!values.includes(value as string)) throw mustBe(name, values.map((each) => JSON.stringify(each)).join(' or '), value);
  };
}

export function listOf(read: (item: string) => unknown, what: string): Check {
  return (name, value) => {
    const wrong: unknown = Array.isArray(value) ? value.find((item) => typeof item !== 'string' || read(item) === undefined) : value;
    if (wrong !== undefined) throw mustBe(name, `a list of ${what}`, wrong);
  };
}

function mustBe(name: string, what: string, value: unknown): GatewayError {
  return new GatewayError('INVALID_OPTION', `\`${name}\` must be ${what}, got ${JSON.stringify(value)}`);
}
