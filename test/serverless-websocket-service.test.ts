import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ServerlessPackaging, ServerlessStack, ServerlessWebsocketService, ServerlessWebsocketServiceProps } from '../lib';
import { AppFolder } from './_helpers/app-folder';

const YML = `
service: chat
provider:
  name: aws
  runtime: nodejs20.x
  region: eu-west-1
  stage: \${opt:stage, 'dev'}
  stackTags: {team: a}
  environment: {STAGE: '\${sls:stage}', API: !Ref WebsocketsApi, DOMAIN: '\${param:domain, "none"}'}
functions:
  connections:
    handler: src/chat.main
    events:
      - websocket: {route: $connect, authorizer: auth}
      - websocket: $disconnect
  auth: {handler: src/chat.main}
  worker: {handler: src/chat.main, memorySize: 256}
`;

const MIXED = YML.replace('  worker: {handler: src/chat.main,', '  worker: {handler: src/chat.main, events: [{schedule: rate(1 hour)}],');

let folder: AppFolder;
let app: App;

beforeAll(() => {
  folder = new AppFolder({
    'src/chat.js': 'exports.main = async () => ({});',
    'serverless.yml': YML,
    'mixed.yml': MIXED,
    'empty.json': '{"Resources":{}}',
    'compiled.json': JSON.stringify({
      Resources: {
        WebsocketsApi: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'other-name', ProtocolType: 'WEBSOCKET', Version: '7' } },
        WorkerEventsRuleSchedule1: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(1 hour)' } },
        WebsocketsDeploymentabc: { Type: 'AWS::ApiGatewayV2::Deployment', Properties: { ApiId: { Ref: 'WebsocketsApi' } } },
      },
      Outputs: { Mine: { Value: 'x', Export: { Name: 'mine' } } },
    }),
  });
});
afterAll(() => folder.leave());
beforeEach(() => { app = new App({ context: { 'aws:cdk:bundling-stacks': [] } }); });

function stackOf(props: Partial<ServerlessWebsocketServiceProps> = {}): ServerlessStack {
  return new ServerlessStack(app, 'Stack', { path: 'serverless.yml', ...props });
}

describe('ServerlessStack', () => {
  test.each(['us-east-1', 'cn-north-1', 'us-gov-west-1'])('the runtime is the one of the file in %s, also the newest one', (region) => {
    // GIVEN the name that aws-cdk-lib gives to its newest runtime, which stands for others in some Regions
    const { name } = lambda.Runtime.NODEJS_LATEST;
    folder.write({ 'newest.yml': YML.replace('nodejs20.x', name).replace('eu-west-1', region) });

    // WHEN
    const { service } = stackOf({ path: 'newest.yml' });

    // THEN
    expect(service.function('worker').runtime.isVariable).toBe(false);
    Template.fromStack(Stack.of(service)).allResourcesProperties('AWS::Lambda::Function', { Runtime: name });
  });

  test('has the name, the Region and the tags of the file', () => {
    // WHEN
    const stack = stackOf({ stage: 'prod' });

    // THEN
    expect([stack.stackName, stack.region, stack.tags.tagValues()]).toEqual(['chat-prod', 'eu-west-1', { STAGE: 'prod', team: 'a' }]);
  });

  test('has the functions of the file, also those that no route invokes', () => {
    // WHEN
    const stack = stackOf();

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      FunctionName: 'chat-dev-worker',
      MemorySize: 256,
      Timeout: 6,
      Runtime: 'nodejs20.x',
      Environment: { Variables: { STAGE: 'dev', API: { Ref: 'WebsocketsApi' }, DOMAIN: 'none' } },
    });
    expect(stack.service.function('worker')).toBeInstanceOf(lambda.Function);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('takes region and params as the command line does', () => {
    // WHEN
    const stack = stackOf({ region: 'us-east-2', params: { domain: 'chat.example.com' } });

    // THEN
    expect(stack.region).toBe('us-east-2');
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ DOMAIN: 'chat.example.com' }) },
    });
  });
});

describe('ServerlessWebsocketService', () => {
  test('warns in a stack of another name, where it would be a second service', () => {
    // WHEN
    const stack = new Stack(app, 'Mine');
    const { service } = new ServerlessWebsocketService(stack, 'Chat', { path: 'serverless.yml' });

    // THEN
    expect(service.stageName).toBe('dev');
    Annotations.fromStack(stack).hasWarning('/Mine/Chat', Match.stringLikeRegexp(
      'the stack is named Mine, and the Serverless Framework deploys this service as chat-dev: as it is, a second service is made',
    ));
  });

  test('refuses what it would delete, and says how to carry it over', () => {
    expect(() => stackOf({ path: 'mixed.yml' })).toThrow(
      /^App: path: ".*mixed\.yml" has more than a WebSocket service, and deploying without it would delete it: .*schedule.*; run `serverless package`, and give `compiledTemplate: '\.serverless\/cloudformation-template-update-stack\.json'`, which carries the rest over as it is$/,
    );
  });

  test('carries over what only the compiled template has, and aligns what it makes itself', () => {
    // WHEN
    const stack = stackOf({ path: 'mixed.yml', compiledTemplate: 'compiled.json' });

    // THEN
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', { Name: 'other-name', Version: '7' });
    template.resourceCountIs('AWS::Events::Rule', 1);
    template.resourceCountIs('AWS::ApiGatewayV2::Deployment', 1);
    template.hasOutput('Mine', { Value: 'x', Export: { Name: 'mine' } });
  });

  test('deploys the folder as it is, if asked', () => {
    // WHEN
    const stack = stackOf({ packaging: ServerlessPackaging.PACKED });

    // THEN
    Template.fromStack(stack).allResourcesProperties('AWS::Lambda::Function', { Handler: 'src/chat.main' });
  });

  test('has no function that the file does not have', () => {
    expect(() => stackOf().service.function('workr')).toThrow(new Error(
      'Stack/Service: function: "workr" is not a key of `functions` of the file; its functions are connections, auth, worker',
    ));
  });

  test.each<[string, object, string]>([
    ['without a path', { path: undefined }, 'App: path: (not set) is not a string; use \'serverless.yml\''],
    ['with a misspelt option', { stag: 'prod' }, 'App: stag: "prod": there is no option `stag`; did you mean `stage`?'],
    ['with a compiled template without resources', { compiledTemplate: 'empty.json' },
      'App: compiledTemplate: "empty.json" holds no `Resources`; use \'.serverless/cloudformation-template-update-stack.json\''],
    ['with a compiled template that is something else', { compiledTemplate: 'serverless.yml' },
      'App: compiledTemplate: "serverless.yml" has a section service, which CloudFormation does not know; '
      + 'use Resources, Outputs, Parameters, Mappings, Conditions, Rules, AWSTemplateFormatVersion, Description, Metadata, Transform'],
  ])('fails %s', (_, props, message) => {
    expect(() => stackOf(props)).toThrow(new Error(message));
  });
});
