import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { WebsocketAuthorizer, WebsocketFunctionOptions, WebsocketService } from '../../lib';
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
    authorizer: WebsocketAuthorizer.none(),
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
    + `  [Stack/Chat] the stack has ${count} resources, more than the 500 that CloudFormation takes; let functions share what each of them has of its own: `
    + '`defaults.role` (one role with its policy) and `defaults.logGroup` (one log group)';
}

describe.each(FLAG_SETS)('100 routes with 100 handlers %s', (_name, context) => {
  test('fit one stack with a shared role and a shared log group', () => {
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
});

test.each<[string, Record<string, unknown>, number]>([
  [FLAG_SETS[0][0], FLAG_SETS[0][1], 602],
  [FLAG_SETS[1][0], FLAG_SETS[1][1], 702],
])('fails for more than fit, and says what to share: %s', (_name, context, count) => {
  // WHEN
  const stack = service(context, () => ({}));

  // THEN
  expect(() => Template.fromStack(stack)).toThrow(new Error(tooMany(count)));
});
