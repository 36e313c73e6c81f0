import { App, NestedStack, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ApiGrants } from '../../lib/private/api-grants';
import { inlineFunction } from '../_helpers/quick-app';

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

function grant(grantee: iam.IGrantable): void {
  grants.grant(grantee, [{ actions: ACTIONS, resourceArns: [resource] }]);
}

function role(where: Construct, id = 'Role'): iam.Role {
  return new iam.Role(where, id, { assumedBy: LAMBDA });
}

describe('a provider', () => {
  const text = (path: string, stackPath: string, grantee: string) => `Stack/Chat: routes["a"]: ${path} is in the stack "${stackPath}", which depends `
    + `on this one by the grant to "${grantee}": the two stacks would depend on each other; `
    + 'add the route before the grant is made, or put one of the two into the stack of this service';
  const vpc = (where: Construct) => new ec2.CfnVPC(where, 'Vpc', { cidrBlock: '10.0.0.0/16' });

  test('fails if its stack depends on this one by a grant', () => {
    // GIVEN
    grant(role(other, 'Worker'));

    // THEN
    expect(() => grants.checkProducers([inlineFunction(other, 'Fn')], 'routes[\"a\"]')).toThrow(new Error(text('Other/Fn', 'Other', 'Other/Worker')));
  });

  test.each<[string, (provider: Construct) => unknown[]]>([
    ['alone', (provider) => [provider]],
    ['behind what is no construct', (provider) => [undefined, 'text', 5, { plain: true }, provider]],
    ['in a list', (provider) => [[undefined, provider]]],
  ])('may be a setting, and fails as well: %s', (_kind, values) => {
    // GIVEN
    grant(role(other, 'Worker'));

    // THEN
    expect(() => grants.checkProducers(values(vpc(other)), 'routes["a"]')).toThrow(new Error(text('Other/Vpc', 'Other', 'Other/Worker')));
  });

  test('may be imported in such a stack: that is a name, and no dependency', () => {
    // GIVEN
    grant(role(other, 'Worker'));
    const imported = [
      lambda.Function.fromFunctionName(other, 'Fn', 'imported'), iam.Role.fromRoleName(other, 'Imported', 'imported'),
      [ec2.SecurityGroup.fromSecurityGroupId(other, 'Group', 'sg-12345')],
    ];

    // THEN
    expect(() => grants.checkProducers(imported, 'routes["a"]')).not.toThrow();
  });

  test('may be in a stack that got no grant', () => {
    grant(role(other, 'Worker'));
    expect(() => grants.checkProducers([inlineFunction(new Stack(app, 'Far'), 'Fn')], 'routes[\"a\"]')).not.toThrow();
  });

  test('may be in this stack', () => {
    grant(role(stack, 'Worker'));
    expect(() => grants.checkProducers([inlineFunction(stack, 'Fn')], 'routes[\"a\"]')).not.toThrow();
  });

  test('may be in a stack nested in this one, since those are deployed together', () => {
    // GIVEN
    const nested = new NestedStack(stack, 'Nested');
    const deeper = new NestedStack(nested, 'Deeper');
    for (const where of [nested, deeper]) grant(role(where, 'Worker'));

    // THEN
    for (const where of [nested, deeper]) {
      expect(() => grants.checkProducers([inlineFunction(where, 'Fn')], 'routes[\"a\"]')).not.toThrow();
    }
  });

  test('may be in a stack whose grant was made in this one', () => {
    // GIVEN
    grants.addProducers([inlineFunction(other, 'Fn')]);
    grant(role(other, 'Worker'));

    // THEN
    expect(() => grants.checkProducers([inlineFunction(other, 'Second')], 'routes[\"a\"]')).not.toThrow();
  });
});
