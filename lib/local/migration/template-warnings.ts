import { Canonical, equal, references } from './canonical';
import { isCustomResource } from './replacement-rules';
import type { ResourceDifference, Sides } from './resource-difference';
import type { TemplateResource } from '../../serverless/template';

/** What a person should look at, beside what is replaced or lost. */
export interface Warning {
  readonly code: WarningCode;
  /** The resource or parameter that it is about. */
  readonly logicalId?: string;
  readonly text: string;
}

export type WarningCode =
  /** The templates have no resource in common. */
  | 'otherStack'
  /** Clients need another URL. */
  | 'urlLost'
  /** A message or `$connect` has no route any more. */
  | 'routeLost'
  /** A route that had an authorizer, IAM or an API key lets everybody in. */
  | 'unauthenticated'
  | 'authorizerChanged'
  | 'stageWithoutDeployment'
  /** A role may do less, or a statement that denies is gone. */
  | 'grantDropped'
  /** The right to manage the connections of every API became that of one: what this library does. */
  | 'connectionsNarrowed'
  | 'denialDropped'
  /** A nested stack is new while resources are gone. */
  | 'nestedStack'
  /** What a nested stack holds, or a transform makes. */
  | 'notCompared'
  /** What was retained would be deleted with its resource. */
  | 'deletionPolicy'
  | 'condition'
  | 'newParameter'
  /** The new template refers to a resource that it does not have. */
  | 'brokenReference'
  /** The rules of its type are not known, or its function decides. */
  | 'unknownEffect';

/** Warnings about resources and their attributes. */
export function templateWarnings(sides: Sides, resources: readonly ResourceDifference[]): Warning[] {
  return [
    ...aboutTheWhole(sides, resources),
    ...resources.flatMap((resource) => aboutResource(resource, sides)),
    ...stagesWithoutDeployment(sides),
    ...newParameters(sides),
    ...brokenReferences(sides),
  ];
}

function aboutTheWhole({ before, after }: Sides, resources: readonly ResourceDifference[]): Warning[] {
  const lost = resources.filter(({ verdict }) => verdict === 'removed');
  const nested = resources.filter(({ verdict, type }) => verdict === 'added' && type === 'AWS::CloudFormation::Stack');
  const isOtherStack = lost.length > 0 && lost.length === Object.keys(before.Resources).length;
  const [from, to] = [before.Transform, after.Transform].map((transform) => JSON.stringify(transform));
  const warnings: Array<Warning | false> = [
    isOtherStack && {
      code: 'otherStack', text: 'the templates have no logical id in common: the new one is of another stack, or all of its ids are new',
    },
    lost.length > 0 && nested.length > 0 && {
      code: 'nestedStack',
      logicalId: nested[0].logicalId,
      text: `${nested[0].logicalId}: nothing moves into a nested stack; what is removed here is deleted, and what is within is created`,
    },
    to !== undefined && to !== from && {
      code: 'notCompared', text: `the transform ${to} changes the template at deployment, and what it makes is not compared`,
    },
  ];
  return warnings.filter((warning) => warning !== false);
}

