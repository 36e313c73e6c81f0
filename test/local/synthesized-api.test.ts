import { App, Stack } from 'aws-cdk-lib';
import { HttpApi, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
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

test('names what is imported from another stack', () => {
  const [api] = apisOf((stack) => {
    const other = new Stack(stack.node.root as App, 'Other');
    new WebsocketService(stack, 'Chat', { routes: { far: { function: fn(other, 'Far') } } });
  });

  expect(api.routes).toEqual([{
    routeKey: 'far', target: 'Lambda', function: expect.stringMatching(/^<import of Other:ExportsOutput\w+>$/), authorizer: 'none', twoWay: false,
  }]);
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
