import { array, callWith, Code, object, quoted } from './code-layout';
import { stringCode, valueCode } from './expression-code';
import type { Imports } from './imports';
import { isObject } from '../../serverless/json-value';
import type { Json, JsonObject } from '../../serverless/template';

/** The members of a statement in a policy of IAM that `iam.PolicyStatement` takes as options. */
const MEMBERS: ReadonlySet<string> = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

/** A statement in a policy as `new iam.PolicyStatement({ ... })`. */
export function statementCode(statement: JsonObject, imports: Imports): Code {
  const iam = imports.service('iam');
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const unknown = Object.keys(statement).some((name) => !MEMBERS.has(name));
  if (unknown || Sid !== undefined && typeof Sid !== 'string' || Condition !== undefined && !isObject(Condition)) {
    return callWith(`${iam}.PolicyStatement.fromJson`, [], object(Object.fromEntries(
      Object.entries(statement).map(([name, value]) => [name, valueCode(value, imports)]),
    )));
  }
  return callWith(`new ${iam}.PolicyStatement`, [], object({
    sid: typeof Sid === 'string' ? quoted(Sid) : undefined,
    effect: Effect === 'Deny' ? `${iam}.Effect.DENY` : undefined,
    actions: listCode(Action, imports),
    notActions: listCode(NotAction, imports),
    resources: listCode(Resource, imports),
    notResources: listCode(NotResource, imports),
    conditions: isObject(Condition) ? valueCode(Condition, imports) : undefined,
  }));
}

/** IAM takes one string instead of a list of one. */
function listCode(value: Json | undefined, imports: Imports): Code | undefined {
  if (value === undefined) return undefined;
  return array((Array.isArray(value) ? value : [value]).map((item) => stringCode(item, imports)));
}