function aboutResource(resource: ResourceDifference, sides: Sides): Warning[] {
  const { logicalId, type, verdict, changes, condition } = resource;
  const [before, after] = [sides.before, sides.after].map(({ Resources: all }): TemplateResource | undefined => (
    Object.hasOwn(all, logicalId) ? all[logicalId] : undefined));
  const isGone = verdict === 'removed' || verdict === 'replaced';
  const isChanged = verdict === 'changed';
  const { RouteKey: key = null } = before?.Properties ?? {};
  const texts: ReadonlyArray<readonly [boolean, WarningCode, string]> = [
    [isGone && before?.Type === 'AWS::ApiGatewayV2::Api', 'urlLost', 'a new API has another id, so that clients lose their URL'],
    [isGone && before?.Type === 'AWS::ApiGatewayV2::Stage', 'urlLost', 'its connections end, and its name is a part of the URL'],
    [
      type === 'AWS::ApiGatewayV2::Route'
        && (verdict === 'removed' ? resource.successor === undefined : isChanged && !answers(before, sides)),
      'routeLost', `nothing answers ${JSON.stringify(key)} any more`,
    ],
    [
      type === 'AWS::ApiGatewayV2::Api' && isDisabled(after, sides.canonicalAfter) && !isDisabled(before, sides.canonicalBefore),
      'urlLost', 'its default endpoint is disabled, so that clients lose the URL that the API has without a domain',
    ],
    [
      condition !== undefined && resource.isUncertain,
      'condition', `it is deleted unless the condition ${condition} holds, which only AWS knows`,
    ],
    [
      after !== undefined && isProtected(before?.DeletionPolicy) && !isProtected(after.DeletionPolicy),
      'deletionPolicy', `its DeletionPolicy was ${before?.DeletionPolicy}; without it, what it holds is deleted with it`,
    ],
    [
      changes.some(({ effect }) => effect === 'unknown'),
      'unknownEffect', `the rules of ${type} are not known: the change may replace it`,
    ],
    [isChanged && isCustomResource(type), 'unknownEffect', 'its function decides whether the change replaces what it made'],
    [isChanged && type === 'AWS::CloudFormation::Stack', 'notCompared', 'it is a nested stack, and what is within is not compared'],
  ];
  return texts.filter(([applies]) => applies).map(([, code, text]) => ({ code, logicalId, text: `${logicalId}: ${text}` }));
}

/** Whether the API has a route with the key in the new template. Upper and lower case are different keys. */
function answers(route: TemplateResource | undefined, { after, canonicalBefore, canonicalAfter }: Sides): boolean {
  return Object.values(after.Resources).some(({ Type, Properties = {} }) => (
    Type === 'AWS::ApiGatewayV2::Route' && ['ApiId', 'RouteKey'].every((name) => (
      equal(canonicalAfter.of(Properties[name]), canonicalBefore.of(route?.Properties?.[name]))))));
}

function isDisabled(api: TemplateResource | undefined, canonical: Canonical): boolean {
  return String(canonical.of(api?.Properties?.DisableExecuteApiEndpoint)) === 'true';
}

function isProtected(policy: string | undefined): boolean {
  return policy === 'Retain' || policy === 'RetainExceptOnCreate' || policy === 'Snapshot';
}

function stagesWithoutDeployment({ before, after, canonicalAfter }: Sides): Warning[] {
  return Object.entries(after.Resources).flatMap(([logicalId, { Type, Properties = {} }]): Warning[] => {
    if (Type !== 'AWS::ApiGatewayV2::Stage' || !Object.hasOwn(before.Resources, logicalId)) return [];
    if (String(Properties.AutoDeploy) === 'true' || canonicalAfter.of(Properties.DeploymentId) !== undefined) return [];
    const text = `${logicalId}: without a deployment, changed routes never reach the stage`;
    return [{ code: 'stageWithoutDeployment', logicalId, text }];
  });
}

function newParameters({ before, after }: Sides): Warning[] {
  return Object.entries(after.Parameters ?? {})
    .filter(([name, { Default }]) => !Object.hasOwn(before.Parameters ?? {}, name) && Default === undefined)
    .map(([logicalId]) => (
      { code: 'newParameter', logicalId, text: `${logicalId}: this new parameter has no default; the update needs a value` }));
}

function brokenReferences({ after, canonicalAfter }: Sides): Warning[] {
  const { Resources: resources, Parameters: parameters = {} } = after;
  const isKnown = (id: string): boolean => id.startsWith('AWS::') || Object.hasOwn(resources, id) || Object.hasOwn(parameters, id);
  return Object.entries(resources).flatMap(([logicalId, { Properties = {}, DependsOn: others = [] }]) => {
    const unknown = [...references(canonicalAfter.of(Properties)), ...[others].flat()].filter((id) => !isKnown(id));
    return [...new Set(unknown)].map((id): Warning => {
      const text = `${logicalId}: the template has no ${id}, to which it refers; CloudFormation refuses that`;
      return { code: 'brokenReference', logicalId, text };
    });
  });
}
