import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { CfnIntegration, CfnRoute, CfnStage, HttpApi, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketService } from '../../../lib';
import { Api, LocalApp } from '../../../lib/local/assembly/local-app';
import { readApp } from '../../../lib/local/assembly/read-app';
import { GatewayError } from '../../../lib/local/gateway-error';
import { synthesize } from '../../_helpers/assembly';
import { assemblyFolder, folderOf } from '../../_helpers/assembly-folder';
import { inlineFunction } from '../../_helpers/quick-app';

const appOf = (define: (stack: Stack) => void, region = 'eu-west-1'): LocalApp => readApp(synthesize(define, region), {});

/** Route keys with what they lead to. */
const targetsOf = ({ routes }: Api): unknown => [...routes.values()].map(({ routeKey, integration }) => [routeKey, integration?.target]);

const plainApi = (scope: Construct, id = 'Api'): WebSocketApi => {
  const api = new WebSocketApi(scope, id);
  api.addRoute('ping', { integration: new WebSocketMockIntegration('Ping') });
  new WebSocketStage(scope, `${id}Stage`, { webSocketApi: api, stageName: 'dev', autoDeploy: true });
  return api;
};

test('our construct: API, stage, routes, authorizer and functions', () => {
  // WHEN
  const app = appOf((stack) => {
    new WebsocketService(stack, 'Chat', {
      routes: {
        $connect: { function: inlineFunction(stack, 'Connect') },
        echo: { function: inlineFunction(stack, 'Echo'), returnResponse: true },
      },
      authorizer: ConnectAuthorizer.function(inlineFunction(stack, 'Authorize'), { identitySource: ['route.request.querystring.token'] }),
    });
  });

  // THEN
  const [api] = app.apis;
  const connect = api.routes.get('$connect')!;
  expect(app.notices).toEqual([]);
  expect(api).toMatchObject({
    stack: 'Test',
    logicalId: expect.stringMatching(/^ChatApi\w{8}$/),
    name: 'Chat',
    apiId: expect.stringMatching(/^[a-z0-9]{10}$/),
    region: 'eu-west-1',
    account: '111111111111',
    partition: 'aws',
    routeSelectionExpression: '$request.body.action',
    apiKeySelectionExpression: '$request.header.x-api-key',
    disableExecuteApiEndpoint: false,
    stages: [{ name: 'dev', variables: {}, defaultRouteSettings: {}, routeSettings: {}, mappings: [] }],
    apiKeys: [],
  });
  expect(connect.authorization).toEqual({
    type: 'CUSTOM',
    authorizer: {
      logicalId: expect.stringMatching(/^ChatAuthorizer\w{8}$/),
      name: expect.any(String),
      authorizerId: expect.stringMatching(/^[a-z0-9]{6}$/),
      identitySource: ['route.request.querystring.token'],
      target: { type: 'function', functionId: expect.stringMatching(/^Test\/Authorize\w{8}$/) },
    },
  });
  expect(api.routes.get('echo')).toMatchObject({ authorization: { type: 'NONE' }, apiKeyRequired: false, twoWay: true });
  expect(connect.integration).toMatchObject({ type: 'AWS_PROXY', timeout: 29_000, passthroughBehavior: 'WHEN_NO_MATCH', responses: [] });
  expect([...app.functions.values()].map(({ path }) => path)).toEqual(['Test/Connect', 'Test/Echo', 'Test/Authorize']);
});

test('ids are the same in every run, and others in another stack', () => {
  // GIVEN
  const apiIds = (define: (stack: Stack) => void): string[] => appOf(define).apis.map(({ apiId }) => apiId);

  // WHEN
  const [first] = apiIds(plainApi);
  const both = apiIds((stack) => {
    plainApi(stack);
    plainApi(new Stack(stack.node.root as App, 'Other'));
  });

  // THEN
  expect(both).toEqual([first, expect.stringMatching(/^[a-z0-9]{10}$/)]);
  expect(both[1]).not.toBe(first);
});

