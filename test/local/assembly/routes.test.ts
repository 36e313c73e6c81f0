import { Api, LocalApp, Notice } from '../../../lib/local/assembly/local-app';
import { readApp } from '../../../lib/local/assembly/read-app';
import { GatewayError } from '../../../lib/local/gateway-error';
import { assemblyFolder } from '../../_helpers/assembly-folder';

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;

const API_ID = { Ref: 'Api' };
const LAMBDA_URI = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions';

const part = (type: string, properties: Record<string, unknown>): Resources[string] =>
  ({ Type: `AWS::ApiGatewayV2::${type}`, Properties: { ApiId: API_ID, ...properties } });
const route = (routeKey: unknown, properties: Record<string, unknown> = {}): Resources[string] =>
  part('Route', { RouteKey: routeKey, ...properties });
const to = (integration: string): Record<string, unknown> => ({ Target: { 'Fn::Join': ['/', ['integrations', { Ref: integration }]] } });
const invoking = (functionName: unknown): object => ({ 'Fn::Join': ['', [`${LAMBDA_URI}/`, functionName, '/invocations']] });
const fn = (properties: Record<string, unknown> = {}): Resources[string] =>
  ({ Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x', Handler: 'index.a', Code: { ZipFile: '' }, ...properties } });
const permission = (functionName: unknown, what: string, properties: Record<string, unknown> = {}): Resources[string] => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: functionName,
    Principal: 'apigateway.amazonaws.com',
    SourceArn: { 'Fn::Sub': `arn:aws:execute-api:eu-west-1:111111111111:\${Api}/${what}` },
    ...properties,
  },
});

const BASE: Resources = {
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET', Name: 'Chat' } },
  Stage: part('Stage', { StageName: 'dev', AutoDeploy: true }),
};

function read(resources: Resources, sections: Record<string, unknown> = {}): LocalApp & { readonly api: Api } {
  const app = readApp(assemblyFolder({ Test: { ...sections, Resources: { ...BASE, ...resources } } }), {});
  return { ...app, api: app.apis[0] };
}

const codes = (notices: readonly Notice[]): string[][] => notices.map(({ code, subject }) => [code, subject]);

describe('stages', () => {
  test('have variables and limits, 8.1', () => {
    const { api } = read({
      Stage: part('Stage', {
        StageName: 'dev',
        AutoDeploy: true,
        StageVariables: { a: 'b', n: 1 },
        DefaultRouteSettings: { ThrottlingBurstLimit: 5, ThrottlingRateLimit: 0.5, DataTraceEnabled: true },
        RouteSettings: { send: { ThrottlingBurstLimit: '2' } },
      }),
    });

    expect(api.stages).toEqual([{
      name: 'dev',
      variables: { a: 'b', n: '1' },
      defaultRouteSettings: { throttlingBurstLimit: 5, throttlingRateLimit: 0.5 },
      routeSettings: { send: { throttlingBurstLimit: 2 } },
      mappings: [],
    }]);
  });

  test('1.1.5: are mapped to by custom domains', () => {
    const { api } = read({
      Domain: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'api.example.com' } },
      Bare: part('ApiMapping', { DomainName: { Ref: 'Domain' }, Stage: { Ref: 'Stage' } }),
      Keyed: part('ApiMapping', { DomainName: 'chat.example.com', Stage: 'dev', ApiMappingKey: 'v1/chat' }),
      Other: part('ApiMapping', { DomainName: 'chat.example.com', Stage: 'prod' }),
    });

    expect(api.stages[0].mappings).toEqual([
      { domainName: 'api.example.com', mappingKey: '' },
      { domainName: 'chat.example.com', mappingKey: 'v1/chat' },
    ]);
  });

  test.each([
    ['DomainName', { DomainName: { 'Fn::ImportValue': 'Elsewhere' }, Stage: 'dev' }],
    ['ApiMappingKey', { DomainName: 'chat.example.com', ApiMappingKey: { 'Fn::ImportValue': 'Elsewhere' }, Stage: 'dev' }],
  ])('1.1.5: have no mapping whose %s only a deployment knows, and that is said', (property, properties) => {
    const { api, notices } = read({ Mapping: part('ApiMapping', properties) });

    expect(api.stages[0].mappings).toEqual([]);
    expect(notices).toEqual([{
      code: 'mapping-unresolved',
      subject: 'Mapping',
      text: `Mapping: stage dev is not served at this domain: only a deployment knows its ${property}; write the value itself in the app, or `
        + 'give the parameter a default',
    }]);
  });

  test('are missing, with a notice', () => {
    const { Api: only } = BASE;
    const { notices } = readApp(assemblyFolder({ Test: { Resources: { Api: only } } }), {});

    expect(notices).toEqual([
      { code: 'no-stage', subject: 'Api', text: 'Api: it has no stage, so no client can connect to it; add an AWS::ApiGatewayV2::Stage' },
    ]);
  });
});

