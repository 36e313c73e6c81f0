import { App, CfnWaitConditionHandle, NestedStack, Stack } from 'aws-cdk-lib';
import { resourceCountReport } from '../../lib/private/resource-count';

function stackOf(count: number, context: Record<string, unknown> = {}): Stack {
  const stack = new Stack(new App({ context }), 'Stack');
  for (let number = 0; number < count; number += 1) new CfnWaitConditionHandle(stack, `Handle${number}`);
  return stack;
}

function report(count: number, limit: number): string[] {
  return [
    `the stack has ${count} resources, more than the ${limit} that CloudFormation takes; let functions share what each of `
    + 'them has of its own: `defaults.role` (one role with its policy) and `defaults.logGroup` (one log group)',
  ];
}

test('500 resources are not worth a word', () => {
  expect(resourceCountReport(stackOf(500))).toEqual([]);
});

test('501 resources are too many, and the report says what to share', () => {
  expect(resourceCountReport(stackOf(501))).toEqual(report(501, 500));
});

test.each<[string, unknown]>([['a number', 3], ['a string, as the CLI passes it', '3']])('the limit is that of the context, as %s', (_kind, limit) => {
  const context = { '@aws-cdk/core:stackResourceLimit': limit };
  expect(resourceCountReport(stackOf(3, context))).toEqual([]);
  expect(resourceCountReport(stackOf(4, context))).toEqual(report(4, 3));
});

test('a limit of 0 is no limit', () => {
  expect(resourceCountReport(stackOf(501, { '@aws-cdk/core:stackResourceLimit': 0 }))).toEqual([]);
});

test('resources of nested stacks count there', () => {
  // GIVEN
  const stack = stackOf(2, { '@aws-cdk/core:stackResourceLimit': 3 });
  const nested = new NestedStack(stack, 'Nested');

  // WHEN
  for (const id of ['A', 'B', 'C', 'D']) new CfnWaitConditionHandle(nested, id);

  // THEN
  expect(resourceCountReport(stack)).toEqual([]);
  expect(resourceCountReport(nested)).toEqual(report(4, 3));
});
