import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  ConnectAuthorizer, ServerlessNamingOptions, ServiceNaming, WebsocketLoggingLevel, WebsocketNamedFunction, WebsocketService,
  WebsocketServiceProps,
} from '../lib';
import { quickStack } from './_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

const CODE: WebsocketNamedFunction = { handler: 'index.main', code: lambda.Code.fromInline('exports.main = async () => ({});') };

function service(naming: Partial<ServerlessNamingOptions> = {}, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', {
    functions: { 'my-conn_fn': CODE, 'auth': CODE },
    routes: { $connect: { functionKey: 'my-conn_fn' }, say: { functionKey: 'my-conn_fn', returnResponse: true } },
    authorizer: ConnectAuthorizer.functionKey('auth', { authorizerName: 'auth' }),
    naming: ServiceNaming.serverless({ service: 'chat', ...naming }),
    ...props,
  });
}

/** The types of all resources by logical id; `*` for a hash. */
function resources(): Record<string, string> {
  const found = Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>;
  return Object.fromEntries(Object.entries(found).map(([id, { Type }]) => [id.replace(/[0-9a-f]{16,}$/, '*'), Type]));
}

describe('logical ids', () => {
  test('are those of the Serverless Framework', () => {
    // WHEN
    service();

    // THEN
    expect(resources()).toEqual({
      'AuthLambdaFunction': 'AWS::Lambda::Function',
      'AuthLambdaVersion*': 'AWS::Lambda::Version',
      'AuthLambdaPermissionWebsockets': 'AWS::Lambda::Permission',
      'AuthLogGroup': 'AWS::Logs::LogGroup',
      'AuthWebsocketsAuthorizer': 'AWS::ApiGatewayV2::Authorizer',
      'IamRoleLambdaExecution': 'AWS::IAM::Role',
      'MyDashconnUnderscorefnLambdaFunction': 'AWS::Lambda::Function',
      'MyDashconnUnderscorefnLambdaVersion*': 'AWS::Lambda::Version',
      'MyDashconnUnderscorefnLambdaPermissionWebsockets': 'AWS::Lambda::Permission',
      'MyDashconnUnderscorefnLogGroup': 'AWS::Logs::LogGroup',
      'MyDashconnUnderscorefnWebsocketsIntegration': 'AWS::ApiGatewayV2::Integration',
      'ServerlessDeploymentBucket': 'AWS::S3::Bucket',
      'ServerlessDeploymentBucketPolicy': 'AWS::S3::BucketPolicy',
      'WebsocketsApi': 'AWS::ApiGatewayV2::Api',
      'WebsocketsDeployment*': 'AWS::ApiGatewayV2::Deployment',
      'WebsocketsDeploymentStage': 'AWS::ApiGatewayV2::Stage',
      'sayWebsocketsRoute': 'AWS::ApiGatewayV2::Route',
      'sayWebsocketsRouteResponse': 'AWS::ApiGatewayV2::RouteResponse',
      'SconnectWebsocketsRoute': 'AWS::ApiGatewayV2::Route',
    });
  });

  test('of outputs and exports, too', () => {
    // WHEN
    service({}, { stageName: 'prod' });

    // THEN
    const outputs = Template.fromStack(stack).toJSON().Outputs as Record<string, { Export: { Name: string } }>;
    expect(Object.fromEntries(Object.entries(outputs).map(([id, { Export }]) => [id, Export.Name]))).toEqual({
      AuthLambdaFunctionQualifiedArn: 'sls-chat-prod-AuthLambdaFunctionQualifiedArn',
      MyDashconnUnderscorefnLambdaFunctionQualifiedArn: 'sls-chat-prod-MyDashconnUnderscorefnLambdaFunctionQualifiedArn',
      ServerlessDeploymentBucketName: 'sls-chat-prod-ServerlessDeploymentBucketName',
      ServiceEndpointWebsocket: 'sls-chat-prod-ServiceEndpointWebsocket',
    });
  });

  test('of a route that is added later, and not of a handler without a key', () => {
    // GIVEN
    const chat = service();

    // WHEN
    chat.addRoute('later-on', { functionKey: 'auth' });
    chat.addRoute('other', { function: new lambda.Function(stack, 'Other', { ...CODE, code: CODE.code!, runtime: lambda.Runtime.NODEJS_22_X }) });

    // THEN
    const found = resources();
    expect(found).toMatchObject({ laterDashonWebsocketsRoute: 'AWS::ApiGatewayV2::Route', otherWebsocketsRoute: 'AWS::ApiGatewayV2::Route' });
    expect(Object.values(found).filter((type) => type === 'AWS::Lambda::Permission')).toHaveLength(3);
  });

  test('of aliases, whose permission names the alias as the Serverless Framework writes it', () => {
    // WHEN
    service({}, { functions: { 'my-conn_fn': { ...CODE, alias: 'provisioned', provisionedConcurrentExecutions: 1 }, 'auth': CODE } });

    // THEN
    const template = Template.fromStack(stack);
    expect(resources()).toMatchObject({ MyDashconnUnderscorefnProvConcLambdaAlias: 'AWS::Lambda::Alias' });
    template.hasResource('AWS::Lambda::Permission', {
      Properties: { FunctionName: { 'Fn::Join': [':', [{ 'Fn::GetAtt': ['MyDashconnUnderscorefnLambdaFunction', 'Arn'] }, 'provisioned']] } },
      DependsOn: ['MyDashconnUnderscorefnProvConcLambdaAlias'],
    });
  });

  test('of what writes logs', () => {
    // WHEN
    service({}, { loggingLevel: WebsocketLoggingLevel.INFO, accessLog: {} });

    // THEN
    const template = Template.fromStack(stack);
    expect(resources()).toMatchObject({
      CustomApiGatewayAccountCloudWatchRole: 'Custom::ApiGatewayAccountRole',
      CustomDashresourceDashapigwDashcwDashroleLambdaFunction: 'AWS::Lambda::Function',
      IamRoleCustomResourcesLambdaExecution: 'AWS::IAM::Role',
      WebsocketsLogGroup: 'AWS::Logs::LogGroup',
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: '/aws/websocket/chat-dev', RetentionInDays: Match.absent() });
    template.hasResource('AWS::ApiGatewayV2::Stage', { DependsOn: Match.arrayWith(['CustomApiGatewayAccountCloudWatchRole']) });
  });
});

