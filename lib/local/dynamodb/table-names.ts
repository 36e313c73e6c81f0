import { isRecord, own, parsedJson } from '../protocol/json';

/** `arn:aws:dynamodb:eu-west-1:123456789012:table/Items`, which AWS takes in place of a name, and dynoxide does not. */
const TABLE_ARN = /^arn:[\w-]+:dynamodb:[\w-]*:\d*:table\/([\w.-]+)$/;
const MAY_HAVE_ARN = /"arn:[\w-]+:dynamodb:/;

type Rename = (name: string) => string;

/** The tables that a request names. */
export function tableNames(body: Buffer): string[] {
  const names = new Set<string>();
  const note: Rename = (name) => {
    names.add(name);
    return name;
  };
  renamed(parsedJson(body.toString()), note);
  return [...names];
}

/** A request with names in place of the ARNs of tables. */
export function withoutArns(body: Buffer): Buffer {
  const text = body.toString();
  if (!MAY_HAVE_ARN.test(text)) return body;
  const input = parsedJson(text);
  return isRecord(input) ? Buffer.from(JSON.stringify(renamed(input, (name) => TABLE_ARN.exec(name)?.[1] ?? name))) : body;
}

/**
 * A copy of an operation's input with other names of tables. They are `TableName`, also in `TransactItems`, and the keys of `RequestItems`
 * (BatchGetItem, BatchWriteItem). Strings of items are left alone.
 */
function renamed(input: unknown, rename: Rename): unknown {
  if (!isRecord(input)) return input;
  const copy: Record<string, unknown> = { ...input };
  if (typeof copy.TableName === 'string') copy.TableName = rename(copy.TableName);
  const items = own(input, 'RequestItems');
  if (isRecord(items)) copy.RequestItems = Object.fromEntries(Object.entries(items).map(([name, item]) => [rename(name), item]));
  const actions = own(input, 'TransactItems');
  if (Array.isArray(actions)) copy.TransactItems = actions.map((action) => renamedAction(action, rename));
  return copy;
}

/** `{ Put: { TableName, ... } }` */
function renamedAction(action: unknown, rename: Rename): unknown {
  if (!isRecord(action)) return action;
  return Object.fromEntries(Object.entries(action).map(([kind, item]) => [kind, renamed(item, rename)]));
}