test('HTTP APIs and their parts are left out', () => {
  const { apis, notices } = appOf((stack) => {
    new CfnRoute(stack, 'HttpRoute', { apiId: new HttpApi(stack, 'Http').apiId, routeKey: 'GET /' });
    new WebSocketStage(stack, 'Stage', { webSocketApi: new WebSocketApi(stack, 'Plain'), stageName: 'dev', autoDeploy: true });
  });

  expect(apis.map(({ name, routes }) => [name, routes.size])).toEqual([['Plain', 0]]);
  expect(notices).toEqual([]);
});

describe('a function elsewhere in the app is found', () => {
  const other = ({ node, region, account }: Stack): Stack => new Stack(node.root as App, 'Other', { env: { region, account } });

  test.each<[string, string, (stack: Stack) => Stack]>([
    ['in another stack, by an export', 'strong', other],
    ['in another stack, by a weak reference where aws-cdk-lib has those', 'weak', other],
    ['in a nested stack', 'strong', (stack) => new NestedStack(stack, 'Inner')],
  ])('%s', (_, references, scope) => {
    const { apis: [api], functions, notices } = appOf((stack) => {
      stack.node.setContext('@aws-cdk/core:defaultCrossStackReferences', references);
      new WebsocketService(stack, 'Chat', { routes: { far: { function: inlineFunction(scope(stack), 'Far') } } });
    });

    expect([...functions.values()].map(({ path }) => path)).toEqual([expect.stringMatching(/^(Other|Test\/Inner)\/Far$/)]);
    expect(targetsOf(api)).toEqual([['far', { type: 'function', functionId: [...functions.keys()][0] }]]);
    expect(notices).toEqual([]);
  });

  test('in the stack around that of the API', () => {
    const { apis: [api], functions, notices } = appOf((stack) => {
      const inner = new NestedStack(stack, 'Inner');
      new WebsocketService(inner, 'Chat', { routes: { far: { function: inlineFunction(stack, 'Far') } }, manageConnections: false });
    });

    expect(api.stack).toMatch(/^Test\/InnerNestedStackInnerNestedStackResource\w{8}$/);
    expect([...functions.values()].map(({ path }) => path)).toEqual(['Test/Far']);
    expect(notices).toEqual([]);
  });

  test('through a parameter and an output of nested stacks', () => {
    const { apis: [api], functions } = appOf((stack) => {
      const far = inlineFunction(new NestedStack(stack, 'Functions'), 'Far');
      const inner = new NestedStack(stack, 'Apis');
      plainApi(inner).addRoute('far', { integration: new WebSocketLambdaIntegration('Far', far) });
    });

    expect([...functions.values()].map(({ path }) => path)).toEqual(['Test/Functions/Far']);
    expect(targetsOf(api)).toEqual([['ping', undefined], ['far', { type: 'function', functionId: [...functions.keys()][0] }]]);
  });
});

test('parts of an API may be in other stacks', () => {
  // WHEN
  const { apis } = appOf((stack) => {
    const { apiId } = plainApi(stack);
    const other = new Stack(stack.node.root as App, 'Other', { env: { region: stack.region, account: stack.account } });
    const integration = new CfnIntegration(other, 'Mock', { apiId, integrationType: 'MOCK' });
    new CfnRoute(other, 'Route', { apiId, routeKey: 'far', target: `integrations/${integration.ref}` });
    new CfnStage(new NestedStack(stack, 'Inner'), 'Stage', { apiId, stageName: 'prod', autoDeploy: true });
  });

  // THEN
  expect(apis.map(({ routes }) => [...routes.keys()])).toEqual([['ping', 'far']]);
  expect(apis.map(({ stages }) => stages.map(({ name }) => name))).toEqual([['dev', 'prod']]);
});

test('the callback URL in an environment has the id of the API here', () => {
  // WHEN
  const { apis: [{ apiId }], functions } = appOf((stack) => {
    new WebsocketService(stack, 'Chat', { routes: { send: { function: inlineFunction(stack, 'Send') } } });
  });

  // THEN
  const url = `https://${apiId}.execute-api.eu-west-1.amazonaws.com/dev`;
  expect([...functions.values()].map(({ environment }) => environment)).toEqual([
    { WEBSOCKET_CALLBACK_URL: url, WEBSOCKET_CALLBACK_URLS: JSON.stringify({ dev: url }) },
  ]);
});

