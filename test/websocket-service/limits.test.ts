import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ConnectAuthorizer, WebsocketFunctionOptions, WebsocketService } from '../../lib';
import { AppFolder } from '../_helpers/app-folder';
import { FLAG_SETS } from '../_helpers/flags';
import { quickStack, warnings } from '../_helpers/quick-app';

const COUNT = 100;
const NUMBERS = [...Array(COUNT).keys()];

let folder: AppFolder;

beforeAll(() => {
  folder = new AppFolder({ 'src/many.ts': NUMBERS.map((number) => `export const handle${number} = async () => ({});`).join('\n') });
});
afterAll(() => folder.leave());

function service(context: Record<string, unknown>, defaults: (stack: Stack) => WebsocketFunctionOptions): Stack {
  const stack = quickStack(context);
  new WebsocketService(stack, 'Chat', {
    routes: Object.fromEntries(NUMBERS.map((number) => [`route${number}`, { handler: `src/many.handle${number}` }])),
    authorizer: ConnectAuthorizer.none(),
    defaults: defaults(stack),
  });
  return stack;
}

function lambdaRole(stack: Stack): iam.Role {
  return new iam.Role(stack, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole')],
  });
}

function tooMany(count: number): string {
  return 'Validation failed with the following errors:\n'
    + `  [Stack/Chat] the stack has ${count} resources, more than the 500 that CloudFormation allows; let functions share what each of them has of its own: `
    + '`defaults.role` (one role with its policy) and `defaults.logGroup` (one log group), or put the routes into nested stacks (`nestedStacks`)';
}

test.each(FLAG_SETS)('100 routes with 100 handlers fit one stack with a shared role and a shared log group: %s', (_name, context) => {
  // WHEN
  const stack = service(context, (scope) => ({ role: lambdaRole(scope), logGroup: new logs.LogGroup(scope, 'Log') }));

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::Lambda::Function', COUNT);
  template.resourceCountIs('AWS::IAM::Role', 1);
  template.resourceCountIs('AWS::IAM::Policy', 1);
  template.resourceCountIs('AWS::Logs::LogGroup', 1);
  expect(Object.keys(template.toJSON().Resources)).toHaveLength(4 * COUNT + 5);
  expect(warnings(stack)).toEqual([]);
});

test('100 routes with 100 handlers and log groups are more than fit, and what to share is said', () => {
  // WHEN
  const stack = service(FLAG_SETS[1][1], () => ({}));

  // THEN
  expect(() => Template.fromStack(stack)).toThrow(new Error(tooMany(702)));
});

describe('the remedy', () => {
  const LIMIT = { '@aws-cdk/core:stackResourceLimit': 20 };

  function small(stack: Stack, id: string, defaults: WebsocketFunctionOptions = {}): void {
    new WebsocketService(stack, id, {
      routes: Object.fromEntries([0, 1, 2].map((number) => [`route${number}`, { handler: `src/many.handle${number}` }])),
      authorizer: ConnectAuthorizer.none(),
      defaults,
    });
  }

  const sharing = 'let functions share what each of them has of its own: `defaults.role` (one role with its policy) and `defaults.logGroup` '
    + '(one log group), or put the routes into nested stacks (`nestedStacks`)';
  const dividing = 'let routes share handlers, or put the routes into nested stacks (`nestedStacks`)';
  const message = (id: string, count: number, remedy: string) => new Error('Validation failed with the following errors:\n'
    + `  [Stack/${id}] the stack has ${count} resources, more than the 20 that CloudFormation allows; ${remedy}`);

  test('is another if role and log group are shared already', () => {
    // GIVEN
    const stack = quickStack(LIMIT);
    const shared = { role: lambdaRole(stack), logGroup: new logs.LogGroup(stack, 'Log') };

    // WHEN
    small(stack, 'Chat', shared);
    small(stack, 'Talk', shared);

    // THEN
    expect(() => Template.fromStack(stack)).toThrow(message('Chat', 31, dividing));
  });

  test('is to share if one of the two is not shared', () => {
    // GIVEN
    const stack = quickStack({ '@aws-cdk/core:stackResourceLimit': 10 });

    // WHEN
    small(stack, 'Chat', { role: lambdaRole(stack) });

    // THEN
    expect(() => Template.fromStack(stack)).toThrow(new Error('Validation failed with the following errors:\n'
      + `  [Stack/Chat] the stack has 16 resources, more than the 10 that CloudFormation allows; ${sharing}`));
  });

  test('is told once for a stack, however many services it has', () => {
    // GIVEN
    const stack = quickStack(LIMIT);

    // WHEN
    small(stack, 'Chat');
    small(stack, 'Talk');

    // THEN
    expect(() => Template.fromStack(stack)).toThrow(message('Chat', 40, sharing));
  });

  test('is to share if any service of the stack does not', () => {
    // GIVEN
    const stack = quickStack(LIMIT);

    // WHEN
    small(stack, 'Chat', { role: lambdaRole(stack), logGroup: new logs.LogGroup(stack, 'Log') });
    small(stack, 'Talk');

    // THEN
    expect(() => Template.fromStack(stack)).toThrow(message('Chat', 37, sharing));
  });

  test('is told in every stack that is too large', () => {
    // GIVEN
    const first = quickStack(LIMIT);
    const second = new Stack(first.node.root, 'Second');

    // WHEN
    for (const stack of [first, second]) for (const id of ['Chat', 'Talk']) small(stack, id);

    // THEN
    expect(() => Template.fromStack(second)).toThrow(new Error('Validation failed with the following errors:\n' + ['Stack', 'Second'].map(
      (stack) => `  [${stack}/Chat] the stack has 40 resources, more than the 20 that CloudFormation allows; ${sharing}`,
    ).join('\n')));
  });
});
