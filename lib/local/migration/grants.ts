import { Canonical, equal, partsOf, referenced, Value } from './canonical';
import type { Json, JsonObject, Template } from '../../serverless/template';
import { isRecord } from '../protocol/json';

/** One action on one resource that a role is allowed or denied. */
export interface Grant {
  readonly effect: string;
  readonly action: string;
  /** An ARN with references as `${Id}` or `${Id.Attribute}`. */
  readonly resource: string;
  /** As JSON. */
  readonly condition: string;
}

export const DENY = 'Deny';

/** What is compared of a role; a policy of CloudFormation's limits is far below. */
const MOST_GRANTS = 2000;

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** Managed policies of AWS that CDK attaches in the place of statements. */
const MANAGED: ReadonlyMap<string, readonly string[]> = new Map([
  ['AWSLambdaBasicExecutionRole', LOGS],
  ['AWSLambdaVPCAccessExecutionRole', [
    ...LOGS, 'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
  ]],
]);

/** The grants of a role: of its own policies, and of those attached to it. */
export function grantsOf(role: string, template: Template, canonical: Canonical): Grant[] {
  const { Properties = {} } = template.Resources[role];
  const documents = listOf(canonical.of(Properties.Policies)).map((policy) => memberOf(policy, 'PolicyDocument'));
  for (const { Type, Properties: of = {} } of Object.values(template.Resources)) {
    if (!/^AWS::IAM::(Policy|ManagedPolicy|RolePolicy)$/.test(Type)) continue;
    const roles = [...listOf(canonical.of(of.Roles)), canonical.of(of.RoleName)];
    const name = canonical.of(Properties.RoleName);
    const isOfRole = (one: Value): boolean => referenced(one) === role || (one !== undefined && equal(one, name));
    if (roles.some(isOfRole)) documents.push(canonical.of(of.PolicyDocument));
  }
  const managed = listOf(canonical.of(Properties.ManagedPolicyArns)).map(resourceText);
  return [
    ...documents.flatMap((document) => listOf(memberOf(document, 'Statement'))).flatMap(grantsOfStatement).slice(0, MOST_GRANTS),
    ...managed.flatMap(managedGrants),
  ];
}

/** Whether grants include another one. */
export function isCovered(grant: Grant, grants: readonly Grant[]): boolean {
  return grants.some(({ effect, action, resource, condition }) => effect === grant.effect
    && matches(action.toLowerCase(), grant.action.toLowerCase()) && matches(resource, grant.resource)
    && (condition === grant.condition || (condition === '' && effect !== DENY)));
}

function grantsOfStatement(statement: Json): Grant[] {
  if (!isRecord(statement)) return [];
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement as JsonObject;
  const actions = [...listOf(Action).map(String), ...NotAction === undefined ? [] : [`all but ${JSON.stringify(NotAction)}`]];
  const resources = [...listOf(Resource).map(resourceText), ...NotResource === undefined ? [] : [`all but ${JSON.stringify(NotResource)}`]];
  const condition = Condition === undefined ? '' : JSON.stringify(Condition);
  if (actions.length * resources.length > MOST_GRANTS) return [];
  return actions.flatMap((action) => resources.map((resource) => ({ effect: String(Effect), action, resource, condition })));
}

function managedGrants(arn: string): Grant[] {
  const actions = MANAGED.get(arn.slice(arn.lastIndexOf('/') + 1));
  const policy: Grant = { effect: 'Allow', action: 'what the managed policy says', resource: arn, condition: '' };
  return actions ? actions.map((action) => ({ effect: 'Allow', action, resource: '*', condition: '' })) : [policy];
}

/** A value in its one form as people write an ARN. */
function resourceText(value: Json): string {
  return partsOf(value).map((part) => {
    if (typeof part === 'string') return part;
    const [, name] = /^\{"Ref":"([^"]*)"\}$/.exec(JSON.stringify(part)) ?? [];
    const [, id, of] = /^\{"Fn::GetAtt":\["([^"]*)","([^"]*)"\]\}$/.exec(JSON.stringify(part)) ?? [];
    return name !== undefined ? `\${${name}}` : id !== undefined ? `\${${id}.${of}}` : JSON.stringify(part);
  }).join('');
}

/** Whether a pattern with `*` and `?` matches a text, whose own wildcards only `*` matches. */
function matches(pattern: string, text: string): boolean {
  let [at, mark, star] = [0, 0, -1];
  let i = 0;
  while (at < text.length) {
    if (pattern[i] === '*') [star, mark, i] = [i, at, i + 1];
    else if (i < pattern.length && (pattern[i] === text[at] || (pattern[i] === '?' && text[at] !== '*'))) [i, at] = [i + 1, at + 1];
    else if (star >= 0) [i, mark, at] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  return /^\**$/.test(pattern.slice(i));
}

function memberOf(value: Value, name: string): Value {
  return isRecord(value) ? (value as JsonObject)[name] : undefined;
}

function listOf(value: Value): Json[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}