describe('properties', () => {
  test('whose change would replace a resource are written as the Serverless Framework writes them', () => {
    // WHEN
    service();

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: { 'Fn::Join': ['-', ['chat', 'dev', { Ref: 'AWS::Region' }, 'lambdaRole']] },
    });
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'chat-dev-my-conn_fn' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: '/aws/lambda/chat-dev-my-conn_fn' });
    template.allResourcesProperties('AWS::Lambda::Permission', { SourceArn: Match.absent() });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { DeploymentId: { Ref: Match.stringLikeRegexp('^WebsocketsDeployment') } });
  });

  test('of the role: the connections of this stage only, in the policy that the role has', () => {
    // WHEN
    service({ roleStatements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })] });

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    const [{ Properties }] = Object.values(template.findResources('AWS::IAM::Role')) as Array<{
      Properties: { Policies: Array<{ PolicyName: string; PolicyDocument: { Statement: Array<{ Action: string | string[] }> } }> };
    }>;
    expect(Properties.Policies.map(({ PolicyName }) => PolicyName)).toEqual(['chat-dev-lambda']);
    expect(Properties.Policies[0].PolicyDocument.Statement.map(({ Action }) => Action)).toEqual([
      's3:GetObject',
      ['logs:CreateLogStream', 'logs:CreateLogGroup', 'logs:TagResource', 'logs:PutLogEvents'],
      'execute-api:ManageConnections',
    ]);
  });

  test('grants of the user go into that policy, too', () => {
    // GIVEN
    const chat = service();

    // WHEN
    new Topic(stack, 'Topic').grantPublish(chat.functionByKey('auth'));

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.hasResourceProperties('AWS::IAM::Role', {
      Policies: [{ PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'sns:Publish' })]) } }],
    });
  });
});

