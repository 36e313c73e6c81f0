import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { ConnectAuthorizer, WebsocketService, WebsocketServiceProps } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickStack, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let stack: Stack;

const URLS_MISSING = '/Stack/Chat: Stack/Imported does not get WEBSOCKET_CALLBACK_URL and WEBSOCKET_CALLBACK_URLS: the function is imported. Set them '
  + 'there, take the URL from the event (requestContext.domainName and stage), or set `callbackUrlEnvironment: false` '
  + '[ack: cdk-websocket-service:callbackUrlMissing]';

beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({});' }); });
afterAll(() => folder.leave());
beforeEach(() => { stack = quickStack(); });

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(stack, 'Chat', { routes: { foo: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none(), ...props });
}

const LAMBDA = new iam.ServicePrincipal('lambda.amazonaws.com');
const IMPORTED_ROLE = 'arn:aws:iam::123456789012:role/worker';

/** The statements of every policy but those of handlers. */
function statements(): Array<{ statement: unknown; holder: unknown }> {
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => !/Handler/.test(id));
  return policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement.map((statement: unknown) => (
    { statement, holder: Properties.Roles ?? Properties.Users ?? Properties.Groups }
  )));
}

const principals: Array<[string, () => iam.IGrantable, unknown]> = [
  ['a role', () => new iam.Role(stack, 'Worker', { assumedBy: LAMBDA }), [{ Ref: expect.stringMatching(/^Worker/) }]],
  ['a user', () => new iam.User(stack, 'Worker'), [{ Ref: expect.stringMatching(/^Worker/) }]],
  ['a group', () => new iam.Group(stack, 'Worker'), [{ Ref: expect.stringMatching(/^Worker/) }]],
  ['an imported role', () => iam.Role.fromRoleArn(stack, 'Worker', IMPORTED_ROLE), ['worker']],
  ['another function', () => inlineFunction(stack, 'Worker'), [{ Ref: expect.stringMatching(/^WorkerServiceRole/) }]],
];

describe.each(principals)('%s', (_kind, make, holder) => {
  test('gets the connections of this stage, and no more', () => {
    // GIVEN
    const chat = service();

    // WHEN
    const grant = chat.grantManageConnections(make());

    // THEN
    expect(grant.success).toBe(true);
    const arn = `arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.api.apiId}/dev/*/@connections/*`;
    expect(statements()).toEqual([{
      statement: { Action: 'execute-api:ManageConnections', Effect: 'Allow', Resource: stack.resolve(arn) },
      holder,
    }]);
    expect(warnings(stack)).toEqual([]);
  });

  test('may connect to this stage, and no more', () => {
    // GIVEN
    const chat = service({ authorizer: ConnectAuthorizer.iam(), stageName: 'prod' });

    // WHEN
    const grant = chat.grantConnect(make());

    // THEN
    expect(grant.success).toBe(true);
    const arn = `arn:${stack.partition}:execute-api:${stack.region}:${stack.account}:${chat.api.apiId}/prod/$connect`;
    expect(statements()).toEqual([{
      statement: { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: stack.resolve(arn) },
      holder,
    }]);
    expect(warnings(stack)).toEqual([]);
  });
});

test('another function of the stack may have the grant and both URLs, without a cycle', () => {
  // GIVEN
  const chat = service();

  // WHEN
  const worker = inlineFunction(stack, 'Worker', { environment: { URL: chat.url, CALLBACK_URL: chat.callbackUrl } });
  chat.grantManageConnections(worker);
  chat.addRoute('work', { function: worker });

  // THEN `fromStack` fails for a cycle
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: stack.resolve({ URL: chat.url, CALLBACK_URL: chat.callbackUrl, WEBSOCKET_CALLBACK_URL: chat.callbackUrl }),
    },
  });
});

describe('manageConnections and callbackUrlEnvironment', () => {
  const routes = () => ({ foo: { handler: 'src/a.main' }, bar: { function: inlineFunction(stack, 'Fn') } });
  const counts = () => {
    const template = Template.fromStack(stack);
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    return {
      policies: Object.keys(template.findResources('AWS::IAM::Policy')).length,
      urls: functions.filter(({ Properties }) => Properties.Environment?.Variables.WEBSOCKET_CALLBACK_URL).length,
    };
  };

  test.each<[Partial<WebsocketServiceProps>, { policies: number; urls: number }]>([
    [{}, { policies: 2, urls: 2 }],
    [{ manageConnections: true, callbackUrlEnvironment: true }, { policies: 2, urls: 2 }],
    [{ manageConnections: false }, { policies: 0, urls: 2 }],
    [{ callbackUrlEnvironment: false }, { policies: 2, urls: 0 }],
    [{ manageConnections: false, callbackUrlEnvironment: false }, { policies: 0, urls: 0 }],
  ])('are for handlers and functions: %j', (props, expected) => {
    // WHEN
    service({ routes: routes(), ...props });

    // THEN
    expect(counts()).toEqual(expected);
  });

  test('may be off while one function gets the grant', () => {
    // GIVEN
    const chat = service({ routes: routes(), manageConnections: false });

    // WHEN
    chat.grantManageConnections(chat.function('foo'));

    // THEN
    expect(counts()).toEqual({ policies: 1, urls: 2 });
  });
});

