import { Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CfnApi, IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceProps, WebsocketServiceRoute, WebsocketStageOptions } from '../../lib';
import { WebsocketLoggingLevel } from '../../lib/route-settings';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickStack, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;
beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main;' }); });
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes: { foo: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none(), ...props });
}

function withRoute(options: WebsocketServiceRoute, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return service({ routes: { foo: { handler: 'src/a.main', ...options } }, ...props });
}

/** The properties of each stage by its name. */
function stages(): Record<string, Record<string, unknown>> {
  const found = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Stage'));
  return Object.fromEntries(found.map(({ Properties: { ApiId, StageName, AutoDeploy, ...rest } }) => [StageName, rest]));
}

describe('an option of the stage', () => {
  test.each<[string, WebsocketStageOptions, object]>([
    ['throttle', { throttle: { rateLimit: 100, burstLimit: 200 } }, { DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 } }],
    ['half a throttle', { throttle: { rateLimit: 0.5 } }, { DefaultRouteSettings: { ThrottlingRateLimit: 0.5 } }],
    ['an empty throttle', { throttle: {} }, {}],
    ['detailedMetricsEnabled', { detailedMetricsEnabled: true }, { DefaultRouteSettings: { DetailedMetricsEnabled: true } }],
    ['loggingLevel', { loggingLevel: WebsocketLoggingLevel.ERROR }, { DefaultRouteSettings: { LoggingLevel: 'ERROR' } }],
    ['dataTraceEnabled', { loggingLevel: WebsocketLoggingLevel.INFO, dataTraceEnabled: true }, {
      DefaultRouteSettings: { LoggingLevel: 'INFO', DataTraceEnabled: true },
    }],
    ['stageVariables', { stageVariables: { table: 'chat' } }, { StageVariables: { table: 'chat' } }],
    ['stageDescription', { stageDescription: 'about it' }, { Description: 'about it' }],
    ['clientCertificateId', { clientCertificateId: 'abc123' }, { ClientCertificateId: 'abc123' }],
  ])('is that of the first stage, or of one more: %s', (_name, options, expected) => {
    // WHEN
    service({ ...options, additionalStages: { prod: options, plain: {} } });

    // THEN
    expect(stages()).toEqual({ dev: expected, prod: expected, plain: {} });
    expect(warnings(stack)).toEqual([]);
  });

  test('that is a token is let through', () => {
    // WHEN
    service({ throttle: { rateLimit: Lazy.number({ produce: () => 7 }) }, stageVariables: { table: Lazy.string({ produce: () => 'chat' }) } });

    // THEN
    expect(stages()).toEqual({ dev: { DefaultRouteSettings: { ThrottlingRateLimit: 7 }, StageVariables: { table: 'chat' } } });
  });
});

