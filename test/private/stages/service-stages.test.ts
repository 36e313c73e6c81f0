import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebsocketLoggingLevel } from '../../../lib';
import { makeStage, mapEntry, StagePlan, stageProperty, warnOfSilentTraces, writesLogs } from '../../../lib/private/stages/service-stages';
import { RoutePlan } from '../../../lib/route';
import { WebsocketRouteSettings } from '../../../lib/route-settings';
import { quickStack, warnings } from '../../_helpers/quick-app';

let stack: Stack;
beforeEach(() => { stack = quickStack(); });

const plan = (settings: WebsocketRouteSettings = {}, rest: Partial<StagePlan> = {}): StagePlan => ({ name: 'dev', settings, autoDeploy: true, ...rest });
const route = (routeKey: string, settings: WebsocketRouteSettings): RoutePlan => ({ routeKey, target: {}, settings });

/** The properties of the stage that a plan gives, those that every stage has left out. */
function stageOf(made: StagePlan, routes: RoutePlan[] = []): Record<string, unknown> {
  makeStage(stack, 'Stage', new WebSocketApi(stack, 'Api'), made, () => routes);
  const [{ Properties: { ApiId, StageName, AutoDeploy, ...rest } }] = Object.values(Template.fromStack(stack).findResources('AWS::ApiGatewayV2::Stage'));
  expect([StageName, AutoDeploy ?? false]).toEqual([made.name, made.autoDeploy]);
  return rest;
}

describe('makeStage', () => {
  test('sets nothing that is not planned', () => {
    expect(stageOf(plan())).toEqual({});
  });

  test('an empty throttle is none', () => {
    expect(stageOf(plan({ throttle: {} }), [route('a', { throttle: {} })])).toEqual({});
  });

  test('sets all that is planned', () => {
    expect(stageOf(plan(
      { throttle: { rateLimit: 1, burstLimit: 2 }, detailedMetricsEnabled: true, loggingLevel: WebsocketLoggingLevel.INFO, dataTraceEnabled: false },
      { variables: { table: 'chat' }, description: 'about it', clientCertificateId: 'c1', autoDeploy: false, name: 'prod' },
    ))).toEqual({
      DefaultRouteSettings: {
        ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2, DetailedMetricsEnabled: true, LoggingLevel: 'INFO', DataTraceEnabled: false,
      },
      StageVariables: { table: 'chat' },
      Description: 'about it',
      ClientCertificateId: 'c1',
    });
  });

  test('has an entry for each route with settings, including routes that are added later', () => {
    // GIVEN
    const routes = [route('a', {}), route('b', { detailedMetricsEnabled: true })];

    // WHEN
    const made = stageOf(plan({ throttle: { rateLimit: 5 } }), routes);

    // THEN
    expect(made).toEqual({
      DefaultRouteSettings: { ThrottlingRateLimit: 5 },
      RouteSettings: { b: { ThrottlingRateLimit: 5, DetailedMetricsEnabled: true } },
    });
  });

  test('asks for the routes when the template is written', () => {
    // GIVEN
    const routes: RoutePlan[] = [];
    makeStage(stack, 'Stage', new WebSocketApi(stack, 'Api'), plan(), () => routes);

    // WHEN
    routes.push(route('late', { throttle: { burstLimit: 1 } }));

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::Stage', { RouteSettings: { late: { ThrottlingBurstLimit: 1 } } });
  });
});

describe('warnOfSilentTraces', () => {
  const TRACE = { dataTraceEnabled: true };
  const warning = (what: string) => [`/Stack: \`dataTraceEnabled\` of ${what} writes nothing in the stage dev, where the logging level is OFF: `
    + 'set `loggingLevel` too [ack: cdk-websocket-service:dataTraceWithoutLogging]'];

  test.each<[string, WebsocketRouteSettings, RoutePlan[], string[]]>([
    ['a stage without a level', TRACE, [route('a', {})], warning('the stage')],
    ['a stage with OFF', { ...TRACE, loggingLevel: WebsocketLoggingLevel.OFF }, [], warning('the stage')],
    ['a stage with a level', { ...TRACE, loggingLevel: WebsocketLoggingLevel.ERROR }, [route('a', {})], []],
    ['a stage some of whose routes have a level', TRACE, [route('a', { loggingLevel: WebsocketLoggingLevel.INFO })], []],
    ['a route without a level', {}, [route('a', TRACE), route('b', {})], warning('routes["a"]')],
    ['a route in a stage with a level', { loggingLevel: WebsocketLoggingLevel.INFO }, [route('a', TRACE)], []],
    ['a route that turns logging off', { loggingLevel: WebsocketLoggingLevel.INFO }, [route('a', { ...TRACE, loggingLevel: WebsocketLoggingLevel.OFF })], warning('routes["a"]')],
    ['several', TRACE, [route('a', TRACE)], warning('the stage and routes["a"]')],
    ['no trace', { dataTraceEnabled: false }, [route('a', { dataTraceEnabled: false })], []],
  ])('%s', (_case, settings, routes, expected) => {
    warnOfSilentTraces(stack, [plan(settings)], routes);
    expect(warnings(stack)).toEqual(expected);
  });
});

describe('stageProperty', () => {
  test.each<[string, WebsocketRouteSettings]>([['nothing', {}], ['an empty throttle', { throttle: {} }]])('is nothing for %s', (_case, settings) => {
    expect(stageProperty(settings)).toBeUndefined();
  });

  test('has all that is set, zero and false included', () => {
    const settings = { throttle: { rateLimit: 0, burstLimit: 5 }, loggingLevel: WebsocketLoggingLevel.INFO, dataTraceEnabled: true };
    expect(stageProperty({ ...settings, detailedMetricsEnabled: false }))
      .toEqual({ throttlingRateLimit: 0, throttlingBurstLimit: 5, detailedMetricsEnabled: false, loggingLevel: 'INFO', dataTraceEnabled: true });
  });
});

describe('mapEntry', () => {
  test('is as CloudFormation spells it, and has nothing that is not set', () => {
    expect(mapEntry({}, { throttle: { rateLimit: 0 }, dataTraceEnabled: false })).toEqual({ ThrottlingRateLimit: 0, DataTraceEnabled: false });
  });

  test('repeats what the route leaves out, and either half of the throttle', () => {
    const stage = { throttlingRateLimit: 10, throttlingBurstLimit: 20, detailedMetricsEnabled: true, loggingLevel: 'ERROR', dataTraceEnabled: undefined };
    expect(mapEntry(stage, { throttle: { burstLimit: 2 }, loggingLevel: WebsocketLoggingLevel.OFF })).toEqual({
      ThrottlingRateLimit: 10, ThrottlingBurstLimit: 2, DetailedMetricsEnabled: true, LoggingLevel: 'OFF',
    });
  });

  test('is empty if nothing is set', () => {
    expect(mapEntry({}, {})).toEqual({});
  });
});

test.each<[WebsocketLoggingLevel | undefined, boolean]>([
  [undefined, false], [WebsocketLoggingLevel.OFF, false], [WebsocketLoggingLevel.ERROR, true], [WebsocketLoggingLevel.INFO, true],
])(
  'writesLogs: %j is %s', (loggingLevel, expected) => {
    expect(writesLogs({ loggingLevel })).toBe(expected);
  });
