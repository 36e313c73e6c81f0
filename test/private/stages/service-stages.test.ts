import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { RouteSettings } from '../../../lib/private/routes/route-settings';
import { RoutePlan } from '../../../lib/private/routes/route-target';
import { makeStage, StagePlan, warnOfSilentTraces } from '../../../lib/private/stages/service-stages';
import { quickStack, warnings } from '../../_helpers/quick-app';

let stack: Stack;
beforeEach(() => { stack = quickStack(); });

const plan = (settings: RouteSettings = {}, rest: Partial<StagePlan> = {}): StagePlan => ({ name: 'dev', settings, autoDeploy: true, ...rest });
const route = (routeKey: string, settings: RouteSettings): RoutePlan => ({ routeKey, target: {}, settings });

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
      { throttle: { rateLimit: 1, burstLimit: 2 }, detailedMetricsEnabled: true, loggingLevel: 'INFO', dataTraceEnabled: false },
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

  test('has an entry for each route that sets something, of those that there are in the end', () => {
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

  test.each<[string, RouteSettings, RoutePlan[], string[]]>([
    ['a stage without a level', TRACE, [route('a', {})], warning('the stage')],
    ['a stage with OFF', { ...TRACE, loggingLevel: 'OFF' }, [], warning('the stage')],
    ['a stage with a level', { ...TRACE, loggingLevel: 'ERROR' }, [route('a', {})], []],
    ['a stage some of whose routes have a level', TRACE, [route('a', { loggingLevel: 'INFO' })], []],
    ['a route without a level', {}, [route('a', TRACE), route('b', {})], warning('routes["a"]')],
    ['a route in a stage with a level', { loggingLevel: 'INFO' }, [route('a', TRACE)], []],
    ['a route that turns logging off', { loggingLevel: 'INFO' }, [route('a', { ...TRACE, loggingLevel: 'OFF' })], warning('routes["a"]')],
    ['several', TRACE, [route('a', TRACE)], warning('the stage and routes["a"]')],
    ['no trace', { dataTraceEnabled: false }, [route('a', { dataTraceEnabled: false })], []],
  ])('%s', (_case, settings, routes, expected) => {
    warnOfSilentTraces(stack, [plan(settings)], routes);
    expect(warnings(stack)).toEqual(expected);
  });
});
