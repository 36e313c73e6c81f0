import { FULL, functionIdsOf, planOf, serviceOf } from './_helpers/plans';
import { freshPlan } from '../../../lib/local/migration/fresh-plan';
import type { JsonObject } from '../../../lib/serverless/template';

const IDS = functionIdsOf(FULL);

test('a new stack has another name, and neither names nor resources of the old one', () => {
  // GIVEN resources of the file, in two parts, and resources that Serverless made for other events
  const config: JsonObject = { resources: [{ Resources: { Connections: {} } }, { Outputs: { Table: {} } }] };
  const { Resources, Outputs } = FULL.fragment;
  const plan = {
    ...FULL,
    fragment: { Resources: { ...Resources, HttpApi: { Type: 'AWS::ApiGatewayV2::Api' } }, Outputs: { ...Outputs, HttpApiUrl: { Value: 'x' } } },
  };

  // WHEN
  const { plan: fresh, left } = freshPlan(plan, serviceOf('/srv', { config }), IDS);

  // THEN
  expect(fresh.stackName).toBe('chat-dev-cdk');
  expect(fresh.functions.auth).toEqual({ handler: 'src/handlers.authorize' });
  expect(fresh.defaults.logRetentionInDays).toBe(14);
  expect(fresh.fragment).toEqual(FULL.fragment);
  expect(Object.keys(fresh.overrides)).toEqual(['ConnLambdaFunction', 'AuthLambdaFunction', 'DefaultLambdaFunction', 'WebsocketsApi']);
  expect(left).toEqual(['HttpApi', 'SconnectWebsocketsRoute (overrides)']);
});

test.each([
  [{ Ref: 'WebsocketsApi' }, ['WebsocketsApi']],
  [{ 'Fn::GetAtt': ['ConnLambdaFunction', 'Arn'] }, ['ConnLambdaFunction']],
  [{ 'Fn::GetAtt': 'ConnLambdaFunction.Arn' }, ['ConnLambdaFunction']],
  [{ 'Fn::Sub': ['${WebsocketsApi}/${x}', { x: { Ref: 'WebsocketsDeploymentStage' } }] }, ['WebsocketsApi', 'WebsocketsDeploymentStage']],
  ['WebsocketsApi', []],
])('a resource keeps its id if the rest refers to it: %j', (value, keptIds) => {
  const environment = { VALUE: value };
  const plan = planOf({ defaults: { environment } });
  const carried = planOf({ fragment: { Resources: { Own: { Type: 'AWS::SNS::Topic', Properties: { value } } } } });
  const service = serviceOf('/srv', { config: { resources: { Resources: { Own: {} } } } });

  expect(freshPlan(plan, service, functionIdsOf(plan)).keptIds).toEqual(keptIds);
  expect(freshPlan(carried, service, functionIdsOf(carried)).keptIds).toEqual(keptIds);
});

test('a dependency is a reference', () => {
  const plan = planOf({ fragment: { Resources: { Own: { Type: 'AWS::SNS::Topic', DependsOn: ['WebsocketsApi', 'Other'] } } } });
  const service = serviceOf('/srv', { config: { resources: { Resources: { Own: {} } } } });

  expect(freshPlan(plan, service, functionIdsOf(plan)).keptIds).toEqual(['WebsocketsApi']);
});
