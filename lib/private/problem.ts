import { Duration } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';

/** A complaint about one value: what is wrong with it, and the way out. */
export interface Complaint {
  readonly reason: string;
  readonly remedy: string;
}

/** The error for a bad value: where (construct path, property), which value, why, and the way out. */
export function problem(scope: IConstruct, property: string, value: unknown, complaint: Complaint): Error {
  return new Error(`${scope.node.path}: ${property}: ${show(value)} ${complaint.reason}; ${complaint.remedy}`);
}

/** A value as its author would recognise it. */
export function show(value: unknown): string {
  if (value === undefined) return '(not set)';
  if (Construct.isConstruct(value)) return value.node.path;
  if (value instanceof Duration) return value.toHumanString();
  if (Array.isArray(value)) return `[${value.map(show).join(',')}]`;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  const kind = Object.getPrototypeOf(value) === Object.prototype ? '' : `${value.constructor?.name || 'object'} `;
  const keys = Object.keys(value);
  return `${kind}${keys.length > 0 ? `{ ${keys.join(', ')} }` : '{}'}`;
}

/** `a, b and c` */
export function list(items: readonly string[], conjunction = 'and'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items[items.length - 1]}`;
}
