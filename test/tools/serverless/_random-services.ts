import * as fc from 'fast-check';
import type { Json, JsonObject } from '../../../lib/serverless/template';

const KEYS = ['conn', 'my-fn', 'my_fn', 'Auth', 'x1', 'send-all_now'];
const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:other';
const SNS = 'arn:aws:sns:us-east-1:123456789012:t';
const KMS = 'arn:aws:kms:us-east-1:123456789012:key/k';

/** Services that both schemas accept. */
export function randomServices(): fc.Arbitrary<JsonObject> {
  return fc.uniqueArray(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 4 }).chain((keys) => fc.record({
    service: fc.constantFrom('svc', 'a-b', 'Chat2'),
    provider: provider(),
    functions: fc.record(Object.fromEntries(keys.map((key) => [key, functionOf(keys)]))),
    resources: resources(keys),
  }, { requiredKeys: ['service', 'provider', 'functions'] })) as fc.Arbitrary<JsonObject>;
}

function some(fields: Readonly<Record<string, fc.Arbitrary<Json>>>, requiredKeys: string[] = []): fc.Arbitrary<JsonObject> {
  return fc.record(fields, { requiredKeys }) as fc.Arbitrary<JsonObject>;
}

const tags = fc.constantFrom<Json>({ a: 'b' }, { a: 'c', d: 'e' });
const environment = fc.constantFrom<Json>({ A: '1' }, { A: 'x', B: { Ref: 'WebsocketsApi' } }, { C: null });
const vpc = fc.constantFrom<Json>({ securityGroupIds: ['sg-1'], subnetIds: ['s-1', 's-2'] }, { securityGroupIds: ['sg-2'], subnetIds: ['s-3'] });
const managed = fc.boolean();

function provider(): fc.Arbitrary<JsonObject> {
  const statement = { Effect: 'Allow', Action: ['s3:*'], Resource: '*' };
  return some({
    name: fc.constant('aws'),
    runtime: fc.constantFrom('nodejs20.x', 'python3.12'),
    stage: fc.constantFrom('prod', 'dev-1'),
    region: fc.constantFrom('eu-west-1', 'us-east-1'),
    memorySize: fc.constantFrom(256, 2048),
    timeout: fc.constantFrom(3, 29),
    architecture: fc.constantFrom('arm64', 'x86_64'),
    environment,
    tags,
    vpc: fc.constant({ securityGroupIds: ['sg-1'], subnetIds: ['s-1', 's-2'] }),
    kmsKeyArn: fc.constant(KMS),
    tracing: fc.constantFrom<Json>({ lambda: true }, { lambda: 'PassThrough' }),
    versionFunctions: managed,
    logRetentionInDays: fc.constantFrom(1, 14),
    deploymentBucket: fc.constantFrom<Json>('my-bucket', { tags: { a: 'b' }, versioning: true }, { blockPublicAccess: true, skipPolicySetup: true }),
    iam: fc.constantFrom<Json>(
      { role: 'arn:aws:iam::123456789012:role/x' },
      { role: { statements: [statement, statement], managedPolicies: ['arn:aws:iam::aws:policy/x'] } },
      { role: { name: 'r', path: '/p/', tags: { t: 'u' } } },
      { deploymentRole: 'arn:aws:iam::123456789012:role/d' },
    ),
    websocket: fc.constant({ useProviderTags: true }),
    websocketsApiName: fc.constant('api'),
    websocketsDescription: fc.constant('text'),
    apiGateway: fc.constantFrom<Json>({ websocketApiId: 'abc' }, { websocketApiId: { 'Fn::ImportValue': 'i' } }, { metrics: true }),
    logs: some({
      websocket: fc.oneof(fc.boolean(), some({
        accessLogging: managed,
        executionLogging: managed,
        fullExecutionData: managed,
        level: fc.constantFrom('INFO', 'ERROR'),
        format: fc.constant('$context.requestId'),
      })) as fc.Arbitrary<Json>,
      frameworkLambda: managed,
    }),
  }, ['name']);
}

