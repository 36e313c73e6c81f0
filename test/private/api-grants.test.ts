import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ApiGrants } from '../../lib/private/api-grants';
import { inlineFunction, warnings } from '../_helpers/quick-app';

const LAMBDA = new iam.ServicePrincipal('lambda.amazonaws.com');
const ACTIONS = ['execute-api:ManageConnections'];

let app: App;
let stack: Stack;
let other: Stack;
let scope: Construct;
let grants: ApiGrants;
let resource: string;

beforeEach(() => {
  app = new App();
  stack = new Stack(app, 'Stack');
  other = new Stack(app, 'Other');
  scope = new Construct(stack, 'Chat');
  grants = new ApiGrants(scope);
  // Stands for the API: a grant refers to a resource of its stack.
  resource = new CfnTopic(stack, 'Resource').ref;
});

function grant(grantee: iam.IGrantable): iam.Grant {
  return grants.grant(grantee, [{ actions: ACTIONS, resourceArns: [resource] }]);
}

function role(where: Construct, id = 'Role'): iam.Role {
  return new iam.Role(where, id, { assumedBy: LAMBDA });
}

/** Who got the grant, by stack. */
function holders(...stacks: Stack[]): Record<string, unknown[]> {
  return Object.fromEntries(stacks.map((where) => {
    const policies = Object.values(Template.fromStack(where).findResources('AWS::IAM::Policy'));
    return [where.node.id, policies.map(({ Properties: { PolicyDocument, Roles, Users, Groups } }) => {
      expect(PolicyDocument.Statement).toEqual([{ Action: ACTIONS[0], Effect: 'Allow', Resource: expect.anything() }]);
      return { Roles, Users, Groups };
    })];
  }));
}

describe('a grantee of the same stack', () => {
  test.each<[string, () => iam.IGrantable, object]>([
    ['a role', () => role(stack), { Roles: [{ Ref: expect.stringMatching(/^Role/) }] }],
    ['a user', () => new iam.User(stack, 'User'), { Users: [{ Ref: expect.stringMatching(/^User/) }] }],
    ['a group', () => new iam.Group(stack, 'Group'), { Groups: [{ Ref: expect.stringMatching(/^Group/) }] }],
    ['a function', () => inlineFunction(stack, 'Fn'), { Roles: [{ Ref: expect.stringMatching(/^FnServiceRole/) }] }],
    ['an imported role', () => iam.Role.fromRoleArn(stack, 'Imported', 'arn:aws:iam::123456789012:role/worker'), { Roles: ['worker'] }],
    ['an imported user', () => iam.User.fromUserName(stack, 'Imported', 'ann'), { Users: ['ann'] }],
  ])('%s gets the statement in its own policy', (_kind, grantee, expected) => {
    // WHEN
    const made = grant(grantee());

    // THEN
    expect(made.success).toBe(true);
    expect(holders(stack)).toEqual({ Stack: [expected] });
    expect(warnings(stack)).toEqual([]);
  });
});

