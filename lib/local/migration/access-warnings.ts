import { Canonical, equal, referenced, Value } from './canonical';
import { DENY, Grant, grantsOf, isCovered } from './grants';
import type { Sides } from './resource-difference';
import type { Warning } from './template-warnings';
import type { TemplateResource } from '../../serverless/template';

/** Warnings about who may connect, and about what functions may do. */
export function accessWarnings(sides: Sides): Warning[] {
  return [...routeWarnings(sides), ...authorizerWarnings(sides), ...roleWarnings(sides)];
}

/** How routes, methods and function URLs let callers in, by what they answer: a route under a new id is the same route. */
function routeWarnings(sides: Sides): Warning[] {
  const fresh = Object.entries(sides.after.Resources).filter(([, resource]) => guarded(resource));
  return Object.entries(sides.before.Resources).flatMap(([logicalId, resource]): Warning[] => {
    if (!guarded(resource)) return [];
    const key = keyOf(resource, sides.canonicalBefore);
    const now = fresh.find(([id, one]) => (key === undefined ? id === logicalId : keyOf(one, sides.canonicalAfter) === key));
    return now ? guardWarnings(logicalId, resource, now[1], sides) : [];
  });
}

function guardWarnings(
  logicalId: string, { Properties: was = {} }: TemplateResource, { Properties: now = {} }: TemplateResource, sides: Sides,
): Warning[] {
  const [before, after] = [sides.canonicalBefore, sides.canonicalAfter];
  const name = was.RouteKey === undefined ? logicalId : `${logicalId} (${String(was.RouteKey)})`;
  const type = before.of(was.AuthorizationType ?? was.AuthType) ?? 'NONE';
  const fresh = after.of(now.AuthorizationType ?? now.AuthType) ?? 'NONE';
  if (type !== 'NONE' && (fresh === 'NONE' || (typeof fresh !== 'string' && !equal(type, fresh)))) {
    const is = fresh === 'NONE' ? 'is NONE:' : 'is decided at deployment: with NONE,';
    const text = `${name}: AuthorizationType was ${shown(type)} and ${is} everybody may connect or call`;
    return [{ code: 'unauthenticated', logicalId, text }];
  }
  if (String(before.of(was.ApiKeyRequired)) === 'true' && String(after.of(now.ApiKeyRequired)) !== 'true') {
    return [{ code: 'unauthenticated', logicalId, text: `${name}: no API key is required any more` }];
  }
  if (type !== 'NONE' && !equal(before.of(was.AuthorizerId), after.of(now.AuthorizerId))) {
    return [{ code: 'authorizerChanged', logicalId, text: `${name}: another authorizer decides who may connect or call` }];
  }
  return [];
}

function shown(type: Value): string {
  return typeof type === 'string' ? type : JSON.stringify(type);
}

function guarded({ Type }: TemplateResource): boolean {
  return Type === 'AWS::ApiGatewayV2::Route' || Type === 'AWS::ApiGateway::Method' || Type === 'AWS::Lambda::Url';
}

/** What a route or method answers; `undefined` for a function URL, which is its logical id. */
function keyOf({ Type, Properties = {} }: TemplateResource, canonical: Canonical): string | undefined {
  const names = { 'AWS::ApiGatewayV2::Route': ['ApiId', 'RouteKey'], 'AWS::ApiGateway::Method': ['HttpMethod', 'ResourceId'] }[Type];
  return names && JSON.stringify([Type, ...names.map((name) => canonical.of(Properties[name]) ?? null)]);
}

/** An authorizer that calls another function or looks at other parts of the request, under the same id. */
function authorizerWarnings({ before, after, canonicalBefore, canonicalAfter }: Sides): Warning[] {
  return Object.entries(before.Resources).flatMap(([logicalId, { Type, Properties = {} }]): Warning[] => {
    if (Type !== 'AWS::ApiGatewayV2::Authorizer' || !Object.hasOwn(after.Resources, logicalId)) return [];
    const now = after.Resources[logicalId].Properties ?? {};
    const differs = (name: string): boolean => !equal(canonicalBefore.of(Properties[name]), canonicalAfter.of(now[name]));
    const [from, to] = [Properties.IdentitySource, now.IdentitySource].map((source) => JSON.stringify(source ?? []));
    const texts = [
      ...differs('AuthorizerUri') ? [`${logicalId}: another function decides who may connect`] : [],
      ...differs('IdentitySource') ? [`${logicalId}: IdentitySource was ${from} and is ${to}: requests without it are refused`] : [],
    ];
    return texts.map((text): Warning => ({ code: 'authorizerChanged', logicalId, text }));
  });
}

/** The connections of every API, which Serverless permits, and this library does not. */
const EVERY_API = /^arn:.+:execute-api:\*:\*:\*\/@connections\/\*$/;

/** What the role of a function allowed, and the role that the function has now does not. */
function roleWarnings(sides: Sides): Warning[] {
  return [...rolePairs(sides)].flatMap(([role, successors]) => successors.flatMap((successor): Warning[] => {
    const was = grantsOf(role, sides.before, sides.canonicalBefore);
    const now = grantsOf(successor, sides.after, sides.canonicalAfter);
    const name = role === successor ? role : `${role}, now ${successor}`;
    return dropped(was, now).map(({ effect, action, resource, elsewhere }): Warning => {
      if (effect !== DENY && action === 'execute-api:ManageConnections' && EVERY_API.test(resource) && elsewhere.length > 0) {
        const text = `${name}: may manage connections of ${elsewhere.join(', ')} only, not of every API of the account, which is intended`;
        return { code: 'connectionsNarrowed', logicalId: role, text };
      }
      const rest = elsewhere.length > 0 ? `, only on ${elsewhere.join(', ')}` : '';
      const text = `${name}: ${action} is not ${effect === DENY ? 'denied' : 'allowed'} on ${resource} any more${rest}`;
      return { code: effect === DENY ? 'denialDropped' : 'grantDropped', logicalId: role, text };
    });
  }));
}

interface Dropped extends Grant {
  /** Resources on which the action is still allowed. */
  readonly elsewhere: readonly string[];
}

function dropped(was: readonly Grant[], now: readonly Grant[]): Dropped[] {
  return was.filter((grant) => !isCovered(grant, now)).map((grant) => {
    const others = now.filter(({ effect, action }) => effect === grant.effect && action === grant.action);
    return { ...grant, elsewhere: others.map(({ resource }) => resource) };
  });
}

/** For each role of the old template: the roles that its functions have in the new one, and itself. */
function rolePairs({ before, after, canonicalBefore, canonicalAfter }: Sides): Map<string, string[]> {
  const pairs = new Map<string, Set<string>>();
  const add = (role: string | undefined, successor: string | undefined): void => {
    if (role === undefined || successor === undefined || before.Resources[role]?.Type !== 'AWS::IAM::Role') return;
    if (after.Resources[successor]?.Type === 'AWS::IAM::Role') pairs.set(role, (pairs.get(role) ?? new Set()).add(successor));
  };
  for (const [id, resource] of Object.entries(before.Resources)) {
    const now = Object.hasOwn(after.Resources, id) ? after.Resources[id] : undefined;
    if (resource.Type === 'AWS::IAM::Role') add(id, id);
    if (resource.Type === 'AWS::Lambda::Function' && now) {
      add(referenced(canonicalBefore.of(resource.Properties?.Role)), referenced(canonicalAfter.of(now.Properties?.Role)));
    }
  }
  return new Map([...pairs].map(([role, successors]) => [role, [...successors]]));
}
