import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { quickStack } from '../_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

beforeAll(() => {
  folder = new AppFolder({
    'src/auth.ts': 'export const authorize = async () => ({});',
    'src/messages.ts': 'export const connect = async () => ({}); export const send = connect;',
  });
});
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

const XRAY = { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Effect: 'Allow', Resource: '*' };

const CONNECT = { handler: 'src/messages.connect' };
const SEND = { handler: 'src/messages.send' };

function authorizer(tracing?: lambda.Tracing): ConnectAuthorizer {
  return ConnectAuthorizer.handler('src/auth.authorize', { tracing });
}

/** The tracing mode of each function, by a part of its id. */
function modes(): Record<string, string | undefined> {
  const functions = Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return Object.fromEntries(functions.map(([id, { Properties }]) => [
    /Handler\w+?(auth|connect|send)/.exec(id)?.[1] ?? id, Properties.TracingConfig?.Mode,
  ]));
}

test('`defaults.tracing` is for every handler, that of the authorizer included', () => {
  // WHEN
  new WebsocketService(stack, 'Chat', {
    routes: { $connect: CONNECT, send: SEND }, authorizer: authorizer(), defaults: { tracing: lambda.Tracing.ACTIVE },
  });

  // THEN
  expect(modes()).toEqual({ auth: 'Active', connect: 'Active', send: 'Active' });
});

test('each of their roles may write traces', () => {
  // WHEN
  new WebsocketService(stack, 'Chat', {
    routes: { $connect: CONNECT, send: SEND }, authorizer: authorizer(), defaults: { tracing: lambda.Tracing.ACTIVE },
  });

  // THEN
  const roles = Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy', {
    Properties: { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(XRAY)]) } },
  });
  expect(roles).toHaveLength(3);
  expect(Object.values(policies).map(({ Properties }) => Properties.Roles[0].Ref).sort()).toEqual(roles.sort());
});

test('a route and the authorizer may have their own', () => {
  // WHEN
  new WebsocketService(stack, 'Chat', {
    routes: { $connect: CONNECT, send: { ...SEND, tracing: lambda.Tracing.DISABLED } },
    authorizer: authorizer(lambda.Tracing.PASS_THROUGH),
    defaults: { tracing: lambda.Tracing.ACTIVE },
  });

  // THEN
  expect(modes()).toEqual({ auth: 'PassThrough', connect: 'Active', send: undefined });
});

test('a route that comes later has the default', () => {
  // GIVEN
  const chat = new WebsocketService(stack, 'Chat', { routes: { $connect: CONNECT }, defaults: { tracing: lambda.Tracing.ACTIVE } });

  // WHEN
  chat.addRoute('send', SEND);

  // THEN
  expect(modes()).toEqual({ connect: 'Active', send: 'Active' });
});

test('there is none by default', () => {
  // WHEN
  new WebsocketService(stack, 'Chat', { routes: { $connect: CONNECT, send: SEND }, authorizer: authorizer() });

  // THEN
  expect(modes()).toEqual({ auth: undefined, connect: undefined, send: undefined });
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('xray');
});

test('is no setting of a `function`: it has its own', () => {
  // GIVEN
  const fn = lambda.Function.fromFunctionName(stack, 'Fn', 'theirs');

  // THEN
  expect(() => new WebsocketService(stack, 'Chat', { routes: { send: { function: fn, tracing: lambda.Tracing.ACTIVE } } })).toThrow(new Error(
    'Stack/Chat: routes["send"]: ["tracing"] sets up a function, but `function` brings its own; set it where that is made, or use `handler`',
  ));
});