describe('a role that takes no policy', () => {
  const text = (path: string) => `/Stack/Chat: ${path} did not get execute-api:ManageConnections: no policy can be added to it, or to its role, here. `
    + 'Add the permission where that is defined; a route that needs none is made with `manageConnections: false` '
    + '[ack: cdk-websocket-service:grantWithoutEffect]';
  const roles: Array<[string, () => iam.IRole]> = [
    ['imported with `mutable: false`', () => iam.Role.fromRoleArn(stack, 'Imported', IMPORTED_ROLE, { mutable: false })],
    ['without policy updates', () => new iam.Role(stack, 'Fixed', { assumedBy: LAMBDA }).withoutPolicyUpdates()],
  ];

  test.each(roles)('is a warning for a handler: %s', (_case, role) => {
    // WHEN
    service({ defaults: { role: role() } });

    // THEN
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
    expect(warnings(stack)).toEqual([text('Stack/Chat/Handler-src%2Fa.main')]);
  });

  test.each(roles)('is a warning for a function: %s', (_case, role) => {
    // WHEN
    service({ routes: { foo: { function: inlineFunction(stack, 'Fn', { role: role() }) } } });

    // THEN
    expect(warnings(stack)).toEqual([text('Stack/Fn')]);
  });

  test.each(roles)('is no warning with `manageConnections: false`: %s', (_case, role) => {
    // WHEN
    service({ defaults: { role: role() }, manageConnections: false });

    // THEN
    expect(warnings(stack)).toEqual([]);
  });

  test('is a warning for a grantee', () => {
    // WHEN
    service().grantManageConnections(iam.Role.fromRoleArn(stack, 'Imported', IMPORTED_ROLE, { mutable: false }));

    // THEN
    expect(warnings(stack)).toEqual([text('Stack/Imported')]);
  });
});

describe('an imported function without a role', () => {
  const given = () => lambda.Function.fromFunctionAttributes(stack, 'Imported', {
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:work',
    sameEnvironment: true,
  });
  const text = '/Stack/Chat: Stack/Imported did not get execute-api:ManageConnections: no policy can be added to it, or to its role, here. '
    + 'Add the permission where that is defined; a route that needs none is made with `manageConnections: false` '
    + '[ack: cdk-websocket-service:grantWithoutEffect]';

  test('is a warning of ours as a target, beside that of the URLs, and none of aws-cdk-lib', () => {
    // WHEN
    service({ routes: { foo: { function: given() } } });

    // THEN
    expect(warnings(stack)).toEqual([text, URLS_MISSING]);
  });

  test('is one warning of ours as a grantee, and the grant says that it had no effect', () => {
    // WHEN
    const grant = service().grantManageConnections(given());

    // THEN
    expect(grant.success).toBe(false);
    expect(warnings(stack)).toEqual([text]);
  });
});

test('an imported function with an imported role gets the grant on that role', () => {
  // GIVEN
  const fn = lambda.Function.fromFunctionAttributes(stack, 'Imported', {
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:work',
    role: iam.Role.fromRoleArn(stack, 'Worker', IMPORTED_ROLE),
    sameEnvironment: true,
  });

  // WHEN
  service({ routes: { foo: { function: fn } } });

  // THEN
  expect(statements().map(({ holder }) => holder)).toEqual([['worker']]);
  expect(warnings(stack)).toEqual([URLS_MISSING]);
});

test('a shared role has one statement, however many handlers it has', () => {
  // GIVEN
  folder.write({ 'src/b.ts': 'export const main = async () => ({});' });
  const role = new iam.Role(stack, 'Shared', { assumedBy: LAMBDA });

  // WHEN
  service({ routes: { foo: { handler: 'src/a.main' }, bar: { handler: 'src/b.main' } }, defaults: { role } });

  // THEN
  expect(statements()).toHaveLength(1);
});