function functionOf(keys: readonly string[]): fc.Arbitrary<JsonObject> {
  const key = fc.constantFrom(...keys);
  return some({
    handler: fc.constant('h.h'),
    events: fc.array(event(keys), { maxLength: 3 }),
    name: fc.constantFrom('own-name', 'svc-dev-named'),
    runtime: fc.constant('nodejs22.x'),
    memorySize: fc.constant(512),
    timeout: fc.constant(10),
    description: fc.constant('text'),
    environment,
    tags,
    vpc,
    layers: fc.constant(['arn:aws:lambda:us-east-1:123456789012:layer:l:1']),
    onError: fc.constantFrom<Json>(SNS, { Ref: 'T' }),
    kmsKeyArn: fc.constantFrom(KMS, `${KMS}2`),
    tracing: fc.constantFrom<Json>(true, 'PassThrough'),
    reservedConcurrency: fc.constantFrom(0, 3),
    provisionedConcurrency: fc.constantFrom(1, 2),
    versionFunction: managed,
    disableLogs: managed,
    logRetentionInDays: fc.constant(3),
    condition: fc.constant('C'),
    dependsOn: fc.constantFrom<Json>(['T'], ['T', 'U']),
    role: fc.constantFrom<Json>('MyRole', 'arn:aws:iam::123456789012:role/f', { 'Fn::GetAtt': ['MyRole', 'Arn'] }),
    url: fc.constantFrom<Json>(true, { cors: true }, { authorizer: 'aws_iam' }),
    maximumRetryAttempts: fc.constantFrom(0, 2),
    maximumEventAge: fc.constant(60),
    destinations: some({ onSuccess: fc.oneof(key, fc.constant(SNS)), onFailure: fc.constantFrom<Json>({ type: 'sqs', arn: { Ref: 'Q' } }, SNS) }),
  }, ['handler']);
}

function event(keys: readonly string[]): fc.Arbitrary<JsonObject> {
  const route = fc.constantFrom('$connect', '$disconnect', '$default', 'send', 'chat/send-msg_v1.0');
  const identitySource = fc.constantFrom<Json>(['route.request.header.X'], ['a', 'b'], []);
  const name = fc.constantFrom(...keys);
  const authorizer = fc.oneof(
    name,
    fc.constant(`${ARN}:live-1`),
    some({ name, identitySource }, ['name']),
    some({ arn: fc.constantFrom<Json>(ARN), identitySource }, ['arn']),
    some({ arn: fc.constant<Json>({ 'Fn::ImportValue': 'i' }), name: fc.constant('ext_auth'), identitySource }, ['arn', 'name']),
  );
  return fc.record({
    websocket: fc.oneof(route, some({ route, authorizer, routeResponseSelectionExpression: fc.constant('$default') }, ['route'])),
  }) as fc.Arbitrary<JsonObject>;
}

function resources(keys: readonly string[]): fc.Arbitrary<JsonObject> {
  const stem = (key: string) => `${key[0].toUpperCase()}${key.slice(1)}`.replace(/-/g, 'Dash').replace(/_/g, 'Underscore');
  const override = fc.constantFrom<Json>({ MemorySize: 128 }, { VpcConfig: { SubnetIds: ['s-9'] } }, { Layers: ['l', 'm'] }, { Environment: { Variables: { A: 'z' } } });
  return some({
    Resources: fc.tuple(fc.constantFrom(...keys), override).map(([key, Properties]): Json => ({
      [`${stem(key)}LambdaFunction`]: { Type: 'AWS::Lambda::Function', Properties },
      T: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: null } },
    })),
    Conditions: fc.constant<Json>({ C: { 'Fn::Equals': ['a', 'b'] } }),
    Outputs: fc.constant<Json>({ O: { Value: 'v' } }),
    extensions: fc.constantFrom(...keys).map((key): Json => ({ [`${stem(key)}LambdaFunction`]: { Properties: { Timeout: 9 }, DependsOn: ['X'] } })),
  });
}
