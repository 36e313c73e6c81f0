import { App, CfnResource, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { encodeId, pathFrom } from '../../lib/private/construct-id';

describe('encodeId', () => {
  test.each([
    ['$connect', '$connect'],
    ['chat/join', 'chat%2Fjoin'],
    ['chat--join', 'chat--join'],
    ['chat%2Fjoin', 'chat%252Fjoin'],
    ['%', '%25'],
    ['a/b/c', 'a%2Fb%2Fc'],
    ['src/größe.main', 'src%2Fgröße.main'],
  ])('%s becomes %s', (text, id) => {
    expect(encodeId(text)).toEqual(id);
  });

  test('keys that look alike are different constructs with different logical ids', () => {
    // GIVEN
    const stack = new Stack(new App(), 'Stack');
    const service = new Construct(stack, 'Chat');
    const keys = ['chat/join', 'chat--join', 'chat%2Fjoin', 'chat%252Fjoin', 'chat%join', 'chat join', 'a/', 'a--', 'a%', 'a%2F', 'a%25'];

    // WHEN
    const children = keys.map((key) => new CfnResource(service, encodeId(key), { type: 'Test::Test::Test' }));

    // THEN
    expect(children.map((child) => decodeURIComponent(child.node.id))).toEqual(keys);
    expect(new Set(children.map((child) => stack.resolve(child.logicalId))).size).toEqual(keys.length);
  });
});

describe('pathFrom', () => {
  test('starts at the stack that both are in', () => {
    const { service, fn } = pair(new Stack(new App(), 'Api'));

    expect(pathFrom(service, fn)).toEqual('Workers/Fn');
  });

  test('is the same in every stage', () => {
    const app = new App();
    const paths = ['Beta', 'Prod'].map((name) => {
      const { service, fn } = pair(new Stack(new Stage(app, name), 'Api'));
      return pathFrom(service, fn);
    });

    expect(paths).toEqual(['Workers/Fn', 'Workers/Fn']);
  });

  test('names the other stack', () => {
    const app = new App();

    expect(pathFrom(pair(new Stack(app, 'Api')).service, pair(new Stack(app, 'Other')).fn)).toEqual('/Other/Workers/Fn');
  });

  test('names the other stack, and not the stage that both are in', () => {
    const stage = new Stage(new App(), 'Prod');

    expect(pathFrom(pair(new Stack(stage, 'Api')).service, pair(new Stack(stage, 'Other')).fn)).toEqual('/Other/Workers/Fn');
  });

  test('is the whole path in a stage that does not contain the scope', () => {
    const app = new App();
    const service = pair(new Stack(new Stage(app, 'Prod'), 'Api')).service;
    // `Prod` is the beginning of the other name.
    const fn = pair(new Stack(new Stage(app, 'Prod2'), 'Api')).fn;

    expect(pathFrom(service, fn)).toEqual('/Prod2/Api/Workers/Fn');
  });

  test('tells a function of another stack from one of this stack', () => {
    const app = new App();
    const stack = new Stack(app, 'Api');
    const service = new Construct(stack, 'Chat');

    const here = pathFrom(service, pair(new Construct(stack, 'Other')).fn);
    const there = pathFrom(service, pair(new Stack(app, 'Other')).fn);

    expect(here).not.toEqual(there);
  });

  test('names the stack around a nested one', () => {
    const stack = new Stack(new Stage(new App(), 'Prod'), 'Api');

    expect(pathFrom(pair(stack).service, pair(new NestedStack(stack, 'Nested')).fn)).toEqual('/Api/Nested/Workers/Fn');
  });
});

function pair(scope: Construct): { service: Construct; fn: Construct } {
  return { service: new Construct(scope, 'Chat'), fn: new Construct(new Construct(scope, 'Workers'), 'Fn') };
}