test('3.1, 9.1: IAM is an authorization of its own', () => {
  const { apis: [api] } = appOf((stack) => {
    plainApi(stack).addRoute('$connect', {
      integration: new WebSocketMockIntegration('Connect'), authorizer: new WebSocketIamAuthorizer(),
    });
  });

  expect(api.routes.get('$connect')!.authorization).toEqual({ type: 'AWS_IAM' });
});

describe('of several stacks', () => {
  const assembly = synthesize((stack) => {
    plainApi(stack, 'First');
    plainApi(new Stack(new Stage(stack.node.root as App, 'Prod'), 'Chat'), 'Second');
    new Stack(stack.node.root as App, 'Empty');
  });
  const served = (stack?: string): string[] => readApp(assembly, { stack }).apis.map(({ name }) => name);

  test.each<[string, string | undefined, string[]]>([
    ['all are served', undefined, ['First', 'Second']],
    ['one is served, by its name', 'Test', ['First']],
    ['one is served, by its construct path', 'Prod/Chat', ['Second']],
    ['one is served, by its name in CloudFormation', 'Prod-Chat', ['Second']],
  ])('%s', (_, stack, names) => {
    expect(served(stack)).toEqual(names);
  });

  test('a stack that does not exist is an error', () => {
    expect(() => served('Tset')).toThrow(
      new GatewayError('NO_SUCH_STACK', `${assembly} has no stack "Tset"; its stacks are Test, Empty, Prod/Chat`),
    );
  });

  test('a stack without an API is an error', () => {
    expect(() => served('Empty')).toThrow(
      new GatewayError('NO_WEBSOCKET_API', `${assembly} has no WebSocket API; its stack is Empty`),
    );
  });
});

test('an app without stacks is an error', () => {
  const assembly = folderOf({ 'manifest.json': {} });

  expect(() => readApp(assembly, {})).toThrow(
    new GatewayError('NO_WEBSOCKET_API', `${assembly} has no WebSocket API; it has no stack at all`),
  );
});

test('there are notices of what the gateway does not serve', () => {
  // GIVEN
  const Resources = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } },
    Stage: { Type: 'AWS::ApiGatewayV2::Stage', Properties: { ApiId: { Ref: 'Api' }, StageName: 'dev' } },
    Elsewhere: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://example.com/t.json' } },
    Sam: { Type: 'AWS::Serverless::Function' },
    Literal: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: 'abc', RouteKey: 'x' } },
    Imported: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { 'Fn::ImportValue': 'api' }, RouteKey: 'x' } },
  };

  // WHEN
  const { notices } = readApp(assemblyFolder({ Test: { Resources } }), {});

  // THEN
  expect(notices).toEqual([
    {
      code: 'nested-stack-not-read',
      subject: 'Elsewhere',
      text: 'Elsewhere: the template of this nested stack is not in the assembly: nothing in it is served',
    },
    {
      code: 'sam-not-served',
      subject: 'Sam',
      text: 'Sam: AWS::Serverless::Function is not served: the transform that makes resources of it runs at deployment',
    },
    { code: 'api-not-in-assembly', subject: 'Literal', text: 'Literal: the route is not served: its API abc is not in this assembly' },
    {
      code: 'api-not-in-assembly',
      subject: 'Imported',
      text: 'Imported: the route is not served: its API is export api: no stack of the app exports it',
    },
    {
      code: 'stage-not-deployed',
      subject: 'Stage',
      text: 'Stage: stage dev has neither AutoDeploy nor a DeploymentId: on AWS it serves no route until something deploys to it; '
        + 'set `autoDeploy: true`',
    },
  ]);
});

test('context that is not in cdk.context.json gets a notice', () => {
  // GIVEN
  const assembly = synthesize((stack) => {
    plainApi(stack);
    Vpc.fromLookup(stack, 'Vpc', { isDefault: true });
  }, 'eu-west-1');

  // WHEN
  const { notices } = readApp(assembly, {});

  // THEN
  expect(notices).toEqual([{
    code: 'context-missing',
    subject: expect.stringMatching(/^vpc-provider:account=111111111111:/),
    text: `${notices[0].subject}: cdk.context.json lacks this value of vpc-provider, so the app was synthesized with a dummy; `
      + 'run `cdk synth` once with AWS credentials and keep cdk.context.json',
  }]);
});
