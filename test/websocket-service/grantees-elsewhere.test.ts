import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ConnectAuthorizer, WebsocketServiceRoute, WebsocketService, WebsocketServiceProps } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { inlineFunction, quickApp, warnings } from '../_helpers/quick-app';

let folder: AppFolder;
let app: App;
let api: Stack;
let other: Stack;

beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({}); export const other = main;' }); });
afterAll(() => folder.leave());
beforeEach(() => {
  app = quickApp();
  api = new Stack(app, 'Api');
  other = new Stack(app, 'Other');
});

function service(props: Partial<WebsocketServiceProps> = {}): WebsocketService {
  return new WebsocketService(api, 'Chat', { routes: { foo: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none(), ...props });
}

function role(scope: Construct, id = 'Role'): iam.Role {
  return new iam.Role(scope, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

const LAYER_ARN = 'arn:aws:lambda:eu-west-1:123456789012:layer:l:1';

function layer(scope: Construct): lambda.LayerVersion {
  return new lambda.LayerVersion(scope, 'Layer', { code: lambda.Code.fromBucket(new s3.Bucket(scope, 'Bucket'), 'layer.zip') });
}

function imported(scope: Construct, ownRole?: iam.IRole): lambda.IFunction {
  return lambda.Function.fromFunctionAttributes(scope, 'ImportedFn', {
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:work', role: ownRole, sameEnvironment: true,
  });
}

/** Functions of another stack are warned of for another reason too: they do not get the callback URLs. */
function warningsOfGrants(): string[] {
  return warnings(api).filter((text) => !text.endsWith('[ack: cdk-websocket-service:callbackUrlMissing]'));
}

/** How many policies each stack holds; synthesis fails for a cycle. */
function policies(...stacks: Stack[]): number[] {
  app.synth();
  return stacks.map((stack) => Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Policy')).length);
}

const cycle = (key: string, provider: string, stack: string, grantee: string) => `Api/Chat: routes["${key}"]: ${provider} is in the stack "${stack}", `
  + `which depends on this one by the grant to "${grantee}": the two stacks would depend on each other; `
  + 'add the route before the grant is made, or put one of the two into the stack of this service';

describe('a grantee of another stack', () => {
  test.each<[string, () => iam.IGrantable, number]>([
    ['a role', () => role(other), 1],
    ['a user', () => new iam.User(other, 'User'), 1],
    ['a function', () => inlineFunction(other, 'Worker'), 1],
  ])('gets the ordinary grant in its own stack: %s', (_kind, grantee, count) => {
    // GIVEN
    const chat = service({ manageConnections: false });

    // WHEN
    chat.grantManageConnections(grantee());

    // THEN
    expect(policies(api, other)).toEqual([0, count]);
    expect([api.dependencies, other.dependencies]).toEqual([[], [api]]);
  });

  test('may have the URLs', () => {
    // GIVEN
    const chat = service();

    // WHEN
    const worker = inlineFunction(other, 'Worker', { environment: { URL: chat.url, CALLBACK_URL: chat.callbackUrl } });
    chat.grantManageConnections(worker);

    // THEN
    expect(policies(other)).toEqual([1]);
    const apiId = { 'Fn::ImportValue': Match.stringLikeRegexp('^Api:ExportsOutputRefChatApi') };
    Template.fromStack(other).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          URL: { 'Fn::Join': ['', Match.arrayWith(['wss://', apiId])] },
          CALLBACK_URL: { 'Fn::Join': ['', Match.arrayWith(['https://', apiId])] },
        },
      },
    });
  });

  test('gets grantConnect there as well', () => {
    // GIVEN
    const chat = service({ authorizer: ConnectAuthorizer.iam() });

    // WHEN
    chat.grantConnect(role(other));

    // THEN
    expect(policies(other)).toEqual([1]);
    Template.fromStack(other).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: { 'Fn::Join': ['', Match.arrayWith(['/dev/$connect'])] } }] },
    });
  });

  test('that turns up after a route of its stack gets the grant in the stack of the API', () => {
    // GIVEN
    const chat = service();
    chat.addRoute('bar', { function: inlineFunction(other, 'Fn') });

    // WHEN
    const grant = chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // THEN
    expect(grant.success).toBe(true);
    expect(policies(api, other)).toEqual([3, 0]);
  });

  test.each(['logGroup', 'vpc', 'layers'] as const)('in a stack that handlers have their %s from gets the grant in the stack of the API', (setting) => {
    // GIVEN
    const settings = {
      logGroup: () => new logs.LogGroup(other, 'Logs'),
      vpc: () => new ec2.Vpc(other, 'Vpc'),
      layers: () => [layer(other)],
    };
    const chat = service({ defaults: { [setting]: settings[setting]() } });

    // WHEN
    chat.grantManageConnections(role(other));

    // THEN
    expect(policies(other)).toEqual([0]);
    expect(() => app.synth()).not.toThrow();
  });

  test('fails to be joined by a route to its stack', () => {
    // GIVEN
    const chat = service();
    chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // THEN
    expect(() => chat.addRoute('bar', { function: inlineFunction(other, 'Fn') })).toThrow(new Error(
      cycle('bar', 'Other/Fn', 'Other', 'Other/Worker/ServiceRole'),
    ));
  });

  test('fails to be joined by a route whose handler has a role of its stack', () => {
    // GIVEN
    const chat = service();
    chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // THEN
    expect(() => chat.addRoute('bar', { handler: 'src/a.other', role: role(other) })).toThrow(new Error(
      cycle('bar', 'Other/Role', 'Other', 'Other/Worker/ServiceRole'),
    ));
  });

  test('fails to be joined by a route whose function, of a third stack, has a role of its stack', () => {
    // GIVEN
    const chat = service();
    const shared = role(other);
    chat.grantManageConnections(shared);

    // THEN
    const fn = inlineFunction(new Stack(app, 'Third'), 'Fn', { role: shared });
    expect(() => chat.addRoute('bar', { function: fn })).toThrow(new Error(cycle('bar', 'Other/Role', 'Other', 'Other/Role')));
  });

  test.each<[string, () => Partial<WebsocketServiceRoute>, string]>([
    ['logGroup', () => ({ logGroup: new logs.LogGroup(other, 'Logs') }), 'Other/Logs'],
    ['vpc', () => ({ vpc: new ec2.Vpc(other, 'Vpc') }), 'Other/Vpc'],
    ['layers', () => ({ layers: [lambda.LayerVersion.fromLayerVersionArn(api, 'Own', LAYER_ARN), layer(other)] }), 'Other/Layer'],
  ])('fails to be joined by a route whose handler has its %s from its stack', (_setting, options, provider) => {
    // GIVEN
    const chat = service();
    chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // THEN
    expect(() => chat.addRoute('bar', { handler: 'src/a.other', ...options() })).toThrow(new Error(
      cycle('bar', provider, 'Other', 'Other/Worker/ServiceRole'),
    ));
  });

  test.each<[string, () => WebsocketServiceRoute]>([
    ['function', () => ({ function: imported(other) })],
    ['function with an imported role', () => ({
      function: imported(other, iam.Role.fromRoleArn(other, 'Imported', 'arn:aws:iam::123456789012:role/worker')),
    })],
    ['layer', () => ({ handler: 'src/a.other', layers: [lambda.LayerVersion.fromLayerVersionArn(other, 'Imported', LAYER_ARN)] })],
  ])('may be joined by a route with an imported %s of its stack, and by another grantee', (_kind, options) => {
    // GIVEN
    const chat = service({ manageConnections: false });
    chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // WHEN
    chat.addRoute('bar', options());
    chat.grantManageConnections(inlineFunction(other, 'Second'));

    // THEN
    expect(policies(api, other)).toEqual([0, 2]);
    expect([api.dependencies, other.dependencies]).toEqual([[], [api]]);
  });

  test('fails to be joined by a route whose handler has a role imported in its stack, for which the function waits', () => {
    // GIVEN
    const chat = service();
    chat.grantManageConnections(inlineFunction(other, 'Worker'));

    // WHEN
    const worker = iam.Role.fromRoleArn(other, 'Imported', 'arn:aws:iam::123456789012:role/worker');

    // THEN
    expect(() => chat.addRoute('bar', { handler: 'src/a.other', role: worker })).toThrow(new Error(
      cycle('bar', 'Other/Imported', 'Other', 'Other/Worker/ServiceRole').replace('routes["bar"]', 'routes["bar"].role'),
    ));
  });

  test('may be an imported role beside functions of its stack that are targets', () => {
    // GIVEN
    const worker = iam.Role.fromRoleArn(other, 'Imported', 'arn:aws:iam::123456789012:role/worker');

    // WHEN
    const chat = service({
      routes: { bar: { function: imported(other, worker) }, foo: { function: inlineFunction(other, 'Fn') } },
    });
    chat.grantManageConnections(worker);

    // THEN
    expect(policies(api, other)).toEqual([2, 0]);
    expect([api.dependencies, other.dependencies]).toEqual([[other], []]);
    expect(warningsOfGrants()).toEqual([]);
  });

  test('that got nothing by its grant does not keep a route from its stack', () => {
    // GIVEN
    const chat = service();
    const grantee = iam.Role.fromRoleArn(other, 'Fixed', 'arn:aws:iam::123456789012:role/fixed', { mutable: false });
    chat.grantManageConnections(grantee);

    // WHEN
    chat.addRoute('bar', { function: inlineFunction(other, 'Fn') });

    // THEN
    expect(policies(api, other)).toEqual([2, 0]);
    expect(warningsOfGrants()).toEqual([
      '/Api/Chat: Other/Fixed did not get execute-api:ManageConnections: no policy can be added to it, or to its role, here. '
      + 'Add the permission where that is defined; a route that needs none is made with `manageConnections: false` '
      + '[ack: cdk-websocket-service:grantWithoutEffect]',
    ]);
  });

  test('that the stack of the API depends on anyway gets the grant in the stack of the API', () => {
    // GIVEN
    api.addDependency(other);

    // WHEN
    service().grantManageConnections(inlineFunction(other, 'Worker'));

    // THEN
    expect(policies(api, other)).toEqual([2, 0]);
    expect([api.dependencies, other.dependencies]).toEqual([[other], []]);
  });

  test('that depends on this one is an error of the route, and of the synthesis', () => {
    // GIVEN
    const chat = service();
    chat.grantManageConnections(inlineFunction(other, 'Worker'));
    const error = cycle('bar', 'Other/Role', 'Other', 'Other/Worker/ServiceRole');

    // WHEN
    expect(() => chat.addRoute('bar', { handler: 'src/a.other', role: role(other) })).toThrow(new Error(error));

    // THEN
    expect(() => app.synth()).toThrow(new Error(`Validation failed with the following errors:\n  [Api/Chat] ${error}`));
  });
});