test('1.1.7: a stage that no client could reach on AWS gets a notice', () => {
  // GIVEN
  const closed = { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET', DisableExecuteApiEndpoint: true } };
  const Prod = part('Stage', { StageName: 'prod', AutoDeploy: true });
  const Mapping = part('ApiMapping', { DomainName: 'api.example.com', Stage: 'prod' });

  // WHEN
  const { notices } = read({ Api: closed, Prod, Mapping });

  // THEN
  expect(notices).toEqual([{
    code: 'default-endpoint-disabled',
    subject: 'Api',
    text: 'Api: DisableExecuteApiEndpoint is set and no domain leads to the stage dev: on AWS no client can connect to it, here every client can; '
      + 'add an AWS::ApiGatewayV2::ApiMapping',
  }]);
});

test('1.1.7, 3.13: an API has its own settings', () => {
  const Properties = {
    ProtocolType: 'WEBSOCKET',
    RouteSelectionExpression: '$request.body.type',
    ApiKeySelectionExpression: '$context.authorizer.usageIdentifierKey',
    DisableExecuteApiEndpoint: true,
  };
  const { api } = read({ Api: { ...BASE.Api, Properties } });

  expect(api).toMatchObject({
    name: 'Api',
    routeSelectionExpression: '$request.body.type',
    apiKeySelectionExpression: '$context.authorizer.usageIdentifierKey',
    disableExecuteApiEndpoint: true,
  });
});

test('1.2.3: a route may be without target', () => {
  expect(read({ Route: route('$connect') }).api.routes.get('$connect')).toEqual({
    routeKey: '$connect',
    authorization: { type: 'NONE' },
    apiKeyRequired: false,
    integration: undefined,
    twoWay: false,
    modelSelectionExpression: undefined,
    requestModels: {},
    requiredParameters: [],
  });
});

test('5.4.2: a route lists the parameters that it requires', () => {
  const RequestParameters = {
    'route.request.querystring.token': { Required: true },
    'route.request.header.X-Client': { Required: 'true' },
    'route.request.querystring.room': { Required: false },
    'route.request.querystring.colour': {},
  };

  expect(read({ Route: route('$connect', { RequestParameters }) }).api.routes.get('$connect')!.requiredParameters)
    .toEqual(['route.request.querystring.token', 'route.request.header.X-Client']);
});

describe('5.1.1: a route is two-way', () => {
  const expression = { RouteResponseSelectionExpression: '$default' };
  const response = (key: string, owner = 'Route'): Resources[string] =>
    part('RouteResponse', { RouteId: { Ref: owner }, RouteResponseKey: key });

  test.each<[string, Resources, boolean]>([
    ['with an expression and the response $default', { Route: route('a', expression), Response: response('$default') }, true],
    ['not without a response', { Route: route('a', expression) }, false],
    ['not without an expression', { Route: route('a'), Response: response('$default') }, false],
    ['not with another response', { Route: route('a', expression), Response: response('other') }, false],
    ['not with the response of another route', {
      Route: route('a', expression), Other: route('b'), Response: response('$default', 'Other'),
    }, false],
  ])('%s', (_, resources, twoWay) => {
    expect(read(resources).api.routes.get('a')!.twoWay).toBe(twoWay);
  });
});

test('5.3: an integration has templates, parameters and responses', () => {
  const { api } = read({
    Route: route('a', to('Http')),
    Http: part('Integration', {
      IntegrationType: 'HTTP',
      IntegrationUri: 'https://${stageVariables.host}/x',
      IntegrationMethod: 'POST',
      TimeoutInMillis: 500,
      RequestTemplates: { $default: '{}' },
      RequestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" },
      TemplateSelectionExpression: '\\$default',
      PassthroughBehavior: 'NEVER',
      ContentHandlingStrategy: 'CONVERT_TO_BINARY',
    }),
    Ok: part('IntegrationResponse', {
      IntegrationId: { Ref: 'Http' }, IntegrationResponseKey: '$default', ResponseTemplates: { $default: 'x' },
    }),
    Bad: part('IntegrationResponse', {
      IntegrationId: { Ref: 'Http' },
      IntegrationResponseKey: '/5\\d\\d/',
      TemplateSelectionExpression: '${integration.response.statuscode}',
      ContentHandlingStrategy: 'CONVERT_TO_TEXT',
    }),
  });

  expect(api.routes.get('a')!.integration).toEqual({
    logicalId: 'Http',
    type: 'HTTP',
    uri: 'https://${stageVariables.host}/x',
    method: 'POST',
    timeout: 500,
    requestTemplates: { $default: '{}' },
    requestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" },
    templateSelectionExpression: '\\$default',
    passthroughBehavior: 'NEVER',
    contentHandling: 'CONVERT_TO_BINARY',
    responses: [
      { key: '$default', responseTemplates: { $default: 'x' }, templateSelectionExpression: undefined, contentHandling: undefined },
      {
        key: '/5\\d\\d/',
        responseTemplates: {},
        templateSelectionExpression: '${integration.response.statuscode}',
        contentHandling: 'CONVERT_TO_TEXT',
      },
    ],
  });
});

test('5.4.1: models are known by name, and by what Ref gives', () => {
  const { api } = read({
    Object: part('Model', { Name: 'one', Schema: { type: 'object' } }),
    Text: part('Model', { Name: 'two', Schema: '{"type":"string"}' }),
    Route: route('a', { ModelSelectionExpression: '$request.body.kind', RequestModels: { x: 'one', $default: { Ref: 'Text' } } }),
  });

  expect([...api.models]).toEqual([['one', { type: 'object' }], ['two', { type: 'string' }]]);
  expect(api.routes.get('a')).toMatchObject({
    modelSelectionExpression: '$request.body.kind', requestModels: { x: 'one', $default: 'two' },
  });
});

describe('3.13: an API key', () => {
  const key = (properties: object): Resources[string] =>
    ({ Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, ...properties } });
  const plan: Resources = {
    Plan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: { ApiStages: [{ ApiId: API_ID, Stage: { Ref: 'Stage' } }, { ApiId: 'x', Stage: 'prod' }] },
    },
    Link: { Type: 'AWS::ApiGateway::UsagePlanKey', Properties: { KeyId: { Ref: 'Key' }, UsagePlanId: { Ref: 'Plan' } } },
  };

  test('opens the stages of its usage plans', () => {
    const { api, notices } = read({ ...plan, Key: key({ Value: 'secret' }), Unused: key({ Value: 'other' }) });

    expect(api.apiKeys).toEqual([{ id: expect.stringMatching(/^[a-z0-9]{10}$/), value: 'secret', stages: ['dev'] }]);
    expect(notices).toEqual([]);
  });

  test('without a value gets one, with a notice', () => {
    const { api: { apiKeys: [{ value }] }, notices } = read({ ...plan, Key: key({}) });

    expect(value).toMatch(/^[a-z0-9]{40}$/);
    expect(notices).toEqual([
      { code: 'api-key-generated', subject: 'Key', text: `Key: API Gateway makes the value of this API key at deployment; here it is ${value}` },
    ]);
  });

  test('that is disabled opens nothing', () => {
    expect(read({ ...plan, Key: key({ Value: 'secret', Enabled: false }) }).api.apiKeys).toEqual([]);
  });
});

