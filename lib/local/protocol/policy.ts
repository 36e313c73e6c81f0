import { isRecord } from './json';

/** The decision of a policy on one action and one resource. */
type PolicyDecision = 'allow' | 'explicitDeny' | 'implicitDeny';

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly action: Patterns;
  readonly resource: Patterns;
}

/** `not`: the patterns are those of NotAction or NotResource. */
interface Patterns {
  readonly patterns: readonly string[];
  readonly not: boolean;
}

interface PolicyQuestion {
  /** `execute-api:Invoke`, in any case. */
  readonly action: string;
  readonly resource: string;
}

/** Evaluates a policy document as IAM does: a Deny beats every Allow (3.6). `invalid` says what is wrong with it, in one line. */
export function evaluatePolicy(document: unknown, question: PolicyQuestion): PolicyDecision | { readonly invalid: string } {
  const statements = statementsOf(document);
  if (typeof statements === 'string') return { invalid: statements };
  // assumed (3.8): conditions of policy statements hold
  const applying = statements.filter(({ action, resource }) => (
    applies(action, question.action, true) && applies(resource, question.resource, false)
  ));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'explicitDeny';
  return applying.length > 0 ? 'allow' : 'implicitDeny';
}

/** Whether a text matches an IAM pattern: `*` stands for any characters, `?` for one. Linear in practice, never exponential. */
export function matchesPattern(pattern: string, text: string): boolean {
  let [p, t, star, retry] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      [star, retry] = [p, t];
      p += 1;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      // The last star takes one character more.
      retry += 1;
      [p, t] = [star + 1, retry];
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

function applies({ patterns, not }: Patterns, text: string, ignoreCase: boolean): boolean {
  const plain = (value: string) => ignoreCase ? value.toLowerCase() : value;
  return patterns.some((pattern) => matchesPattern(plain(pattern), plain(text))) !== not;
}

function statementsOf(document: unknown): readonly Statement[] | string {
  if (!isRecord(document)) return 'policyDocument is not an object';
  const list: readonly unknown[] = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  const statements: Statement[] = [];
  for (const [i, value] of list.entries()) {
    const statement = statementOf(value);
    if (typeof statement === 'string') return `statement ${i + 1} of policyDocument ${statement}`;
    statements.push(statement);
  }
  return statements;
}

function statementOf(value: unknown): Statement | string {
  if (!isRecord(value)) return 'is not an object';
  const { Effect: effect } = value;
  if (effect !== 'Allow' && effect !== 'Deny') return 'has an Effect that is neither Allow nor Deny';
  const action = patternsOf(value, 'Action');
  const resource = patternsOf(value, 'Resource');
  if (!action) return 'has no Action: a string or a list of strings';
  if (!resource) return 'has no Resource: a string or a list of strings';
  return { effect, action, resource };
}

function patternsOf(statement: Readonly<Record<string, unknown>>, name: 'Action' | 'Resource'): Patterns | undefined {
  const not = !Object.hasOwn(statement, name);
  const value = not ? statement[`Not${name}`] : statement[name];
  const patterns: readonly unknown[] = Array.isArray(value) ? value : [value];
  return patterns.every((pattern) => typeof pattern === 'string') ? { patterns, not } : undefined;
}
