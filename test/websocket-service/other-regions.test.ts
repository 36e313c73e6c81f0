import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketRoutes, WebsocketService } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

const HERE = { region: 'eu-west-1', account: '111111111111' };
const THERE = { region: 'us-east-1', account: '111111111111' };

let folder: AppFolder;
let app: App;
let api: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main;' }); });
afterAll(() => folder.leave());

function service(): WebsocketService {
  return new WebsocketService(api, 'Chat', { routes: { foo: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none() });
}

/** The stacks that a stack depends on; synthesis fails for a cycle. */
function dependencies(stack: Stack): string[] {
  app.synth();
  return stack.dependencies.map(({ node }) => node.id);
}

const worker = (scope: Construct): Stack => new Stack(scope, 'Worker', { env: THERE, crossRegionReferences: true });

beforeEach(() => {
  app = quickApp();
  api = new Stack(app, 'Api', { env: HERE, crossRegionReferences: true });
});

test.each<[string, (chat: WebsocketService, stack: Stack) => void]>([
  ['a grant', (chat, stack) => { chat.grantManageConnections(inlineFunction(stack, 'Fn')); }],
  ['the URLs', (chat, stack) => { new CfnOutput(stack, 'Url', { value: `${chat.url} ${chat.callbackUrl}` }); }],
  ['a grant and the URL', (chat, stack) => {
    chat.grantManageConnections(inlineFunction(stack, 'Fn', { environment: { URL: chat.callbackUrl } }));
  }],
])('a stack of another Region gets %s without a cycle', (_what, define) => {
  // GIVEN
  const chat = service();
  const there = worker(app);

  // WHEN
  define(chat, there);

  // THEN
  expect(dependencies(there)).toEqual(['Api']);
  const text = JSON.stringify(Template.fromStack(there).toJSON());
  expect(text).toContain('execute-api');
  expect(text).toContain('eu-west-1');
  expect(warnings(there)).toEqual([]);
});

test('the ARN of a grant names the Region of the API', () => {
  // GIVEN
  const there = worker(app);

  // WHEN
  service().grantManageConnections(inlineFunction(there, 'Fn'));

  // THEN
  app.synth();
  Template.fromStack(there).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [Match.objectLike({ Resource: { 'Fn::Join': ['', Match.arrayWith([':execute-api:eu-west-1:111111111111:', '/dev/*/@connections/*'])] } })],
    },
  });
});

test('a stack of another Region takes no routes', () => {
  const there = worker(app);
  const chat = service();
  expect(() => new WebsocketRoutes(there, 'More', { service: chat, routes: { bar: { handler: 'src/a.other' } } })).toThrow(new Error(
    'Worker/More: service: Api/Chat is in the Region eu-west-1, and routes are made in the Region of their stack, us-east-1; '
    + 'put the routes into a stack of that Region',
  ));
});