describe('a setting of a route', () => {
  test.each<[string, WebsocketServiceRoute, object]>([
    ['throttle', { throttle: { rateLimit: 1, burstLimit: 0 } }, { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 0 }],
    ['detailedMetricsEnabled', { detailedMetricsEnabled: false }, { DetailedMetricsEnabled: false }],
    ['loggingLevel', { loggingLevel: WebsocketLoggingLevel.OFF }, { LoggingLevel: 'OFF' }],
    ['dataTraceEnabled', { dataTraceEnabled: false }, { DataTraceEnabled: false }],
  ])('is an entry of every stage: %s', (_name, options, expected) => {
    // WHEN
    withRoute(options, { additionalStages: { prod: {} } });

    // THEN
    expect(stages()).toEqual({ dev: { RouteSettings: { foo: expected } }, prod: { RouteSettings: { foo: expected } } });
  });

  test('goes with what each stage sets', () => {
    // WHEN
    withRoute({ throttle: { burstLimit: 5 } }, {
      throttle: { rateLimit: 100, burstLimit: 200 },
      additionalStages: { prod: { loggingLevel: WebsocketLoggingLevel.ERROR, throttle: { rateLimit: 9 } } },
    });

    // THEN
    expect(stages()).toMatchObject({
      dev: { RouteSettings: { foo: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 5 } } },
      prod: { RouteSettings: { foo: { ThrottlingRateLimit: 9, ThrottlingBurstLimit: 5, LoggingLevel: 'ERROR' } } },
    });
  });

  test('is none of the function, which the route may bring', () => {
    // WHEN
    service({ routes: { foo: { function: inlineFunction(stack, 'Fn'), throttle: { rateLimit: 1 } } } });

    // THEN
    expect(stages()).toEqual({ dev: { RouteSettings: { foo: { ThrottlingRateLimit: 1 } } } });
  });

  test('may differ between routes of one handler', () => {
    // WHEN
    service({ routes: { a: { handler: 'src/a.main', throttle: { rateLimit: 1 } }, b: { handler: 'src/a.main' } } });

    // THEN
    expect(stages()).toEqual({ dev: { RouteSettings: { a: { ThrottlingRateLimit: 1 } } } });
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('of a route that is added counts, too, and the stage waits for that route', () => {
    // WHEN
    const chat = service();
    chat.addRoute('late', { handler: 'src/a.main', throttle: { rateLimit: 1 } });

    // THEN
    expect(stages()).toEqual({ dev: { RouteSettings: { late: { ThrottlingRateLimit: 1 } } } });
    Template.fromStack(stack).hasResource('AWS::ApiGatewayV2::Stage', {
      DependsOn: Match.arrayWith([stack.getLogicalId(chat.route('late').node.defaultChild as CfnApi)]),
    });
  });
});

describe('fails:', () => {
  const limit = 'is not a number of requests a second; use 0 or more; leave it out for the limit of the account';
  const burst = 'is not a whole number of requests; use 0 or more; leave it out for the limit of the account';
  const variable = 'belongs to a variable whose name is not legal; use letters, digits and underscores in names of variables';
  const level = 'is not a logging level; use OFF, ERROR or INFO';

  test.each<[string, unknown, string]>([
    ['throttle', 5, 'throttle: 5 is not an object; use { rateLimit: 100, burstLimit: 200 }'],
    ['throttle', { rateLimit: -1 }, `throttle.rateLimit: -1 ${limit}`],
    ['throttle', { rateLimit: '5' }, `throttle.rateLimit: "5" ${limit}`],
    ['throttle', { burstLimit: 1.5 }, `throttle.burstLimit: 1.5 ${burst}`],
    ['loggingLevel', 'DEBUG', `loggingLevel: "DEBUG" ${level}`],
    ['stageVariables', { 'a-b': 'x' }, `stageVariables["a-b"]: "x" ${variable}`],
    ['stageVariables', { a: 'x y' }, 'stageVariables["a"]: "x y" is empty, or has a character that a stage variable cannot have; '
      + 'use letters, digits and -._~:/?#&=, or put the value into `environment`'],
    ['stageVariables', ['a'], 'stageVariables: ["a"] is not an object; use { table: \'chat\' }'],
  ])('%s: %j', (name, value, message) => {
    const options = { [name]: value };
    expect(() => service(options)).toThrow(new Error(`Stack/Chat: ${message}`));
    stack = quickStack();
    expect(() => service({ additionalStages: { prod: options } })).toThrow(new Error(`Stack/Chat: additionalStages["prod"].${message}`));
  });

  test.each<[string, unknown, string]>([
    ['throttle', { rateLimit: -1 }, `throttle.rateLimit: -1 ${limit}`], ['loggingLevel', 'info', `loggingLevel: "info" ${level}`],
  ])('%s of a route: %j', (name, value, message) => {
    expect(() => withRoute({ [name]: value })).toThrow(new Error(`Stack/Chat: routes["foo"].${message}`));
  });

  test.each<[unknown, string]>([
    ['blue', 'tags: "blue" is not an object; use { team: \'chat\' }'],
    [{ 'aws:team': 'x' }, 'tags["aws:team"]: "x" belongs to a tag whose name begins with aws:, which is reserved; choose another name'],
    [{ team: 5 }, 'tags["team"]: 5 is not a string; write "5"'],
  ])('tags: %j', (tags, message) => {
    expect(() => service({ tags: tags as Record<string, string> })).toThrow(new Error(`Stack/Chat: ${message}`));
  });

  const names = 'use 1 to 128 letters, digits, hyphens and underscores, for example "dev"';

  test.each<[string, () => object, string]>([
    ['the name of the first', () => ({ dev: {} }), '"dev" is `stageName` too; give each stage a name of its own'],
    ['a name that is none', () => ({ 'a b': {} }), `"a b" is not a legal stage name; ${names}`],
    ['$default', () => ({ $default: {} }), `"$default" is a stage of HTTP APIs, and a WebSocket API cannot have it; ${names}`],
    ['more than there may be', () => Object.fromEntries([...Array(10).keys()].map((index) => [`s${index}`, {}])),
      '10 stages and the first are more than the 10 that API Gateway allows for one API; make a second service'],
  ])('additionalStages: %s', (_case, additionalStages, message) => {
    expect(() => service({ additionalStages: additionalStages() as WebsocketServiceProps['additionalStages'] }))
      .toThrow(new Error(`Stack/Chat: additionalStages: ${message}`));
  });

  test('additionalStages: a name that only a deployment knows', () => {
    const name = Lazy.string({ produce: () => 'prod' });
    expect(() => service({ additionalStages: { [name]: {} } })).toThrow(new Error(
      `Stack/Chat: additionalStages: ${JSON.stringify(name)} is not known before deployment; write the name as a literal; \`stageName\` may hold a token`,
    ));
  });

  test.each<[unknown, string]>([
    [undefined, 'additionalStages["prod"]: (not set) is not an object; use {}'],
    [{ stagename: 'x' }, 'additionalStages["prod"].stagename: "x": there is no option `stagename`; the options are throttle, '
      + 'detailedMetricsEnabled, loggingLevel, dataTraceEnabled, accessLog, stageVariables, stageDescription, clientCertificateId, autoDeploy '
      + 'and domain'],
  ])('additionalStages: options that are none: %j', (options, message) => {
    expect(() => service({ additionalStages: { prod: options as WebsocketStageOptions } })).toThrow(new Error(`Stack/Chat: ${message}`));
  });
});

describe('more than one stage', () => {
  test('have the ids of their names, and wait for the routes', () => {
    // WHEN
    const chat = service({ additionalStages: { prod: {}, test: {} } });

    // THEN
    expect(chat.node.children.map(({ node }) => node.id).filter((id) => id.startsWith('Stage'))).toEqual(['Stage', 'Stage-prod', 'Stage-test']);
    const route = stack.getLogicalId(chat.route('foo').node.defaultChild as CfnApi);
    const found = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Stage'));
    expect(found.map(({ DependsOn }) => DependsOn)).toEqual([[route], [route], [route]]);
  });

  test('are found by their names; the service has the URLs of the first', () => {
    // WHEN
    const chat = service({ stageName: 'blue', additionalStages: { green: {} } });

    // THEN
    expect(Object.keys(chat.stages)).toEqual(['blue', 'green']);
    expect(chat.stageNames).toEqual(['blue', 'green']);
    expect([chat.stageName, chat.stage]).toEqual(['blue', chat.stages.blue]);
    expect([chat.url, chat.callbackUrl].map((url) => JSON.stringify(stack.resolve(url)).slice(-10))).toEqual(['"/blue"]]}', '"/blue"]]}']);
    expect(chat.stages.green.stageName).toBe('green');
  });

  test('are covered by permissions and grants, and the environment holds the first and all', () => {
    // WHEN
    const chat = service({ additionalStages: { prod: {} }, authorizer: ConnectAuthorizer.iam() });
    chat.grantConnect(inlineFunction(stack, 'Client'));

    // THEN
    const template = Template.fromStack(stack);
    const sources = Object.values(template.findResources('AWS::Lambda::Permission')).map(({ Properties }) => Properties.SourceArn['Fn::Join'][1].at(-1));
    expect(sources).toEqual(['/dev/*', '/prod/*']);
    const policies = Object.values(template.findResources('AWS::IAM::Policy'))
      .map(({ Properties }) => Properties.PolicyDocument.Statement[0].Resource)
      .map((arns: Array<{ 'Fn::Join': [string, unknown[]] }>) => arns.map((arn) => arn['Fn::Join'][1].at(-1)));
    expect(policies.sort()).toEqual([['/dev/$connect', '/prod/$connect'], ['/dev/*/@connections/*', '/prod/*/@connections/*']]);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          WEBSOCKET_CALLBACK_URL: { 'Fn::Join': ['', Match.arrayWith([{ Ref: 'AWS::URLSuffix' }, '/dev'])] },
          WEBSOCKET_CALLBACK_URLS: stack.resolve(`{"dev":"${chat.callbackUrl}","prod":"${chat.callbackUrl.replace(/dev$/, 'prod')}"}`),
        },
      },
    });
  });

  test('each have the address of their custom domain, and of execute-api without one', () => {
    // GIVEN
    const certificate = Certificate.fromCertificateArn(stack, 'Cert', 'arn:aws:acm:eu-west-1:111122223333:certificate/a');

    // WHEN
    const chat = service({ additionalStages: { beta: { domain: { domainName: 'beta.example.com', certificate, mappingKey: 'v1' } }, prod: {} } });

    // THEN
    const { dev, beta, prod } = chat.callbackUrls;
    expect([dev, beta, prod]).toEqual([chat.callbackUrl, 'https://beta.example.com/v1', chat.callbackUrl.replace(/dev$/, 'prod')]);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URLS: stack.resolve(`{"dev":"${dev}","beta":"${beta}","prod":"${prod}"}`) } },
    });
  });

  test('may follow one whose name only a deployment knows', () => {
    // WHEN
    const chat = service({ stageName: Lazy.string({ produce: () => 'late' }), additionalStages: { prod: {} } });

    // THEN
    expect(Object.keys(stages())).toEqual(['late', 'prod']);
    expect(chat.stage).toBe(chat.stages[chat.stageName]);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { WEBSOCKET_CALLBACK_URLS: { 'Fn::Join': ['', Match.arrayWith(['{"late":"https://', '/prod"}'])] } } },
    });
  });

  test('change nothing by their order', () => {
    const templateOf = (...names: string[]): unknown => {
      stack = quickStack();
      service({ additionalStages: Object.fromEntries(names.map((name) => [name, {}])) });
      return Template.fromStack(stack).toJSON();
    };
    expect(JSON.stringify(templateOf('b', 'a'))).toBe(JSON.stringify(templateOf('a', 'b')));
  });

  test('are in a usage plan together', () => {
    // WHEN
    const chat = withRoute({}, { additionalStages: { prod: {} } });
    chat.addUsagePlan('Plan');

    // THEN
    Template.fromStack(stack).hasResource('AWS::ApiGateway::UsagePlan', {
      Properties: { ApiStages: [Match.objectLike({ Stage: 'dev' }), Match.objectLike({ Stage: 'prod' })] },
      DependsOn: Match.arrayWith(['prod', 'dev'].map((name) => stack.getLogicalId(chat.stages[name].node.defaultChild as CfnApi))),
    });
  });
});

