import { losses } from './template-losses';
import type { Template } from '../../lib/serverless/template';

const before: Template = {
  Resources: {
    WebsocketsApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'a', ProtocolType: 'WEBSOCKET' } },
    Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { Ref: 'WebsocketsApi' }, RouteKey: 'a' } },
    Deployment1: { Type: 'AWS::ApiGatewayV2::Deployment', Properties: { ApiId: { Ref: 'WebsocketsApi' } } },
    Version1: { Type: 'AWS::Lambda::Version', DeletionPolicy: 'Retain', Properties: { FunctionName: 'f' } },
    Table: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain', Properties: { TableName: 'a' } },
    Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'a', RetentionInDays: 3 } },
  },
  Outputs: {
    Version: { Value: { Ref: 'Version1' }, Export: { Name: 'v' } },
    Url: { Value: 'wss', Export: { Name: 'u' } },
  },
};

it('finds no loss in new deployments, versions, their outputs, updates in place and additions', () => {
  // GIVEN
  const { Deployment1, Version1, ...kept } = before.Resources;
  const after: Template = {
    Resources: {
      ...kept,
      Deployment2: Deployment1!,
      Version2: Version1!,
      New: { Type: 'AWS::SNS::Topic' },
      Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'a', RetentionInDays: 5 } },
    },
    Outputs: { ...before.Outputs, Version: { Value: { Ref: 'Version2' }, Export: { Name: 'v' } } },
  };

  // WHEN
  const found = losses(before, after);

  // THEN
  expect(found).toEqual([]);
});

it('finds what is replaced, removed, retyped, without its policy and lost among the outputs', () => {
  // GIVEN
  const { Group, ...kept } = before.Resources;
  const after: Template = {
    Resources: {
      ...kept,
      Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: 'other', RouteKey: 'a' } },
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'a' } },
      Deployment1: { Type: 'AWS::SNS::Topic' },
    },
    Outputs: { Version: before.Outputs!.Version!, Url: { Value: 'wss' } },
  };

  // WHEN
  const found = losses(before, after);

  // THEN
  expect(Group).toBeDefined();
  expect(found).toEqual([
    'Deployment1 (AWS::ApiGatewayV2::Deployment): is a AWS::SNS::Topic now',
    'Group (AWS::Logs::LogGroup): removed',
    'Route (AWS::ApiGatewayV2::Route): WILL_REPLACE ApiId: {"Ref":"WebsocketsApi"} -> "other"',
    'Table (AWS::DynamoDB::Table): changes DeletionPolicy: "Retain" -> nothing',
    'output Url: {"Value":"wss","Export":{"Name":"u"}} -> {"Value":"wss"}',
  ]);
});
