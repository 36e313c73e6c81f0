import type { AppOptions } from '../../../../lib/local/migration/app-files';
import type { ServicePlan } from '../../../../lib/serverless/plan';
import type { ServerlessService } from '../../../../lib/serverless/service';
import type { JsonObject } from '../../../../lib/serverless/template';

/** The plan of a service with two functions, and these changes. */
export function planOf(changes: Partial<ServicePlan> = {}): ServicePlan {
  return {
    stackName: 'chat-dev',
    region: 'us-east-1',
    stackTags: {},
    stageName: 'dev',
    apiName: 'dev-chat-websockets',
    description: 'Serverless Websockets',
    routeSelectionExpression: '$request.body.action',
    naming: { service: 'chat' },
    defaults: { runtime: 'nodejs20.x', memorySize: 1024, timeout: 6 },
    functions: { conn: { handler: 'src/handlers.connect' }, msg: { handler: 'src/handlers.message' } },
    routes: { $connect: { functionKey: 'conn' }, say: { functionKey: 'msg' } },
    overrides: {},
    attributes: {},
    fragment: { Resources: {} },
    ...changes,
  };
}

/** Options that a plan has only when a file uses nearly everything. */
export const FULL: ServicePlan = planOf({
  stackTags: { 'team': 'chat', 'cost-centre': "it's 5" },
  stageName: 'prod',
  routeSelectionExpression: '$request.body.type',
  loggingLevel: 'INFO',
  dataTraceEnabled: true,
  accessLogFormat: '$context.requestId "$context.routeKey"',
  naming: {
    service: 'chat',
    versionFunctions: false,
    deploymentBucket: false,
    logRetentionInDays: 14,
    roleStatements: [
      { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: { 'Fn::GetAtt': ['Connections', 'Arn'] } },
      {
        Sid: 'NoDeletion',
        Effect: 'Deny',
        Action: 's3:DeleteObject',
        Resource: [{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::*' }, { 'Fn::Select': [0, ['arn:aws:s3:::one/*']] }],
        Condition: { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } },
      },
    ],
  },
  defaults: {
    runtime: 'nodejs20.x',
    memorySize: 256,
    timeout: 6,
    architecture: 'arm64',
    environment: {
      TABLE: { Ref: 'Connections' },
      ENDPOINT: { 'Fn::Join': ['', ['https://', { Ref: 'WebsocketsApi' }, '.execute-api.', { Ref: 'AWS::Region' }, '.amazonaws.com/prod']] },
      QUOTES: 'it\'s "5" \\ `${x}`\n',
      SHARED: { 'Fn::ImportValue': { 'Fn::Sub': ['${Name}-x', { Name: 'n' }] } },
    },
  },
  functions: {
    'conn': { handler: 'src/handlers.connect', memorySize: 256, alias: 'provisioned', provisionedConcurrentExecutions: 1 },
    'my-msg_fn': { handler: 'src/handlers.message', runtime: 'nodejs22.x', timeout: 29, description: 'Says it', logRetentionInDays: 7 },
    'default': { handler: 'app.main', code: 'dist/app.zip', runtime: 'python3.12', ephemeralStorageSize: 1024, reservedConcurrentExecutions: 2 },
    'auth': { handler: 'src/handlers.authorize', functionName: 'the-authorizer' },
  },
  routes: { '$connect': { functionKey: 'conn' }, 'say/it-now.v1': { functionKey: 'my-msg_fn', returnResponse: true }, '$default': { functionKey: 'default' } },
  authorizer: { functionKey: 'auth', authorizerName: 'auth', identitySource: ['route.request.header.Auth'] },
  overrides: {
    ConnLambdaFunction: { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }] } },
    AuthLambdaFunction: { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }] } },
    DefaultLambdaFunction: { Layers: [{ Ref: 'Layer' }], Tags: null },
    WebsocketsApi: { Tags: { team: 'chat' } },
    SconnectWebsocketsRoute: { ApiKeyRequired: true },
  },
  fragment: {
    Resources: { Connections: { Type: 'AWS::DynamoDB::Table', Properties: { BillingMode: 'PAY_PER_REQUEST' } } },
    Outputs: { Table: { Value: { Ref: 'Connections' } } },
  },
});

/** The logical ids of the functions of a plan. */
export function functionIdsOf({ functions }: ServicePlan): Map<string, string> {
  return new Map(Object.keys(functions).map((key) => {
    const stem = key.replaceAll('-', 'Dash').replaceAll('_', 'Underscore');
    return [key, `${stem[0].toUpperCase()}${stem.slice(1)}LambdaFunction`];
  }));
}

export function appOf(plan: ServicePlan, changes: Partial<AppOptions> = {}): AppOptions {
  return {
    plan, name: 'chat', serviceFolder: '/srv/chat', appFolder: '/srv/chat/cdk', functionIds: functionIdsOf(plan), version: '1.2.3', ...changes,
  };
}

/** A service whose file says this. */
export function serviceOf(folder: string, changes: Partial<ServerlessService> & { readonly config?: JsonObject } = {}): ServerlessService {
  return {
    file: `${folder}/serverless.yml`,
    folder,
    name: 'chat',
    stage: 'dev',
    region: 'us-east-1',
    config: {},
    provider: {},
    functions: [],
    routes: [],
    notices: [],
    uncovered: [],
    position: () => undefined,
    ...changes,
  };
}
