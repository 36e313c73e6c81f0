import { App, AppProps, CfnOutput, CfnParameter, CfnWaitConditionHandle, NestedStack, Stack } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { reportResourceCount } from '../../lib/private/resource-count';
import { RouteStacks } from '../../lib/private/routes/route-scopes';

const SHARE = 'let functions share what each of them has of its own: `defaults.role` (one role with its policy) and `defaults.logGroup` (one log group)';
const NEST = 'put the routes into nested stacks (`nestedStacks`)';
const SHARE_OR_NEST = `${SHARE}, or ${NEST}`;
const SHARE_HANDLERS_OR_NEST = `let routes share handlers, or ${NEST}`;

function stackOf(count: number, context: AppProps['context'] = {}): Stack {
  const stack = new Stack(new App({ context }), 'Stack');
  fill(stack, count);
  return stack;
}

function fill(stack: Stack, count: number): void {
  for (let number = 0; number < count; number += 1) new CfnWaitConditionHandle(stack, `Handle${number}`);
}

function service(stack: Stack, id = 'Chat', shared = false, nestedStacks = 0): RouteStacks {
  const scope = new Construct(stack, id);
  const stacks = new RouteStacks(scope, nestedStacks);
  const defaults = shared ? { role: Role.fromRoleName(scope, 'Role', 'role'), logGroup: LogGroup.fromLogGroupName(scope, 'Logs', 'logs') } : {};
  reportResourceCount(scope, defaults, stacks);
  return stacks;
}

/** What the constructs of a stack tell the synthesis. */
function reports(stack: Stack): string[] {
  return stack.node.children.flatMap((child) => child.node.validate().map((text) => `${child.node.path}: ${text}`));
}

function report(path: string, count: number, limit: number, remedy = SHARE_OR_NEST): string[] {
  return [`${path}: the stack has ${count} resources, more than the ${limit} that CloudFormation allows; ${remedy}`];
}

test('500 resources are not worth a word', () => {
  const stack = stackOf(500);
  service(stack);
  expect(reports(stack)).toEqual([]);
});

test('501 resources are too many, and the report says what to share', () => {
  const stack = stackOf(501);
  service(stack);
  expect(reports(stack)).toEqual(report('Stack/Chat', 501, 500));
});

test('resources that come later count, too', () => {
  // GIVEN
  const stack = stackOf(0, { '@aws-cdk/core:stackResourceLimit': 3 });
  service(stack);

  // WHEN
  fill(stack, 4);

  // THEN
  expect(reports(stack)).toEqual(report('Stack/Chat', 4, 3));
});

test.each<[string, unknown]>([['a number', 3], ['a string, as the CLI passes it', '3']])('the limit is that of the context, as %s', (_kind, limit) => {
  const stacks = [3, 4].map((count) => stackOf(count, { '@aws-cdk/core:stackResourceLimit': limit }));
  for (const stack of stacks) service(stack);
  expect(stacks.map(reports)).toEqual([[], report('Stack/Chat', 4, 3)]);
});

test('a limit of 0 is no limit', () => {
  const stack = stackOf(501, { '@aws-cdk/core:stackResourceLimit': 0 });
  service(stack);
  expect(reports(stack)).toEqual([]);
});

test('resources of nested stacks count there', () => {
  // GIVEN
  const stack = stackOf(2, { '@aws-cdk/core:stackResourceLimit': 3 });
  const nested = new NestedStack(stack, 'Nested');
  for (const where of [stack, nested]) service(where);

  // WHEN
  fill(nested, 4);

  // THEN
  expect(reports(stack)).toEqual([]);
  expect(reports(nested)).toEqual(report('Stack/Nested/Chat', 4, 3));
});

test('a stack is reported once, by the first of its services', () => {
  // GIVEN
  const stack = stackOf(4, { '@aws-cdk/core:stackResourceLimit': 3 });
  const second = new Stack(stack.node.root as App, 'Second');
  fill(second, 5);

  // WHEN
  for (const id of ['One', 'Two']) for (const where of [stack, second]) service(where, id);

  // THEN
  expect([stack, second].map(reports)).toEqual([report('Stack/One', 4, 3), report('Second/One', 5, 3)]);
});

