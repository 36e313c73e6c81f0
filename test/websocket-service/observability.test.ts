import { App, CfnResource, Duration, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  WebsocketAlarms, ConnectAuthorizer, WebsocketDashboard, WebsocketServiceRoute, WebsocketService, WebsocketServiceProps, WebsocketTokenSource,
} from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let app: App;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/auth.ts': 'export const authorize = async () => ({});',
    'src/messages.ts': 'export const connect = async () => ({}); export const send = connect; export const late = connect;',
  });
});
afterAll(() => folder.leave());
beforeEach(() => {
  app = quickApp();
  stack = new Stack(app, 'Stack');
});

const CONNECT = { $connect: { handler: 'src/messages.connect' } };
const SEND = { send: { handler: 'src/messages.send' }, again: { handler: 'src/messages.send' } };

function service(routes: Record<string, WebsocketServiceRoute>, props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes, authorizer: ConnectAuthorizer.handler('src/auth.authorize'), ...props });
}

/** An authorizer whose token is in the subprotocol, so that the service makes both functions itself. */
const preset = (): ConnectAuthorizer => ConnectAuthorizer.jwt({
  issuer: 'https://issuer.example.com', audience: ['chat'], tokenSources: [WebsocketTokenSource.subprotocol('bearer')],
});

function ids(alarms: WebsocketAlarms, name: string): string[] {
  return alarms.alarms.map(({ node }) => node.id).filter((id) => id.startsWith(name)).sort();
}

/** The body of the dashboard, as one text. */
function body(): string {
  return JSON.stringify(Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard')));
}

/** The titles in the dashboard, in their order. */
function titles(): string[] {
  return [...body().matchAll(/\\"title\\":\\"(.*?)\\"/g)].map(([, title]) => title);
}

describe('the alarms of a service', () => {
  test('are those of its stage, its routes and its authorizer, each function once', () => {
    // WHEN
    const alarms = service({ ...CONNECT, ...SEND }).addAlarms();

    // THEN
    expect(alarms.node.path).toBe('Stack/Chat/Alarms');
    expect(alarms.alarms).toHaveLength(4 + 3 * 3);
    expect(ids(alarms, 'FunctionErrors')).toEqual(['auth.authorize', 'messages.connect', 'messages.send'].map((id) => `FunctionErrors-src%2F${id}`));
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: [{ Name: 'ApiId' }, { Name: 'Stage', Value: 'dev' }], MetricName: 'IntegrationLatency',
    });
  });

  test('are there for a route that comes later, too', () => {
    // GIVEN
    const chat = service(CONNECT);
    const alarms = chat.addAlarms();

    // WHEN
    chat.addRoute('late', { handler: 'src/messages.late' });

    // THEN
    expect(ids(alarms, 'FunctionDuration')).toContain('FunctionDuration-src%2Fmessages.late');
  });

  test('are there for a `function` that comes later, once for all its routes', () => {
    // GIVEN
    const chat = service(CONNECT);
    const alarms = chat.addAlarms();
    const late = inlineFunction(stack, 'Late');

    // WHEN
    chat.addRoute('late', { function: late });
    chat.addRoute('later', { function: late });

    // THEN
    expect(ids(alarms, 'FunctionThrottles-Late')).toEqual(['FunctionThrottles-Late']);
    expect(alarms.alarm('functionErrors', 'Late').node.path).toBe('Stack/Chat/Alarms/FunctionErrors-Late');
  });

  test('know the functions that the service makes itself', () => {
    // WHEN
    const alarms = service(SEND, { authorizer: preset() }).addAlarms();

    // THEN
    expect(ids(alarms, 'FunctionErrors')).toEqual(['authorizer', 'connect', 'src%2Fmessages.send'].map((label) => `FunctionErrors-${label}`));
  });

  test('tell a function that is called as one of those', () => {
    // WHEN
    const alarms = service({ send: { function: inlineFunction(stack, 'authorizer') } }, { authorizer: preset() }).addAlarms();

    // THEN
    expect(ids(alarms, 'FunctionErrors')).toEqual(['authorizer', 'authorizer (2)', 'connect'].map((label) => `FunctionErrors-${label}`));
  });

  test('are those of the first stage', () => {
    // WHEN
    service(CONNECT, { additionalStages: { beta: {} } }).addAlarms();

    // THEN
    const alarms = JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
    expect(alarms).toContain('"Value":"dev"');
    expect(alarms).not.toContain('"Value":"beta"');
  });

  test('are made once', () => {
    const chat = service(CONNECT);
    chat.addAlarms();

    expect(() => chat.addAlarms()).toThrow(new Error(
      'Stack/Chat: addAlarms: Stack/Chat/Alarms exists already, and a service creates only one; create others by `new WebsocketAlarms(...)`',
    ));
    expect(() => new WebsocketAlarms(stack, 'More', { apiId: chat.apiId, stageName: 'dev' })).not.toThrow();
  });

  test.each(['apiId', 'stageName'])('cannot be on another stage: %s', (option) => {
    expect(() => service(CONNECT).addAlarms({ [option]: 'beta' })).toThrow(new Error(
      `Stack/Chat: addAlarms.${option}: "beta" is set by the service, whose first stage the alarms are on; `
      + 'leave it out, or use `new WebsocketAlarms(...)`',
    ));
  });

  test('know a `function` by its path, also in another stack', () => {
    // GIVEN
    const here = inlineFunction(stack, 'Here');
    const there = inlineFunction(new Stack(app, 'Other'), 'There');

    // WHEN
    const alarms = service({ ...CONNECT, here: { function: here }, there: { function: there } }).addAlarms();

    // THEN
    expect(ids(alarms, 'FunctionErrors-').filter((id) => id.includes('ere'))).toEqual(['FunctionErrors-%2FOther%2FThere', 'FunctionErrors-Here']);
    expect(() => app.synth()).not.toThrow();
  });

  test('have the same logical ids in every stage, and in every order of the routes', () => {
    // GIVEN
    const logicalIds = (id: string, routes: Record<string, WebsocketServiceRoute>): string[] => {
      stack = new Stack(new Stage(app, id), 'Stack');
      service(routes).addAlarms();
      return stack.node.findAll().filter(CfnResource.isCfnResource).map((resource) => String(stack.resolve(resource.logicalId))).sort();
    };

    // THEN
    expect(logicalIds('One', { ...CONNECT, ...SEND })).toEqual(logicalIds('Two', { ...SEND, ...CONNECT }));
  });
});

