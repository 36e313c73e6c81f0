import { api, CHAT, integration, route } from './_helpers/served-app';
import { routeLines, routeRows } from '../../../lib/local/terminal/route-rows';

test('routes are listed in the order of the template', () => {
  expect(routeLines(CHAT.apis[0].api, CHAT.functions)).toEqual([
    '  Route     Target  Function      Authorizer                              Two-way',
    '  $connect  Lambda  Test/Connect  Test/Chat/Handler-src%2Fauth.authorize  no',
    '  ping      MOCK    -             -                                       yes',
    '  far       Lambda  far-away      -                                       no',
  ]);
});

test('an API without routes has the heading only', () => {
  expect(routeLines(api([]), new Map())).toEqual(['  Route  Target  Function  Authorizer  Two-way']);
});

test('3.1: an authorizer is that of $connect', () => {
  const [connect, send] = routeRows(api([
    route('$connect', { authorization: { type: 'AWS_IAM' } }),
    route('send', { authorization: { type: 'AWS_IAM' } }),
  ]), new Map());

  expect([connect.authorizer, send.authorizer]).toEqual(['AWS_IAM', undefined]);
});

test('all functions that a stage variable may name are listed', () => {
  const uri = 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${stageVariables.fn}/invocations';
  const functions = { dev: 'Test/Connect1', test: 'Test/Connect1', prod: 'Test/Other' };

  const send = route('send', { integration: integration({ target: { type: 'stageVariable', uri, functions } }) });

  const [row] = routeRows(api([send]), CHAT.functions);

  expect(row).toEqual({ routeKey: 'send', target: 'Lambda', function: 'Test/Connect, Test/Other', authorizer: undefined, twoWay: false });
});

test('a target that is no function has its type', () => {
  const send = route('send', { integration: integration({ type: 'AWS', target: { type: 'none', reason: 'it is a queue' } }) });

  const [row] = routeRows(api([send]), new Map());

  expect(row).toEqual({ routeKey: 'send', target: 'AWS', function: undefined, authorizer: undefined, twoWay: false });
});

test('a route without a target has none', () => {
  expect(routeLines(api([route('$connect')]), new Map())[1]).toBe('  $connect  none    -         none        no');
});
