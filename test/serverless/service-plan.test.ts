import { readYml } from './_helpers/service-folder';
import { compileService } from '../../lib/serverless/compiling/compile';
import type { Packaging } from '../../lib/serverless/function-plans';
import type { ServicePlan } from '../../lib/serverless/plan';
import { planService } from '../../lib/serverless/service-plan';

function planOf(text: string, packaging?: Packaging): ServicePlan {
  const service = readYml(text);
  return planService(service, compileService(service, 'osls'), packaging);
}

const PROVIDER = `
service: chat
provider:
  name: aws
  runtime: nodejs20.x
  stage: prod
  region: eu-west-1`;

test('options say what they can, overrides the rest, and the fragment is what the construct does not make', () => {
  // WHEN
  const plan = planOf(`${PROVIDER}
  stackTags: {team: a}
  logRetentionInDays: 14
  environment: {STAGE: prod}
  tracing: {lambda: true}
  iam: {role: {statements: [{Effect: Allow, Action: s3:GetObject, Resource: "*"}]}}
functions:
  conn:
    handler: src/chat.conn
    memorySize: 256
    environment: {TABLE: !Ref Table}
    events:
      - websocket: {route: $connect, authorizer: {name: auth, identitySource: route.request.querystring.t}}
      - websocket: {route: say, routeResponseSelectionExpression: $default}
  auth: {handler: src/auth.main, name: the-authorizer, logRetentionInDays: 1}
  legacy: {handler: app.main, runtime: python3.12, provisionedConcurrency: 2}
resources:
  Resources:
    Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: t}}
    ConnLogGroup: {DeletionPolicy: Retain}
`);

  // THEN
  const tracing = { TracingConfig: { Mode: 'Active' } };
  expect(plan).toEqual({
    stackName: 'chat-prod',
    region: 'eu-west-1',
    stackTags: { STAGE: 'prod', team: 'a' },
    stageName: 'prod',
    apiName: 'prod-chat-websockets',
    description: 'Serverless Websockets',
    routeSelectionExpression: '$request.body.action',
    naming: {
      service: 'chat',
      roleStatements: [
        { Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' },
        { Effect: 'Allow', Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Resource: ['*'] },
      ],
      logRetentionInDays: 14,
    },
    defaults: { runtime: 'nodejs20.x', memorySize: 1024, timeout: 6, environment: { STAGE: 'prod' } },
    functions: {
      conn: { handler: 'src/chat.conn', memorySize: 256, environment: { TABLE: { Ref: 'Table' } } },
      auth: { handler: 'src/auth.main', functionName: 'the-authorizer', logRetentionInDays: 1 },
      legacy: {
        handler: 'app.main', code: '.', runtime: 'python3.12', alias: 'provisioned', provisionedConcurrentExecutions: 2,
      },
    },
    routes: { $connect: { functionKey: 'conn' }, say: { functionKey: 'conn', returnResponse: true } },
    authorizer: { functionKey: 'auth', authorizerName: 'auth', identitySource: ['route.request.querystring.t'] },
    overrides: { ConnLambdaFunction: tracing, AuthLambdaFunction: tracing, LegacyLambdaFunction: tracing },
    attributes: { ConnLogGroup: { DeletionPolicy: 'Retain' } },
    fragment: {
      Description: 'The AWS CloudFormation template for this Serverless application',
      Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 't' } } },
    },
  });
});

test('functions are deployed as they are if they are packed, or an artefact is given', () => {
  const { functions } = planOf(`${PROVIDER}
functions:
  conn: {handler: src/chat.conn, events: [{websocket: $connect}]}
  zipped: {handler: src/chat.zipped, package: {artifact: dist/zipped.zip}}
`, 'packed');

  expect(functions).toEqual({ conn: { handler: 'src/chat.conn', code: '.' }, zipped: { handler: 'src/chat.zipped', code: 'dist/zipped.zip' } });
});

test('in the API of another service, neither an API nor a stage is made', () => {
  const { apiId, fragment, overrides, attributes, naming } = planOf(`${PROVIDER}
  apiGateway: {websocketApiId: !ImportValue shared-api}
  versionFunctions: false
  deploymentBucket: mine
  iam: {role: "arn:aws:iam::111122223333:role/mine"}
functions:
  conn: {handler: src/chat.conn, events: [{websocket: say}]}
`);

  expect({ apiId, resources: fragment.Resources, outputs: Object.keys(fragment.Outputs!), overrides, attributes, naming }).toEqual({
    apiId: { 'Fn::ImportValue': 'shared-api' },
    resources: {},
    outputs: ['ServerlessDeploymentBucketName', 'ServiceEndpointWebsocket'],
    overrides: {},
    attributes: {},
    naming: { service: 'chat', versionFunctions: false, deploymentBucket: false, role: 'arn:aws:iam::111122223333:role/mine' },
  });
});
