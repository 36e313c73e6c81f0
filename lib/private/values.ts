import { Duration, Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** Whether two settings are the same construct or the same value; `undefined` equals a missing key. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right)) return false;
  if (Construct.isConstruct(left) || Construct.isConstruct(right)) return false;
  if (Token.isUnresolved(left) || Token.isUnresolved(right)) return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (left instanceof Duration && right instanceof Duration) return sameDuration(left, right);
  if (left instanceof Size && right instanceof Size) return sameSize(left, right);
  return sameMembers(left, right);
}

type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function sameDuration(left: Duration, right: Duration): boolean {
  if (left.isUnresolved() || right.isUnresolved()) return false;
  return left.toMilliseconds({ integral: false }) === right.toMilliseconds({ integral: false });
}

function sameSize(left: Size, right: Size): boolean {
  if (left.isUnresolved() || right.isUnresolved()) return false;
  return left.toBytes({ rounding: SizeRoundingBehavior.NONE }) === right.toBytes({ rounding: SizeRoundingBehavior.NONE });
}

function sameMembers(left: Members, right: Members): boolean {
  if (Array.isArray(left) && Array.isArray(right) && left.length !== right.length) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => sameValue(left[key], right[key]));
}

/** A value that is known at synthesis; `undefined` for a token. */
export function literal<T>(value: T): T | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}

/** The items in the order of their keys, so that nothing depends on the order in which the user wrote them. */
export function sortedBy<T>(items: Iterable<T>, key: (item: T) => string): T[] {
  return [...items].sort((left, right) => (key(left) < key(right) ? -1 : 1));
}