describe('options', () => {
  test('versionFunctions: false makes no version and no output', () => {
    // WHEN
    service({ versionFunctions: false });

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Version', 0);
    expect(Object.keys(template.findOutputs('*'))).toEqual(['ServerlessDeploymentBucketName', 'ServiceEndpointWebsocket']);
  });

  test('versions are retained', () => {
    // WHEN
    service();

    // THEN
    Template.fromStack(stack).allResources('AWS::Lambda::Version', { DeletionPolicy: 'Retain' });
  });

  test('deploymentBucket: false makes no bucket', () => {
    // WHEN
    service({ deploymentBucket: false });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
  });

  test('role is the role of all functions', () => {
    // WHEN
    service({ role: iam.Role.fromRoleArn(stack, 'Imported', 'arn:aws:iam::111122223333:role/mine') });

    // THEN
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Role', 0);
    template.allResourcesProperties('AWS::Lambda::Function', { Role: 'arn:aws:iam::111122223333:role/mine' });
  });

  test('tags are tags of functions and API', () => {
    // WHEN
    service({ tags: { team: 'a' } });

    // THEN
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::Lambda::Function', { Tags: [{ Key: 'team', Value: 'a' }] });
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { Tags: { team: 'a' } });
    template.hasResourceProperties('AWS::IAM::Role', { Tags: Match.absent() });
  });

  test('logGroupRetention is the retention of all log groups, unless a function has its own', () => {
    // WHEN
    service({ logGroupRetention: RetentionDays.ONE_WEEK }, {
      accessLog: {}, functions: { 'my-conn_fn': { ...CODE, logGroupRetention: RetentionDays.ONE_DAY }, 'auth': CODE },
    });

    // THEN
    const logGroups = Object.values(Template.fromStack(stack).findResources('AWS::Logs::LogGroup')) as Array<{
      Properties: { LogGroupName: string; RetentionInDays: number };
    }>;
    expect(Object.fromEntries(logGroups.map(({ Properties }) => [Properties.LogGroupName, Properties.RetentionInDays]))).toEqual({
      '/aws/lambda/chat-dev-my-conn_fn': 1, '/aws/lambda/chat-dev-auth': 7, '/aws/websocket/chat-dev': 7,
    });
  });
});

test('a changed route makes another deployment', () => {
  // GIVEN
  service();
  const before = Object.keys(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Deployment'));

  // WHEN
  stack = quickStack();
  const chat = service();
  (chat.route('say').node.defaultChild as unknown as { addPropertyOverride(name: string, value: unknown): void })
    .addPropertyOverride('OperationName', 'other');

  // THEN
  expect(Object.keys(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Deployment'))).not.toEqual(before);
});

describe('errors', () => {
  test.each<[string, () => unknown, string]>([
    [
      'a name that no service has', () => service({ service: 'my chat' }),
      'Stack/Chat: naming.service: "my chat" is not a legal name of a service; '
      + 'use `service` of the serverless.yml: a letter, then letters, digits and hyphens',
    ],
    [
      'a role with statements', () => service({
        role: iam.Role.fromRoleArn(stack, 'Imported', 'arn:aws:iam::111122223333:role/mine'), roleStatements: [new iam.PolicyStatement()],
      }),
      'Stack/Chat: naming.roleStatements: 1 are statements of the role that is made, but `role` is given; add them to that role',
    ],
    [
      'nested stacks', () => service({}, { nestedStacks: 2 }),
      'Stack/Chat: nestedStacks: 2 would move routes to other stacks, which replaces them; leave it out, or leave out `naming`',
    ],
    [
      'autoDeploy', () => service({}, { autoDeploy: true }),
      'Stack/Chat: autoDeploy: true contradicts `naming`: the stage has a deployment, which the template makes; '
      + 'leave it out, or leave out `naming`',
    ],
    [
      'autoDeploy of a further stage', () => service({}, { additionalStages: { beta: { autoDeploy: true } } }),
      'Stack/Chat: additionalStages["beta"].autoDeploy: true contradicts `naming`: all stages share its deployment; '
      + 'leave it out, or leave out `naming`',
    ],
    [
      'a naming that is none', () => service({}, { naming: 'serverless' as unknown as ServiceNaming }),
      'Stack/Chat: naming: "serverless" is not a ServiceNaming; use ServiceNaming.serverless({ service: \'chat\' })',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(new Error(message));
  });
});
