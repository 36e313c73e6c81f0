import { App, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebsocketAlarmOptions, WebsocketAlarms, WebsocketAuthorizer, WebsocketDashboard, WebsocketRouteOptions, WebsocketService } from '../../lib';
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

/** What the service has as soon as alarms and dashboard are wired; then this, the cast and the two skips go. */
interface Observed {
  addAlarms(options?: WebsocketAlarmOptions): WebsocketAlarms;
  addDashboard(): WebsocketDashboard;
}

function service(routes: Record<string, WebsocketRouteOptions>): WebsocketService & Observed {
  const authorizer = WebsocketAuthorizer.handler('src/auth.authorize');
  return new WebsocketService(stack, 'Chat', { routes, authorizer }) as WebsocketService & Observed;
}

function ids(alarms: WebsocketAlarms, name: string): string[] {
  return alarms.alarms.map(({ node }) => node.id).filter((id) => id.startsWith(name)).sort();
}

const whenWired = 'addAlarms' in WebsocketService.prototype ? describe : describe.skip;

/** The body of the dashboard, as one text. */
function body(): string {
  return JSON.stringify(Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard')));
}

whenWired('the alarms of a service', () => {
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
    const logicalIds = (id: string, routes: Record<string, WebsocketRouteOptions>): string[] => {
      stack = new Stack(new Stage(app, id), 'Stack');
      service(routes).addAlarms();
      return stack.node.findAll().filter(CfnResource.isCfnResource).map((resource) => String(stack.resolve(resource.logicalId))).sort();
    };

    // THEN
    expect(logicalIds('One', { ...CONNECT, ...SEND })).toEqual(logicalIds('Two', { ...SEND, ...CONNECT }));
  });
});

whenWired('the dashboard of a service', () => {
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
