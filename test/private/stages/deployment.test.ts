import { CfnCondition, CfnResource, CfnWaitConditionHandle, Fn, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  CfnApi, CfnAuthorizer, CfnIntegration, CfnIntegrationResponse, CfnModel, CfnRoute, CfnRouteResponse,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { RouteDeployment, routesOf } from '../../../lib/private/stages/deployment';
import { quickApp } from '../../_helpers/quick-app';

/** An API with one of each that a deployment is a snapshot of. */
interface Sample {
  readonly stack: Stack;
  readonly scope: Construct;
  readonly api: CfnApi;
  readonly parts: Record<string, CfnResource>;
  readonly deployment: RouteDeployment;
}

function sample(apiId?: string): Sample {
  const stack = new Stack(quickApp(), 'Stack');
  const api = new CfnApi(stack, 'Api', { name: 'chat', protocolType: 'WEBSOCKET', routeSelectionExpression: '$request.body.action' });
  const scope = new Construct(stack, 'Chat');
  const id = apiId ?? api.ref;
  const integration = new CfnIntegration(scope, 'Integration', { apiId: id, integrationType: 'MOCK' });
  const route = new CfnRoute(scope, 'Route', { apiId: id, routeKey: 'a', target: `integrations/${integration.ref}` });
  const parts = {
    integration,
    route,
    integrationResponse: new CfnIntegrationResponse(scope, 'IntegrationResponse', {
      apiId: id, integrationId: integration.ref, integrationResponseKey: '$default',
    }),
    routeResponse: new CfnRouteResponse(scope, 'RouteResponse', { apiId: id, routeId: route.ref, routeResponseKey: '$default' }),
    authorizer: new CfnAuthorizer(scope, 'Authorizer', { apiId: id, authorizerType: 'REQUEST', name: 'a' }),
    model: new CfnModel(scope, 'Model', { apiId: id, name: 'm', schema: {} }),
  };
  return { stack, scope, api, parts, deployment: new RouteDeployment(scope, 'Deployment', { apiId: id, api }) };
}

/** The logical id of the deployment and what it waits for, as the template has them. */
function deployed(stack: Stack): { id: string; waitsFor: string[] } {
  const [[id, { DependsOn }]] = Object.entries(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Deployment'));
  return { id, waitsFor: [DependsOn ?? []].flat() };
}

const idAfter = (change: (sample: Sample) => void, apiId?: string): string => {
  const made = sample(apiId);
  change(made);
  return deployed(made.stack).id;
};
const untouched = idAfter(() => undefined);

/** A route by raw means, for any API. */
function rawRoute(scope: Construct, apiId: string, routeKey = 'raw'): CfnRoute {
  return new CfnRoute(scope, 'Raw', { apiId, routeKey });
}

test('is a deployment of the API, of no stage unless one is given', () => {
  // GIVEN
  const { stack, scope, api } = sample();

  // WHEN
  new RouteDeployment(scope, 'Other', { apiId: api.ref, stageName: 'prod' });

  // THEN
  const deployments = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Deployment'));
  expect(deployments.map(({ Properties }) => Properties)).toEqual([{ ApiId: { Ref: 'Api' } }, { ApiId: { Ref: 'Api' }, StageName: 'prod' }]);
});

test('its id is a contract: a stem that stays, and a hash', () => {
  expect(untouched).toMatch(/^ChatDeployment\w{8}[0-9a-f]{16}$/);
  expect(idAfter(() => undefined)).toBe(untouched);
});

test('what refers to it has the same id', () => {
  // GIVEN
  const { stack, deployment } = sample();

  // WHEN
  new CfnWaitConditionHandle(stack, 'Handle').addMetadata('deployment', deployment.ref);

  // THEN
  expect(Template.fromStack(stack).toJSON().Resources.Handle.Metadata.deployment).toEqual({ Ref: deployed(stack).id });
});

test('waits for all that it is a snapshot of', () => {
  // GIVEN
  const { stack, parts } = sample();

  // THEN
  expect(deployed(stack).waitsFor.sort()).toEqual(Object.values(parts).map((part) => stack.getLogicalId(part)).sort());
});

describe('is made anew for', () => {
  test.each(Object.keys(sample().parts))('a raw override of the %s', (name) => {
    expect(idAfter(({ parts }) => parts[name].addPropertyOverride('Any.Thing', 1))).not.toBe(untouched);
  });

  test.each(Object.keys(sample().parts))('a condition of the %s', (name) => {
    expect(idAfter(({ stack, parts }) => {
      parts[name].cfnOptions.condition = new CfnCondition(stack, 'Condition', { expression: Fn.conditionEquals('a', 'b') });
    })).not.toBe(untouched);
  });

  test.each<[string, (sample: Sample) => void]>([
    ['a property', ({ parts }) => { (parts.route as CfnRoute).routeKey = 'b'; }],
    ['the deletion of a property', ({ parts }) => { parts.route.addPropertyDeletionOverride('Target'); }],
    ['a resource that is gone', ({ scope }) => { scope.node.tryRemoveChild('Model'); }],
    ['a route beside the scope', ({ stack, api }) => { rawRoute(stack, api.ref); }],
    ['a route that names the API by its attribute', ({ stack, api }) => { rawRoute(stack, api.attrApiId); }],
    ['a route in a nested stack of the scope', ({ scope, api }) => { rawRoute(new NestedStack(scope, 'Nested'), api.ref); }],
    ['a route in a nested stack beside the scope', ({ stack, api }) => { rawRoute(new NestedStack(stack, 'Nested'), api.ref); }],
    ['a route in a nested stack of a nested stack', ({ stack, api }) => {
      rawRoute(new NestedStack(new NestedStack(stack, 'Outer'), 'Inner'), api.ref);
    }],
    ['another selection expression', ({ api }) => { api.routeSelectionExpression = '$request.body.kind'; }],
    ['a raw override of it', ({ api }) => { api.addPropertyOverride('RouteSelectionExpression', '$request.body.kind'); }],
    ['another place of the API key', ({ api }) => { api.apiKeySelectionExpression = '$context.authorizer.usageIdentifierKey'; }],
  ])('%s', (_case, change) => {
    expect(idAfter(change)).not.toBe(untouched);
  });

  test('a change of a route in a nested stack beside the scope', () => {
    const [one, other] = ['x', 'y'].map((key) => idAfter(({ stack, api }) => { rawRoute(new NestedStack(stack, 'Nested'), api.ref, key); }));
    expect(other).not.toBe(one);
  });

  test('a route beside the scope that has the literal id of the API', () => {
    expect(idAfter(({ stack }) => { rawRoute(stack, 'abc'); }, 'abc')).not.toBe(idAfter(() => undefined, 'abc'));
  });
});

describe('stays for', () => {
  test.each<[string, (sample: Sample) => void]>([
    ['the description of the API', ({ api }) => { api.description = 'about it'; }],
    ['metadata', ({ parts }) => { parts.route.addMetadata('colour', 'blue'); }],
    ['a dependency', ({ stack, parts }) => { parts.route.addDependency(new CfnWaitConditionHandle(stack, 'Handle')); }],
    ['a deletion policy', ({ parts }) => { parts.route.addOverride('DeletionPolicy', 'Retain'); }],
    ['a resource of another kind', ({ scope }) => { new CfnWaitConditionHandle(scope, 'Handle'); }],
    ['a route of another API', ({ stack }) => { rawRoute(stack, 'abc'); }],
    ['a route of another API of the stack', ({ stack }) => {
      rawRoute(stack, new CfnApi(stack, 'Second', { name: 'b', protocolType: 'WEBSOCKET' }).ref);
    }],
    ['a route in another stack', ({ stack, api }) => { rawRoute(new Stack(stack.node.root, 'Other'), api.ref); }],
    ['a route in a stack that stands below this one', ({ stack, api }) => { rawRoute(new Stack(stack, 'Below'), api.ref); }],
  ])('%s', (_case, change) => {
    expect(idAfter(change)).toBe(untouched);
  });
});

test.each(['scope', 'stack'] as const)('waits for the nested stack that has a route of the API, below the %s', (where) => {
  // GIVEN
  const made = sample();

  // WHEN
  const nested = new NestedStack(made[where], 'Nested');
  rawRoute(nested, made.api.ref);

  // THEN
  expect(deployed(made.stack).waitsFor).toContain(made.stack.getLogicalId(nested.nestedStackResource!));
});

test('routesOf are the routes below a construct, with their responses, of the end', () => {
  // GIVEN
  const { stack, scope, api, parts } = sample();
  const waiting = new CfnWaitConditionHandle(stack, 'Waiting');

  // WHEN
  waiting.node.addDependency(routesOf(scope));
  const late = rawRoute(scope, api.ref);

  // THEN
  expect([...Template.fromStack(stack).toJSON().Resources.Waiting.DependsOn].sort())
    .toEqual([parts.route, parts.routeResponse, late].map((part) => stack.getLogicalId(part)).sort());
});
