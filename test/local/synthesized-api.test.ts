import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { CfnIntegration, CfnRoute, HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketAwsIntegration, WebSocketLambdaIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { WebsocketAuthorizer, WebsocketService } from '../../lib';
import { readAssembly } from '../../lib/local/assembly';
import { SynthesizedApi, synthesizedApis } from '../../lib/local/synthesized-api';
import { synthesize } from '../_helpers/assembly';

const apisOf = (define: (stack: Stack) => void, region?: string): SynthesizedApi[] =>
  synthesizedApis(readAssembly(synthesize(define, region)));

const fn = (stack: Stack, id: string): lambda.Function => new lambda.Function(stack, id, {
  runtime: lambda.Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
});

test('finds the routes with target, function, authorizer and whether they are two-way', () => {
  const [api] = apisOf((stack) => {
    new WebsocketService(stack, 'Chat', {
      routes: {
        $connect: { function: fn(stack, 'Connect') },
        echo: { function: fn(stack, 'Echo'), returnResponse: true },
        imported: { function: lambda.Function.fromFunctionName(stack, 'Imported', 'my-function') },
        ping: { integration: new WebSocketMockIntegration('Ping') },
      },
      authorizer: WebsocketAuthorizer.function(fn(stack, 'Authorize')),
    });
  });

  expect(api).toEqual({
    stack: 'Test',
    logicalId: expect.stringMatching(/^ChatApi\w{8}$/),
    name: 'Chat',
    stages: [{
      url: `wss://<${api.logicalId}>.execute-api.<region>.amazonaws.com/dev`,
      callbackUrl: `https://<${api.logicalId}>.execute-api.<region>.amazonaws.com/dev`,
    }],
    routes: [
      { routeKey: '$connect', target: 'Lambda', function: 'Test/Connect', authorizer: 'Test/Authorize', twoWay: false },
      { routeKey: 'echo', target: 'Lambda', function: 'Test/Echo', authorizer: 'none', twoWay: true },
      { routeKey: 'imported', target: 'Lambda', function: 'my-function', authorizer: 'none', twoWay: false },
      { routeKey: 'ping', target: 'MOCK', function: undefined, authorizer: 'none', twoWay: false },
    ],
  });
});

describe('a function that is not in the stack of the API', () => {
  const IMPORT = /^<import of Other:ExportsOutput\w+>$/;
  const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:my-function';
  const other = (stack: Stack): Stack => new Stack(stack.node.root as App, 'Other');

  test.each<[string, (stack: Stack) => lambda.IFunction, unknown]>([
    ['another stack', (stack) => fn(other(stack), 'Far'), expect.stringMatching(IMPORT)],
    ['an alias in another stack', (stack) => fn(other(stack), 'Far').addAlias('live'), expect.stringMatching(IMPORT)],
    ['a nested stack', (stack) => fn(new NestedStack(stack, 'Inner'), 'Far'), '<of another stack>'],
    ['nowhere, but has an ARN', (stack) => lambda.Function.fromFunctionArn(stack, 'Far', ARN), 'my-function'],
    ['nowhere, but has an ARN with an alias', (stack) => lambda.Function.fromFunctionArn(stack, 'Far', `${ARN}:live`), 'my-function:live'],
    ['nowhere, but has a name', (stack) => lambda.Function.fromFunctionName(stack, 'Far', 'my-function'), 'my-function'],
  ])('is named by what the template says: it is in %s', (_where, make, name) => {
    const [api] = apisOf((stack) => {
      stack.node.setContext('@aws-cdk/core:defaultCrossStackReferences', 'strong');
      const far = make(stack);
      new WebsocketService(stack, 'Chat', { routes: { $connect: { function: far } }, authorizer: WebsocketAuthorizer.function(far) });
    });

    expect(api.routes).toEqual([{ routeKey: '$connect', target: 'Lambda', function: name, authorizer: name, twoWay: false }]);
  });

  test('has a name even by a weak reference, where aws-cdk-lib has those', () => {
    const [api] = apisOf((stack) => {
      stack.node.setContext('@aws-cdk/core:defaultCrossStackReferences', 'weak');
      new WebsocketService(stack, 'Chat', { routes: { far: { function: fn(other(stack), 'Far') } } });
    });

    expect(api.routes.map(({ target, function: name }) => [target, name])).toEqual([
      ['Lambda', expect.stringMatching(/^<(import of Other:ExportsOutput\w+|of another stack)>$/)],
    ]);
  });

  test('is in the stack around that of the API', () => {
    const [api] = apisOf((stack) => {
      const inner = new NestedStack(stack, 'Inner');
      new WebsocketService(inner, 'Chat', { routes: { far: { function: fn(stack, 'Far') } }, manageConnections: false });
    });

    expect(api.stack).toMatch(/^Test\/InnerNestedStackInnerNestedStackResource\w{8}$/);
    expect(api.routes).toEqual([{ routeKey: 'far', target: 'Lambda', function: '<of another stack>', authorizer: 'none', twoWay: false }]);
  });
});

test('an integration that invokes no function is shown by its type', () => {
  const [api] = apisOf((stack) => {
    const backend = fn(stack, 'Backend');
    const { api: { apiId } } = new WebsocketService(stack, 'Chat', {
      routes: {
        mock: { integration: new WebSocketMockIntegration('Mock') },
        table: {
          integration: new WebSocketAwsIntegration('Table', {
            integrationUri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem', integrationMethod: 'POST', credentialsRole: backend.role,
          }),
        },
        lambda: { integration: new WebSocketLambdaIntegration('Lambda', backend) },
      },
    });
    const web = new CfnIntegration(stack, 'Web', {
      apiId, integrationType: 'HTTP_PROXY', integrationUri: 'https://example.com/:function:my-function/invocations',
    });
    new CfnRoute(stack, 'WebRoute', { apiId, routeKey: 'web', target: `integrations/${web.ref}` });
    new CfnRoute(stack, 'Empty', { apiId, routeKey: 'without' });
  });

  expect(api.routes.map(({ routeKey, target, function: name }) => [routeKey, target, name])).toEqual([
    ['lambda', 'Lambda', 'Test/Backend'],
    ['mock', 'MOCK', undefined],
    ['table', 'AWS', undefined],
    ['web', 'HTTP_PROXY', undefined],
    ['without', 'none', undefined],
  ]);
});

test('names IAM as authorizer', () => {
  const [api] = apisOf((stack) => {
    new WebsocketService(stack, 'Chat', { routes: { $connect: { function: fn(stack, 'Fn') } }, authorizer: WebsocketAuthorizer.iam() });
  });

  expect(api.routes.map(({ authorizer }) => authorizer)).toEqual(['AWS_IAM']);
});

test.each([['eu-west-1', 'eu-west-1.amazonaws.com'], ['cn-north-1', 'cn-north-1.amazonaws.com.cn']])(
  'shows the address in %s',
  (region, host) => {
    const [api] = apisOf((stack) => {
      new WebsocketService(stack, 'Chat', { routes: { a: { function: fn(stack, 'Fn') } }, stageName: 'live' });
    }, region);

    expect(api.stages[0].url).toBe(`wss://<${api.logicalId}>.execute-api.${host}/live`);
  },
);

test('serves an API that was made with plain aws-cdk-lib, and leaves HTTP APIs alone', () => {
  const apis = apisOf((stack) => {
    new HttpApi(stack, 'Http');
    new WebSocketApi(stack, 'Plain').addRoute('ping', { integration: new WebSocketMockIntegration('Ping') });
  });

  expect(apis.map(({ name, stages, routes }) => ({ name, stages, keys: routes.map((route) => route.routeKey) }))).toEqual([
    { name: 'Plain', stages: [], keys: ['ping'] },
  ]);
});