describe('a grantee of another stack', () => {
  test('gets the ordinary grant in its own stack', () => {
    // WHEN
    grant(role(other));

    // THEN
    app.synth();
    expect(other.dependencies).toEqual([stack]);
    expect(holders(stack, other)).toEqual({ Stack: [], Other: [{ Roles: [{ Ref: expect.stringMatching(/^Role/) }] }] });
  });

  test.each<[string, (where: Stack) => iam.IGrantable, string]>([
    ['role', (where) => role(where), 'Roles'],
    ['user', (where) => new iam.User(where, 'User'), 'Users'],
    ['group', (where) => new iam.Group(where, 'Group'), 'Groups'],
  ])('gets a policy in this stack if this one depends on that one already: a %s', (_kind, make, property) => {
    // GIVEN
    grants.addProducers([inlineFunction(other, 'Fn')]);

    // WHEN
    const made = grant(make(other));

    // THEN
    expect(made.success).toBe(true);
    app.synth();
    expect(stack.dependencies).toEqual([other]);
    expect(holders(stack, other)).toEqual({ Stack: [expect.objectContaining({ [property]: [expect.anything()] })], Other: [] });
    expect(warnings(stack)).toEqual([]);
  });

  test('gets one policy for several grants', () => {
    // GIVEN
    grants.addProducers([inlineFunction(other, 'Fn')]);
    const grantee = role(other);

    // WHEN
    grant(grantee);
    grants.grant(grantee, [{ actions: ['execute-api:Invoke'], resourceArns: [resource] }]);

    // THEN
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(policy.Properties.PolicyDocument.Statement.map(({ Action }: { Action: string }) => Action)).toEqual([
      'execute-api:ManageConnections', 'execute-api:Invoke',
    ]);
  });

  test('gets a policy in this stack if the app says that this one depends on that one', () => {
    // GIVEN
    stack.addDependency(other);

    // WHEN
    grant(role(other));

    // THEN
    app.synth();
    expect([stack, other].map(({ dependencies }) => dependencies)).toEqual([[other], []]);
    expect(holders(stack, other)).toEqual({ Stack: [{ Roles: [expect.anything()] }], Other: [] });
  });

  test('gets the second grant in the same stack as the first, even if something is imported from there in between', () => {
    // GIVEN
    grant(role(other, 'First'));
    grants.addProducers([lambda.Function.fromFunctionName(other, 'Imported', 'imported')]);

    // WHEN
    grant(role(other, 'Second'));

    // THEN
    app.synth();
    expect(other.dependencies).toEqual([stack]);
    expect(holders(stack, other)).toEqual({
      Stack: [], Other: [{ Roles: [{ Ref: expect.stringMatching(/^First/) }] }, { Roles: [{ Ref: expect.stringMatching(/^Second/) }] }],
    });
  });

  test('gets a policy in this stack if a route invokes it, whatever grants its stack has', () => {
    // GIVEN
    grant(role(other, 'First'));
    const target = iam.Role.fromRoleName(other, 'Target', 'target');

    // WHEN
    grants.grant(target, [{ actions: ACTIONS, resourceArns: [resource] }], true);

    // THEN
    app.synth();
    expect(other.dependencies).toEqual([stack]);
    expect(holders(stack, other)).toEqual({ Stack: [{ Roles: ['target'] }], Other: [{ Roles: [{ Ref: expect.stringMatching(/^First/) }] }] });
  });

  test.each<[string, (provider: Construct) => unknown[]]>([
    ['a construct', (provider) => [provider]],
    ['one of a list', (provider) => ['text', undefined, { plain: true }, [undefined, provider]]],
  ])('counts as one that this stack depends on if a setting is in it: %s', (_kind, values) => {
    // GIVEN
    grants.addProducers(values(new CfnTopic(other, 'Setting')));

    // WHEN
    grant(role(other));

    // THEN
    expect(holders(stack, other)).toEqual({ Stack: [{ Roles: [expect.anything()] }], Other: [] });
  });

  test('of which a function\'s role is part counts as one that this stack depends on', () => {
    // GIVEN
    const far = new Stack(app, 'Far');
    const fn = inlineFunction(other, 'Fn', { role: role(far) });
    grants.addProducers([fn, fn.role]);

    // WHEN
    grant(role(far, 'Worker'));

    // THEN
    expect(holders(stack, far)).toEqual({ Stack: [expect.objectContaining({ Roles: [expect.anything()] })], Far: [] });
  });

  test('that is this stack itself is not another stack', () => {
    // GIVEN
    grants.addProducers([inlineFunction(stack, 'Fn')]);

    // WHEN
    grant(role(stack));

    // THEN
    expect([...scope.node.children]).toEqual([]);
  });
});

describe('a role that ignores policies', () => {
  const text = (path: string) => `/Stack/Chat: ${path} did not get execute-api:ManageConnections: no policy can be added to it, or to its `
    + 'role, here. Add the permission where that is defined; a route that needs none is made with `manageConnections: false` '
    + '[ack: cdk-websocket-service:grantWithoutEffect]';
  const immutable = (where: Stack) => iam.Role.fromRoleArn(where, 'Imported', 'arn:aws:iam::123456789012:role/worker', { mutable: false });

  test.each<[string, () => iam.IGrantable, string]>([
    ['an imported role that is not mutable', () => immutable(stack), 'Stack/Imported'],
    ['a role without policy updates', () => role(stack).withoutPolicyUpdates(), 'Stack/ImmutableRoleRole'],
    ['a function with such a role', () => inlineFunction(stack, 'Fn', { role: immutable(stack) }), 'Stack/Fn'],
  ])('warns: %s', (_kind, make, path) => {
    // WHEN
    grant(make());

    // THEN
    expect(warnings(stack)).toEqual([text(path)]);
    expect(holders(stack)).toEqual({ Stack: [] });
  });

  test('warns in another stack that this one depends on', () => {
    // GIVEN
    grants.addProducers([inlineFunction(other, 'Fn')]);

    // WHEN
    grant(immutable(other));

    // THEN
    expect(warnings(stack)).toEqual([text('Other/Imported')]);
    expect(holders(stack, other)).toEqual({ Stack: [], Other: [] });
  });

  test('does not make its stack depend on this one', () => {
    // GIVEN
    grant(immutable(other));

    // THEN
    expect(warnings(stack)).toEqual([text('Other/Imported')]);
    expect(() => grants.checkProducers([inlineFunction(other, 'Fn')], 'routes["a"]')).not.toThrow();
  });

  test.each<[string, () => iam.IGrantable]>([
    ['by ARN', () => lambda.Function.fromFunctionArn(stack, 'Fn', 'arn:aws:lambda:eu-west-1:123456789012:function:imported')],
    ['of the same environment', () => lambda.Function.fromFunctionAttributes(stack, 'Fn', {
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:imported', sameEnvironment: true,
    })],
  ])('is not known of an imported function (%s): our warning is the only one', (_how, make) => {
    // WHEN
    const made = grant(make());

    // THEN
    expect(made.success).toBe(false);
    expect(warnings(stack)).toEqual([text('Stack/Fn')]);
    expect(holders(stack)).toEqual({ Stack: [] });
  });

  test('warns about a principal that is not a construct', () => {
    // WHEN
    const made = grant(new iam.AccountRootPrincipal());

    // THEN
    expect(made.success).toBe(false);
    expect(warnings(stack)).toEqual([text('a principal')]);
  });
});
