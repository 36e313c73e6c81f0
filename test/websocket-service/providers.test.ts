import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ConnectAuthorizer, RouteIntegration, WebsocketService, WebsocketServiceProps } from '../../lib';
import { inlineFunction, quickApp } from '../_helpers/quick-app';

let app: App;
let api: Stack;
let other: Stack;

beforeEach(() => {
  app = quickApp();
  api = new Stack(app, 'Api');
  other = new Stack(app, 'Other');
});

const PING = { ping: { integration: RouteIntegration.ping() } };

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(api, 'Chat', { routes: PING, authorizer: ConnectAuthorizer.none(), cloudWatchRole: false, ...props });
}

const queue = (): sqs.Queue => new sqs.Queue(other, 'Queue');
const gateway = (scope: Stack): iam.Role => new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com') });

test.each<[string, () => WebsocketService]>([
  ['the target of an integration', () => service({ routes: { order: { integration: RouteIntegration.sqs(queue()) } } })],
  ['its key', () => {
    const target = new sqs.Queue(api, 'Queue', { encryptionMasterKey: new kms.Key(other, 'Key') });
    return service({ routes: { order: { integration: RouteIntegration.sqs(target) } } });
  }],
  ['its role', () => service({ routes: { order: { integration: RouteIntegration.sqs(new sqs.Queue(api, 'Queue'), { credentialsRole: gateway(other) }) } } })],
  ['the target of a route that is added', () => {
    const chat = service();
    chat.addRoute('order', { integration: RouteIntegration.sqs(queue()) });
    return chat;
  }],
  ['the log group of the access log', () => service({ accessLog: { logGroup: new logs.LogGroup(other, 'Log') } })],
  ['the key of that of another stage', () => service({ additionalStages: { beta: { accessLog: { encryptionKey: new kms.Key(other, 'Key') } } } })],
  ['the topic of alarms', () => {
    const chat = service();
    chat.addAlarms({ topic: new sns.Topic(other, 'Topic') });
    return chat;
  }],
])('a grant to a function of the stack that %s is from is made in the stack of the API', (_provider, make) => {
  // WHEN
  make().grantManageConnections(inlineFunction(other, 'Worker'));

  // THEN
  app.synth();
  expect([api.dependencies, other.dependencies]).toEqual([[other], []]);
  Template.fromStack(api).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [Match.objectLike({ Action: 'execute-api:ManageConnections' })] },
    Roles: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^Other:.*WorkerServiceRole') }],
  });
});

test('the target of an integration is refused where a grant made its stack depend on this one', () => {
  // GIVEN
  const chat = service();
  chat.grantManageConnections(inlineFunction(other, 'Worker'));

  // THEN
  expect(() => chat.addRoute('order', { integration: RouteIntegration.sqs(queue()) })).toThrow(new Error(
    'Api/Chat: routes["order"]: Other/Queue is in the stack "Other", which depends on this one by the grant to "Other/Worker/ServiceRole": '
    + 'the two stacks would depend on each other; add the route before the grant is made, or put one of the two into the stack of this service',
  ));
});

test('what a role of another stack may do for an integration is in the stack of the integration', () => {
  // WHEN
  const target = new sqs.Queue(api, 'Queue');
  service({ routes: { order: { integration: RouteIntegration.sqs(target, { credentialsRole: gateway(other) }) } } });

  // THEN
  app.synth();
  Template.fromStack(other).resourceCountIs('AWS::IAM::Policy', 0);
  Template.fromStack(api).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: [{ Action: 'sqs:SendMessage', Effect: 'Allow', Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Queue'), 'Arn'] } }] },
    Roles: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^Other:.*Role') }],
  });
});

test('what a role of the stack around a nested one may do is in its own policy', () => {
  // WHEN
  const target = new sqs.Queue(api, 'Queue');
  service({ nestedStacks: 1, routes: { order: { integration: RouteIntegration.sqs(target, { credentialsRole: gateway(api) }) } } });

  // THEN
  app.synth();
  Template.fromStack(api).hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: Match.stringLikeRegexp('^Role') }] });
});
