import { NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ConnectAuthorizer } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';
import { manyHandlers, nestedOf, routes, service } from './_helpers/nested-service';

let folder: AppFolder;
beforeAll(() => { folder = manyHandlers(); });
afterAll(() => folder.leave());

describe('no cycle, with', () => {
  const lambdaRole = (scope: Stack): iam.Role => new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });

  test.each<[string, (stack: Stack, other: Stack) => void]>([
    ['a role and log group of the parent', (stack) => {
      service(stack, { defaults: { role: lambdaRole(stack), logGroup: new logs.LogGroup(stack, 'Log') } });
    }],
    ['a role of another stack', (stack, other) => { service(stack, { defaults: { role: lambdaRole(other) } }); }],
    ['a function of another stack', (stack, other) => { service(stack, { routes: { ...routes(3), f: { function: inlineFunction(other, 'Fn') } } }); }],
    ['a function of the parent', (stack) => { service(stack, { routes: { ...routes(3), f: { function: inlineFunction(stack, 'Fn') } } }); }],
    ['a function of a nested stack of the user', (stack) => {
      service(stack, { routes: { ...routes(3), f: { function: inlineFunction(new NestedStack(stack, 'Mine'), 'Fn') } } });
    }],
    ['a VPC of the parent', (stack) => { service(stack, { defaults: { vpc: new ec2.Vpc(stack, 'Vpc') } }); }],
    ['a VPC of another stack', (stack, other) => { service(stack, { defaults: { vpc: new ec2.Vpc(other, 'Vpc') } }); }],
    ['an authorizer that is also the handler of a route', (stack) => {
      service(stack, { authorizer: ConnectAuthorizer.handler('src/many.handle0') });
    }],
    ['an authorizer function of the parent', (stack) => {
      service(stack, { authorizer: ConnectAuthorizer.function(inlineFunction(stack, 'Auth')) });
    }],
    ['grants to others', (stack, other) => {
      const chat = service(stack);
      chat.grantManageConnections(inlineFunction(stack, 'Here'));
      chat.grantManageConnections(inlineFunction(other, 'There'));
      chat.grantManageConnections(inlineFunction(new NestedStack(stack, 'Mine'), 'Nested'));
    }],
    ['a grant on a nested function to a function of the parent', (stack) => {
      service(stack).function('route0').grantInvoke(inlineFunction(stack, 'Caller'));
    }],
    ['integrations', (stack) => {
      const integration = new WebSocketMockIntegration('Mock');
      service(stack, { routes: { ...routes(3), m: { integration }, n: { integration } } });
    }],
    ['more stages', (stack) => { service(stack, { additionalStages: { prod: {}, test: { autoDeploy: false } } }); }],
    ['handlers that routes share', (stack) => {
      service(stack, { nestedStacks: 9, routes: Object.fromEntries([...'abcdefghijkl'].map((key, index) => [key, { handler: `src/many.handle${index % 4}` }])) });
    }],
    ['routes that are added to share the handlers of others', (stack) => {
      const chat = service(stack, { nestedStacks: 9 });
      for (const index of [0, 1, 2, 3]) chat.addRoute(`added${index}`, { handler: `src/many.handle${index}` });
    }],
    ['no automatic deployment', (stack) => { service(stack, { autoDeploy: false }); }],
    ['a route that is added', (stack) => { service(stack).addRoute('late', { handler: 'src/many.handle9' }); }],
    ['settings of routes', (stack) => { service(stack, { routes: { a: { handler: 'src/many.handle0', throttle: { rateLimit: 1 } } } }); }],
    ['layers and dead letter queues of the parent', (stack) => {
      service(stack, {
        defaults: { layers: [new lambda.LayerVersion(stack, 'Layer', { code: lambda.Code.fromAsset('src') })], deadLetterQueueEnabled: true },
      });
    }],
  ])('%s', (_case, define) => {
    // GIVEN
    const app = quickApp();
    const [stack, other] = ['Stack', 'Other'].map((id) => new Stack(app, id));

    // WHEN
    define(stack, other);

    // THEN
    expect(nestedOf(stack).length).toBeGreaterThan(0);
    expect(() => app.synth()).not.toThrow();
    // It looks for cycles within a template.
    for (const each of [stack, other, ...nestedOf(stack)]) Template.fromStack(each);
    // A function of another stack is told of: it does not get the callback URLs.
    expect(warnings(stack).filter((text) => !text.endsWith('[ack: cdk-websocket-service:callbackUrlMissing]'))).toEqual([]);
  });
});