describe('the dashboard of a service', () => {
  test('shows every function, whenever it comes, and does not depend on the order of the routes', () => {
    // GIVEN
    const late = { handler: 'src/messages.late' };
    const chat = service({ ...CONNECT, ...SEND });

    // WHEN
    chat.addDashboard();
    chat.addRoute('late', late);
    const grown = body();

    // THEN
    stack = new Stack(quickApp(), 'Stack');
    service({ late, ...SEND, ...CONNECT }).addDashboard();
    expect(body()).toBe(grown);
    expect(grown).toContain('src/messages.late');
  });

  test('has a row for each stage, the first one first and the others by their names', () => {
    // WHEN
    service(CONNECT, { stageName: 'prod', additionalStages: { beta: {}, alpha: {} } }).addDashboard();

    // THEN
    expect(titles().filter((title) => title.endsWith(': connects'))).toEqual(['prod: connects', 'alpha: connects', 'beta: connects']);
  });

  test('is made once', () => {
    const chat = service(CONNECT);
    chat.addDashboard();

    expect(() => chat.addDashboard()).toThrow(new Error(
      'Stack/Chat: addDashboard: Stack/Chat/Dashboard exists already, and a service creates only one; create another by `new WebsocketDashboard(...)`',
    ));
    expect(() => new WebsocketDashboard(stack, 'More', { apiId: chat.apiId, stageNames: ['dev'] })).not.toThrow();
  });

  test.each([['apiId', 'abc', '"abc"'], ['stageNames', ['beta'], '["beta"]']])('cannot show other stages: %s', (option, value, shown) => {
    expect(() => service(CONNECT).addDashboard({ [option]: value })).toThrow(new Error(
      `Stack/Chat: addDashboard.${option}: ${shown} is set by the service, all of whose stages the dashboard shows; `
      + 'leave it out, or use `new WebsocketDashboard(...)`',
    ));
  });

  test('alarms and dashboard say nothing of their own', () => {
    // GIVEN
    const chat = service(CONNECT);

    // WHEN
    chat.addAlarms();
    chat.addDashboard();

    // THEN
    expect(warnings(stack)).toEqual([]);
  });
});

describe('the metrics of a service', () => {
  test.each([
    ['ConnectCount', 'Sum'],
    ['MessageCount', 'Sum'],
    ['IntegrationError', 'Sum'],
    ['ClientError', 'Sum'],
    ['ExecutionError', 'Sum'],
    ['IntegrationLatency', 'Average'],
  ] as const)('metric%s', (name, statistic) => {
    // GIVEN
    const chat = service(CONNECT, { additionalStages: { beta: {} } });

    // THEN
    const dimensions = { ApiId: chat.apiId, Stage: 'dev' };
    for (const metric of [chat[`metric${name}`](), chat.metric(name)]) {
      expect(metric).toMatchObject({ namespace: 'AWS/ApiGateway', metricName: name, statistic, dimensions, period: Duration.minutes(5) });
    }
    expect(chat[`metric${name}`]({ statistic: 'p99', period: Duration.minutes(1) })).toMatchObject({ statistic: 'p99', period: Duration.minutes(1) });
  });

  test.each<[string, Partial<WebsocketServiceProps>, Partial<WebsocketServiceRoute>, boolean]>([
    ['that sends none', {}, {}, true],
    ['of a service that sends them', { detailedMetricsEnabled: true }, {}, false],
    ['that sends them', {}, { detailedMetricsEnabled: true }, false],
    ['that sends none, of a service that does', { detailedMetricsEnabled: true }, { detailedMetricsEnabled: false }, true],
  ])('metricForRoute of a route %s', (_, props, route, warns) => {
    // WHEN
    const chat = service({ send: { ...SEND.send, ...route } }, props);
    const metric = chat.metricForRoute('send', 'MessageCount');

    // THEN
    expect(metric.dimensions).toEqual({ ApiId: chat.apiId, Stage: 'dev', Route: 'send' });
    expect(warnings(stack)).toEqual(warns ? [
      '/Stack/Chat: CloudWatch gets no metrics of the route send: set `detailedMetricsEnabled` of the service or of the route '
      + '[ack: cdk-websocket-service:routeMetricsOff]',
    ] : []);
  });

  test('metricForRoute of a route that there is not', () => {
    expect(() => service(SEND).metricForRoute('sned', 'MessageCount')).toThrow(new Error(
      'Stack/Chat: metricForRoute: "sned" is not a route of this service; its routes are again, send and $connect',
    ));
  });
});