describe('a target', () => {
  const proxy = (uri: unknown, properties: Record<string, unknown> = {}): Resources[string] =>
    part('Integration', { IntegrationType: 'AWS_PROXY', IntegrationUri: uri, ...properties });
  const FN = { 'Fn::GetAtt': ['Fn', 'Arn'] };
  const ARN = 'arn:aws:lambda:eu-west-1:111111111111:function:send';
  const target = (app: { readonly api: Api }, routeKey = 'a'): unknown => app.api.routes.get(routeKey)!.integration!.target;

  const withFunction = (uri: unknown, permitted: unknown = FN): Resources => ({
    Fn: fn({ FunctionName: 'send' }),
    Route: route('a', to('Integration')),
    Integration: proxy(invoking(uri)),
    ...(permitted ? { Permission: permission(permitted, '*a') } : {}),
  });

  test.each<[string, Resources, object]>([
    ['a function of the app', withFunction(FN), {}],
    ['a function by a literal ARN', withFunction(ARN), {}],
    ['a function by its name', withFunction('send'), {}],
    ['an alias', {
      ...withFunction({ Ref: 'Alias' }, { Ref: 'Alias' }),
      Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Fn' }, Name: 'live' } },
    }, { qualifier: 'live' }],
    ['a version', {
      ...withFunction({ Ref: 'Version' }, { Ref: 'Version' }),
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
    }, { qualifier: '1' }],
  ])('is %s', (_, resources, more) => {
    const app = read(resources);

    expect(target(app)).toEqual({ type: 'function', functionId: 'Test/Fn', ...more });
    expect([...app.functions.keys()]).toEqual(['Test/Fn']);
    expect(app.notices).toEqual([]);
  });

  test('of the type AWS may be a function, too', () => {
    const app = read({ ...withFunction(FN), Integration: proxy(invoking(FN), { IntegrationType: 'AWS' }) });

    expect(target(app)).toEqual({ type: 'function', functionId: 'Test/Fn' });
  });

  test.each<[string, unknown, string, string | undefined]>([
    ['a function elsewhere', invoking('arn:aws:lambda:eu-west-1:222222222222:function:far:live'),
      'the function far:live is not in this assembly', 'far:live'],
    ['a function of that name in another account', invoking(ARN.replace('1111', '2222')),
      'the function send is not in this assembly', 'send'],
    ['another service', 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
      'it calls the service dynamodb, and only functions are served', undefined],
    ['a queue', 'arn:aws:apigateway:eu-west-1:sqs:path/111111111111/jobs',
      'it calls the service sqs, and only functions are served', undefined],
    ['a queue whose name is made at deployment',
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':apigateway:eu-west-1:sqs:path/1/', { 'Fn::ImportValue': 'far' }]] },
      'it calls the service sqs, and only functions are served', undefined],
    ['nothing known', 'https://example.com', '"https://example.com" is not the invocation URI of a function', undefined],
    ['nothing', undefined, 'it has no URI', undefined],
    ['something imported', invoking({ 'Fn::ImportValue': 'far' }),
      'its URI refers to export far: no stack of the app exports it', undefined],
  ])('that is %s is answered as a failure, and said', (_, uri, reason, name) => {
    const app = read({ Fn: fn({ FunctionName: 'send' }), Route: route('a', to('Integration')), Integration: proxy(uri) });

    expect(target(app)).toEqual(name === undefined ? { type: 'none', reason } : { type: 'none', reason, function: name });
    expect(app.notices).toEqual([
      { code: 'integration-not-served', subject: 'Route', text: `Route: route "a" is answered as if invoking it failed: ${reason}` },
    ]);
    expect([...app.functions.values()].map(({ onDemand }) => onDemand)).toEqual([true]);
  });

  test('behind a VPC link is answered as a failure, with a notice', () => {
    const app = read({
      Route: route('a', to('Integration')),
      Integration: proxy('http://inner', { IntegrationType: 'HTTP_PROXY', ConnectionType: 'VPC_LINK', ConnectionId: 'x' }),
    });

    expect(app.api.routes.get('a')!.integration).toMatchObject({
      type: 'HTTP_PROXY', target: { type: 'none', reason: 'it reaches its backend through a VPC link, which does not exist on this machine' },
    });
    expect(app.api.routes.get('a')!.integration!.uri).toBeUndefined();
    expect(codes(app.notices)).toEqual([['vpc-link', 'Route']]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a backend', { IntegrationType: 'HTTP', IntegrationUri: { 'Fn::GetAtt': ['Fn', 'Url'] } }, 'IntegrationUri'],
    ['a template', { IntegrationType: 'MOCK', RequestTemplates: { a: { 'Fn::GetAtt': ['Fn', 'Url'] } } }, 'RequestTemplates'],
    ['a parameter', { IntegrationType: 'MOCK', RequestParameters: { a: { 'Fn::GetAtt': ['Fn', 'Url'] } } }, 'RequestParameters'],
  ])('with %s that is known after deployment only is answered as a failure, and said', (_, properties, property) => {
    const app = read({ Fn: fn(), Route: route('a', to('Integration')), Integration: part('Integration', properties) });

    const reason = `its ${property} refers to Fn (AWS::Lambda::Function): its Url is made at deployment`;
    expect(app.api.routes.get('a')!.integration)
      .toMatchObject({ target: { type: 'none', reason }, requestTemplates: {}, requestParameters: {} });
    expect(app.notices).toEqual([
      { code: 'integration-not-served', subject: 'Route', text: `Route: route "a" is answered as if invoking it failed: ${reason}` },
    ]);
  });

  test('that is another service may have templates that only a deployment can fill in', () => {
    const app = read({
      Route: route('a', to('Integration')),
      Integration: part('Integration', {
        IntegrationType: 'AWS',
        IntegrationUri: 'arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem',
        RequestTemplates: { $default: { Ref: 'Unknown' } },
      }),
    });

    expect(codes(app.notices)).toEqual([['integration-not-served', 'Route']]);
  });

  describe('5.3.8: by a stage variable', () => {
    const stages: Resources = {
      Stage: part('Stage', { StageName: 'dev', AutoDeploy: true, StageVariables: { fn: 'send', alias: 'live' } }),
      Prod: part('Stage', { StageName: 'prod', AutoDeploy: true, StageVariables: { fn: 'far', alias: 'live' } }),
    };

    test('is the function that each stage names', () => {
      const uri = `${LAMBDA_URI}/arn:aws:lambda:eu-west-1:111111111111:function:\${stageVariables.fn}:\${stageVariables.alias}/invocations`;
      const app = read({ ...withFunction(FN, `${ARN}:live`), ...stages, Integration: proxy(uri) });

      expect(target(app)).toEqual({ type: 'stageVariable', uri, functions: { dev: 'Test/Fn' } });
      expect([...app.functions.keys()]).toEqual(['Test/Fn']);
      expect(app.notices).toEqual([{
        code: 'integration-not-served',
        subject: 'Route',
        text: 'Route: route "a" is answered as if invoking it failed: the function "far:live" that stage prod names is not in this assembly',
      }]);
    });

    test('9.4: is none in a stage without permission, though it names the same function as another', () => {
      const uri = `${LAMBDA_URI}/\${stageVariables.fn}/invocations`;
      const app = read({
        Fn: fn({ FunctionName: 'send' }),
        Allowed: permission('send', 'prod/a'),
        Stage: part('Stage', { StageName: 'dev', AutoDeploy: true, StageVariables: { fn: 'send' } }),
        Prod: part('Stage', { StageName: 'prod', AutoDeploy: true, StageVariables: { fn: 'send' } }),
        Route: route('a', to('Integration')),
        Integration: proxy(uri),
      });

      expect(target(app)).toEqual({ type: 'stageVariable', uri, functions: { prod: 'Test/Fn' } });
      expect(codes(app.notices)).toEqual([['permission-missing', 'Route']]);
    });

    test('that only a deployment knows is answered as a failure, with a notice; other variables have values', () => {
      const app = read({
        ...withFunction(FN),
        Bucket: { Type: 'AWS::S3::Bucket' },
        Stage: part('Stage', { StageName: 'dev', AutoDeploy: true, StageVariables: { fn: { Ref: 'Bucket' }, b: '1', c: { Ref: 'AWS::NoValue' } } }),
        Integration: proxy(`${LAMBDA_URI}/\${stageVariables.fn}/invocations`),
      });

      expect(app.api.stages[0].variables).toEqual({ b: '1' });
      expect(target(app)).toMatchObject({ functions: {} });
      expect(app.notices).toEqual([
        {
          code: 'stage-variable-unresolved',
          subject: 'Stage',
          text: 'Stage: stage dev has no variable fn here: the value in the template refers to Bucket (AWS::S3::Bucket): its name is made at '
            + 'deployment; write the value itself in the app, or give the parameter a default',
        },
        {
          code: 'integration-not-served',
          subject: 'Route',
          text: 'Route: route "a" is answered as if invoking it failed: its URI needs the stage variable "fn", which stage dev does not have',
        },
      ]);
    });

    test('needs a permission', () => {
      const app = read({ ...withFunction(FN), ...stages, Integration: proxy(`${LAMBDA_URI}/\${stageVariables.fn}:x/invocations`) });

      expect(target(app)).toMatchObject({ functions: {} });
      expect(codes(app.notices)).toEqual([['permission-missing', 'Route'], ['integration-not-served', 'Route']]);
    });
  });

  describe('9.4, 4.4.4, 2.5: without permission', () => {
    const reason = (app: { readonly api: Api }, name: string, stage = 'dev'): string =>
      `API Gateway may not invoke ${name} for route "a" in stage ${stage}: `
      + `no AWS::Lambda::Permission for apigateway.amazonaws.com matches arn:aws:execute-api:eu-west-1:111111111111:${app.api.apiId}/${stage}/a; add one`;

    test('is answered as a failure, with a notice', () => {
      const app = read(withFunction(FN, null));

      expect(target(app)).toEqual({ type: 'none', reason: reason(app, 'Fn'), function: 'Fn' });
      expect(app.notices).toEqual([{
        code: 'permission-missing',
        subject: 'Route',
        text: `Route: ${reason(app, 'Fn')}: it fails here as on AWS (an integration that several routes share may have the permission of its `
          + 'first route only: give each route an integration of its own)',
      }]);
    });

    test('of one route of two that share an integration, that route fails', () => {
      const app = read({ ...withFunction(FN), Second: route('b', to('Integration')) });

      expect([target(app), target(app, 'b')]).toEqual([
        { type: 'function', functionId: 'Test/Fn' },
        expect.objectContaining({ type: 'none' }),
      ]);
    });

    test.each<[string, Resources[string], boolean]>([
      ['for any stage', permission(FN, '*/a'), true],
      ['for the stage', permission(FN, 'dev/a'), true],
      ['for another stage', permission(FN, 'prod/a'), false],
      ['for another route', permission(FN, '*b'), false],
      ['for any single character', permission(FN, 'dev/?'), true],
      ['for everything', permission(FN, '*', { SourceArn: undefined }), true],
      ['for what only a deployment knows', permission(FN, '*', { SourceArn: { Ref: 'Unknown' } }), true],
      ['for this account', permission(FN, '*', { SourceAccount: { Ref: 'AWS::AccountId' } }), true],
      ['for another account', permission(FN, '*', { SourceAccount: '222222222222' }), false],
      ['for another service', permission(FN, '*', { Principal: 'events.amazonaws.com' }), false],
      ['for another action', permission(FN, '*', { Action: 'lambda:GetFunction' }), false],
      ['for any action', permission(FN, '*', { Action: 'lambda:*' }), true],
      ['for another function', permission('other', '*'), false],
      ['for an alias of the function', permission(`${ARN}:live`, '*'), false],
      ['for $LATEST', permission(`${ARN}:$LATEST`, '*'), true],
    ])('a permission %s', (_, granted, allowed) => {
      const { type } = target(read({ ...withFunction(FN), Permission: granted })) as { type: string };

      expect(type).toBe(allowed ? 'function' : 'none');
    });

    test('of one of two stages, the route fails', () => {
      const Prod = part('Stage', { StageName: 'prod', AutoDeploy: true });
      const app = read({ ...withFunction(FN), Permission: permission(FN, 'dev/a'), Prod });

      expect(target(app)).toMatchObject({ type: 'none', reason: reason(app, 'Fn', 'prod') });
    });

    test('5.3.9: an integration with a role needs none', () => {
      const app = read({ ...withFunction(FN, null), Integration: proxy(invoking(FN), { CredentialsArn: { 'Fn::GetAtt': ['Role', 'Arn'] } }) });

      expect(target(app)).toEqual({ type: 'function', functionId: 'Test/Fn' });
      expect(app.notices).toEqual([{
        code: 'credentials-ignored',
        subject: 'Integration',
        text: 'Integration: CredentialsArn is ignored: the target runs here, with the credentials of this shell',
      }]);
    });
  });

  describe('of an authorizer', () => {
    const authorized = (granted?: Resources[string]): Resources => ({
      Fn: fn({ FunctionName: 'auth' }),
      Route: route('$connect', { AuthorizationType: 'CUSTOM', AuthorizerId: { Ref: 'Auth' } }),
      Auth: part('Authorizer', { Name: 'auth', AuthorizerType: 'REQUEST', AuthorizerUri: invoking(FN), IdentitySource: ['context.x'] }),
      ...(granted ? { Permission: granted } : {}),
    });
    const authorizer = ({ api }: { readonly api: Api }): unknown => api.routes.get('$connect')!.authorization;

    test('9.4: is a function that may be invoked', () => {
      expect(authorizer(read(authorized(permission(FN, 'authorizers/${Auth}'))))).toEqual({
        type: 'CUSTOM',
        authorizer: {
          logicalId: 'Auth',
          name: 'auth',
          authorizerId: expect.stringMatching(/^[a-z0-9]{6}$/),
          identitySource: ['context.x'],
          target: { type: 'function', functionId: 'Test/Fn' },
        },
      });
    });

    test('9.4: is none with the permission of a route', () => {
      const app = read(authorized(permission(FN, 'dev/$connect')));

      expect(authorizer(app)).toMatchObject({ authorizer: { target: { type: 'none', function: 'Fn' } } });
      expect(codes(app.notices)).toEqual([['permission-missing', 'Auth']]);
    });

    test('is none if the authorizer is elsewhere', () => {
      const app = read({ Route: route('$connect', { AuthorizationType: 'CUSTOM', AuthorizerId: 'abc123' }) });

      const reason = 'the authorizer abc123 is not in this assembly';
      expect(authorizer(app)).toMatchObject({ authorizer: { target: { type: 'none', reason } } });
      expect(codes(app.notices)).toEqual([['integration-not-served', 'Route']]);
    });
  });
});

