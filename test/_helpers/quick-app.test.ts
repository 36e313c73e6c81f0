import * as path from 'path';
import { Annotations, App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { AppFolder } from './app-folder';
import { bundleOf, inlineFunction, quickApp, quickStack, warnings } from './quick-app';

describe('quickApp and quickStack', () => {
  test('bundle nothing, unless the context says otherwise', () => {
    expect(quickStack().bundlingRequired).toBe(false);
    expect(new Stack(quickApp({ 'aws:cdk:bundling-stacks': ['**'] }), 'Stack').bundlingRequired).toBe(true);
  });

  test('have the context that is given', () => {
    expect(quickStack({ colour: 'blue' }).node.tryGetContext('colour')).toBe('blue');
  });
});

test('inlineFunction takes options over its own', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  inlineFunction(stack, 'Fn', { handler: 'index.other', memorySize: 512 });

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'index.other', MemorySize: 512, Runtime: 'nodejs24.x',
  });
});

describe('bundleOf', () => {
  let folder: AppFolder;
  beforeAll(() => { folder = new AppFolder({ 'one/index.js': 'one', 'one/a.txt': 'text', 'two/index.js': 'two' }); });
  afterAll(() => folder.leave());

  test('is the files of the function that is asked for, in the order of their names', () => {
    // GIVEN
    const app = new App();
    const stack = new Stack(app, 'Stack');
    const [one, two] = ['one', 'two'].map((name) => inlineFunction(stack, name, {
      code: lambda.Code.fromAsset(path.join(folder.path, name)),
    }));

    // WHEN
    const assembly = app.synth();

    // THEN
    expect(Object.entries(bundleOf(assembly, one))).toEqual([['a.txt', 'text'], ['index.js', 'one']]);
    expect(bundleOf(assembly, two)).toEqual({ 'index.js': 'two' });
  });
});

describe('warnings', () => {
  test('are those of the stack, with the place of each, and no information or error', () => {
    // GIVEN
    const stack = quickStack();
    const fn = inlineFunction(stack, 'Fn');

    // WHEN
    Annotations.of(fn).addWarningV2('test:one', 'mind the gap');
    Annotations.of(stack).addWarning('mind the step');
    Annotations.of(stack).addInfo('all is well');

    // THEN
    expect(warnings(stack).sort()).toEqual(['/Stack/Fn: mind the gap [ack: test:one]', '/Stack: mind the step']);
  });

  test('leave out that of references between stacks, and nothing else', () => {
    // GIVEN
    const stack = quickStack();

    // WHEN
    Annotations.of(stack).addWarningV2('@aws-cdk/core:crossStackReferencesDefaultStrong', 'strong');
    Annotations.of(stack).addWarningV2('@aws-cdk/core:other', 'other');

    // THEN
    expect(warnings(stack)).toEqual(['/Stack: other [ack: @aws-cdk/core:other]']);
  });
});