test.each([[true, true, SHARE_HANDLERS_OR_NEST], [true, false, SHARE_OR_NEST], [false, true, SHARE_OR_NEST]])(
  'what is shared already is not proposed if all services share it: %s, %s', (first, second, remedy) => {
    const stack = stackOf(501);
    service(stack, 'One', first);
    service(stack, 'Two', second);
    expect(reports(stack)).toEqual(report('Stack/One', 501, 500, remedy));
  });

describe('with nested stacks', () => {
  const LIMIT = { '@aws-cdk/core:stackResourceLimit': 3 };

  test.each([
    [false, `choose a higher \`nestedStacks\`, or ${SHARE}`],
    [true, 'choose a higher `nestedStacks`'],
  ])('one of them that is too large is reported with the way out, shared: %s', (shared, remedy) => {
    // GIVEN
    const stack = stackOf(0, LIMIT);
    const stacks = service(stack, 'Chat', shared, 1);

    // WHEN
    fill(Stack.of(stacks.ofRoute('a')), 4);

    // THEN
    expect(reports(stack)).toEqual([
      `Stack/Chat: the nested stack Routes-1 has 4 resources, more than the 3 that CloudFormation allows; ${remedy}`,
    ]);
  });

  test.each<[string, (scope: Construct, id: string) => Construct]>([
    ['parameters', (scope, id) => new CfnParameter(scope, id)],
    ['outputs', (scope, id) => new CfnOutput(scope, id, { value: id })],
  ])('one of them that has too many %s is reported', (what, make) => {
    // GIVEN
    const stack = stackOf(0);
    const stacks = service(stack, 'Chat', false, 1);
    const nested = Stack.of(stacks.ofRoute('a'));

    // WHEN
    const reported = [200, 201].map((count) => {
      for (let number = nested.node.children.length; number < count; number += 1) make(nested, `Reference${number}`);
      return reports(stack);
    });

    // THEN
    expect(reported).toEqual([[], [
      `Stack/Chat: the nested stack Routes-1 has 201 ${what}, more than the 200 that CloudFormation allows; choose a higher \`nestedStacks\``,
    ]]);
  });

  test('a parameter that aws-cdk-lib makes for a reference counts', () => {
    // GIVEN
    const stack = stackOf(0);
    const stacks = service(stack, 'Chat', false, 1);
    const nested = stacks.ofRoute('a');
    for (let number = 0; number < 200; number += 1) new CfnParameter(nested, `Parameter${number}`);
    const parameter = new CfnParameter(stack, 'Parameter');

    // WHEN
    new CfnOutput(nested, 'Output', { value: parameter.valueAsString });
    fill(Stack.of(nested), 1);

    // THEN
    expect(() => (stack.node.root as App).synth()).toThrow('the nested stack Routes-1 has 201 parameters, more than the 200 that CloudFormation allows');
  });

  test('each service reports its own', () => {
    // GIVEN
    const stack = stackOf(0, LIMIT);

    // WHEN
    for (const id of ['One', 'Two', 'Three']) fill(Stack.of(service(stack, id, true, 1).ofRoute('a')), id === 'Two' ? 3 : 4);

    // THEN
    expect(reports(stack).map((text) => text.split(' resources')[0])).toEqual([
      'Stack/One: the nested stack Routes-1 has 4', 'Stack/Three: the nested stack Routes-1 has 4',
    ]);
  });

  test('that do not help any more, the parent is told to make room', () => {
    // GIVEN
    const stack = stackOf(4, LIMIT);

    // WHEN
    service(stack, 'Chat', false, 2);

    // THEN
    expect(reports(stack)).toEqual(report('Stack/Chat', 4, 3, 'the routes are in nested stacks: put the other resources here into a stack of their own'));
  });

  test('of one service, those of another are still proposed', () => {
    // GIVEN
    const stack = stackOf(4, LIMIT);

    // WHEN
    service(stack, 'One', true, 2);
    service(stack, 'Two', true);

    // THEN
    expect(reports(stack)).toEqual(report('Stack/One', 4, 3, SHARE_HANDLERS_OR_NEST));
  });

  test('the limit 0 is none there, too', () => {
    // GIVEN
    const stack = stackOf(0, { '@aws-cdk/core:stackResourceLimit': 0 });

    // WHEN
    fill(Stack.of(service(stack, 'Chat', false, 1).ofRoute('a')), 501);

    // THEN
    expect(reports(stack)).toEqual([]);
  });
});