test('a resource whose condition is false does not exist', () => {
  const { api } = read({ On: { ...route('on'), Condition: 'Yes' }, Off: { ...route('off'), Condition: 'No' } }, {
    Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] }, No: { 'Fn::Equals': ['a', 'b'] } },
  });

  expect([...api.routes.keys()]).toEqual(['on']);
});

describe('fails', () => {
  const Parameters = { Key: { Type: 'String' } };
  const unknown = 'refers to parameter Key: it has no default, and the gateway cannot route without it; '
    + 'write the value itself in the app, or give the parameter a default';

  test.each<[string, Resources, string]>([
    ['a route key', { Route: route({ Ref: 'Key' }) }, `Test/Route: RouteKey: ${unknown}`],
    ['a selection expression',
      { Api: { ...BASE.Api, Properties: { ProtocolType: 'WEBSOCKET', RouteSelectionExpression: { Ref: 'Key' } } } },
      `Test/Api: RouteSelectionExpression: ${unknown}`],
    ['a stage name', { Stage: part('Stage', { StageName: { Ref: 'Key' } }) }, `Test/Stage: StageName: ${unknown}`],
    ['a target', { Route: route('a', { Target: { Ref: 'Key' } }) }, `Test/Route: Target: ${unknown}`],
    ['a condition', { Route: { ...route('a'), Condition: 'Set' } }, `Test/Route: Condition: ${unknown}`],
  ])('if %s is known after deployment only', (_, resources, message) => {
    const Conditions = { Set: { 'Fn::Equals': [{ Ref: 'Key' }, ''] } };

    expect(() => read(resources, { Parameters, Conditions })).toThrow(new GatewayError('UNRESOLVABLE', message));
  });

  const refused = '; CloudFormation would refuse the template';
  test.each<[string, Resources, string]>([
    ['a key is there twice', { One: route('a'), Two: route('a') },
      `Test/Two: RouteKey is "a", which another route of the API has already${refused}`],
    ['a key is missing', { One: part('Route', {}) }, `Test/One: RouteKey is missing${refused}`],
    ['a key is a list', { One: route(['a']) }, `Test/One: RouteKey must be a string, got ["a"]${refused}`],
    ['a target is nowhere', { One: route('a', { Target: 'integrations/x' }) },
      `Test/One: Target must name an integration of the API, got "integrations/x"${refused}`],
    ['an authorization is unknown', { One: route('a', { AuthorizationType: 'JWT' }) },
      `Test/One: AuthorizationType must be one of NONE, AWS_IAM, CUSTOM, got "JWT"${refused}`],
    ['an integration type is unknown', { One: route('a', to('I')), I: part('Integration', { IntegrationType: 'X' }) },
      `Test/I: IntegrationType must be one of AWS_PROXY, AWS, MOCK, HTTP, HTTP_PROXY, got "X"${refused}`],
    ['a passthrough behaviour is unknown',
      { One: route('a', to('I')), I: part('Integration', { IntegrationType: 'MOCK', PassthroughBehavior: 'X' }) },
      `Test/I: PassthroughBehavior must be one of WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER, got "X"${refused}`],
    ['a time is none',
      { One: route('a', to('I')), I: part('Integration', { IntegrationType: 'MOCK', TimeoutInMillis: 'soon' }) },
      `Test/I: TimeoutInMillis must be a number, got "soon"${refused}`],
    ['templates are none',
      { One: route('a', to('I')), I: part('Integration', { IntegrationType: 'MOCK', RequestTemplates: 'x' }) },
      `Test/I: RequestTemplates must be an object, got "x"${refused}`],
    ['a schema is none', { One: part('Model', { Name: 'x', Schema: '{' }) }, `Test/One: Schema must be a JSON object${refused}`],
  ])('if %s', (_, resources, message) => {
    expect(() => read(resources)).toThrow(new GatewayError('ASSEMBLY_BROKEN', message));
  });
});