describe('dataTraceEnabled without a logging level', () => {
  const warning = (what: string, stage: string): string => `/Stack/Chat: \`dataTraceEnabled\` of ${what} writes nothing in the stage ${stage}, where the `
    + 'logging level is OFF: set `loggingLevel` too [ack: cdk-websocket-service:dataTraceWithoutLogging]';

  test('is warned of, for each stage', () => {
    const additionalStages = { prod: {}, test: { dataTraceEnabled: true } };
    withRoute({ dataTraceEnabled: true }, { loggingLevel: WebsocketLoggingLevel.ERROR, additionalStages });
    expect(warnings(stack)).toEqual([warning('routes["foo"]', 'prod'), warning('the stage and routes["foo"]', 'test')]);
  });

  test('is warned of for a route that is added', () => {
    service().addRoute('late', { handler: 'src/a.main', dataTraceEnabled: true });
    expect(warnings(stack)).toEqual([warning('routes["late"]', 'dev')]);
  });
});

describe('options of the API', () => {
  test.each<[string, Partial<WebsocketServiceProps>, object]>([
    ['description', { description: 'about it' }, { Description: 'about it' }],
    ['ipAddressType', { ipAddressType: IpAddressType.DUAL_STACK }, { IpAddressType: 'dualstack' }],
    ['disableSchemaValidation', { disableSchemaValidation: true }, { DisableSchemaValidation: true }],
    ['disableExecuteApiEndpoint', { disableExecuteApiEndpoint: false }, { DisableExecuteApiEndpoint: false }],
    ['apiVersion', { apiVersion: '3' }, { Version: '3' }],
  ])('%s', (name, props, expected) => {
    service(props);
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Api', expected);

    stack = quickStack();
    service();
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Api', { [Object.keys(expected)[0]]: Match.absent() });
    expect(name in props).toBe(true);
  });

  test('tags are those of all that is made: API and stages, whose tags are a map, and functions', () => {
    // WHEN
    service({ tags: { team: 'blue' }, additionalStages: { prod: {} }, nestedStacks: 1 });

    // THEN
    const template = Template.fromStack(stack);
    const list = [{ Key: 'team', Value: 'blue' }];
    template.allResourcesProperties('AWS::ApiGatewayV2::Api', { Tags: { team: 'blue' } });
    template.allResourcesProperties('AWS::ApiGatewayV2::Stage', { Tags: { team: 'blue' } });
    template.allResourcesProperties('AWS::CloudFormation::Stack', { Tags: list });
    const nested = Template.fromStack(stack.node.findAll().find((node) => Stack.isStack(node) && node !== stack) as Stack);
    for (const type of ['AWS::Lambda::Function', 'AWS::IAM::Role']) nested.allResourcesProperties(type, { Tags: list });
  });
});
