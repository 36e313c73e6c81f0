import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { readApp } from '../../../lib/local/assembly/read-app';
import { environmentOf } from '../../../lib/local/assembly/stack';
import { variablesOf } from '../../../lib/local/environment-file';
import { inlineFunction } from '../../_helpers/quick-app';

/** An API with a function of its own stack and one of each of two nested stacks, one of them within the other: all have one logical id. */
function define(stack: Stack): Function[] {
  const api = new WebSocketApi(stack, 'Api');
  new WebSocketStage(stack, 'Stage', { webSocketApi: api, stageName: 'dev' });
  const outer = new NestedStack(stack, 'Outer');
  return [stack, outer, new NestedStack(outer, 'Inner'), new NestedStack(stack, 'Outer2')].map((scope, index) => {
    const fn = inlineFunction(scope, 'Fn');
    api.addRoute(`route${index}`, { integration: new WebSocketLambdaIntegration(`Integration${index}`, fn) });
    return fn;
  });
}

test.each<[string, object]>([
  ['of a test', {}],
  ['without a tree', { treeMetadata: false }],
  ['of the CLI', { context: { 'aws:cdk:enable-path-metadata': true } }],
])('functions of an app %s go by their construct paths, in stages and nested stacks too', (_what, props) => {
  // GIVEN
  const app = new App(props);
  const constructs = [...define(new Stack(app, 'Plain')), ...define(new Stack(new Stage(app, 'Prod'), 'Chat', { stackName: 'chat-prod' }))];

  // WHEN
  const { functions } = readApp(app.synth().directory, {});

  // THEN
  const paths = constructs.map(({ node }) => node.path);
  expect([...functions.values()].map(({ path }) => path).sort()).toEqual([...paths].sort());
  const variables = { all: {}, functions: { 'Plain/Outer/Inner/Fn': { COLOUR: 'red' }, 'Prod/Chat/Fn': { COLOUR: 'blue' } } };
  expect([...functions.values()].filter((fn) => 'COLOUR' in variablesOf(fn, variables)).map(({ path }) => path).sort())
    .toEqual(['Plain/Outer/Inner/Fn', 'Prod/Chat/Fn']);
});

describe('the environment', () => {
  const KNOWN = { regionKnown: true, accountKnown: true };
  const UNKNOWN = { regionKnown: false, accountKnown: false };

  test.each<[string, string | undefined, object, object]>([
    ['is that of the stack', 'aws://222222222222/cn-north-1', { region: 'us-west-2' }, {
      region: 'cn-north-1', account: '222222222222', partition: 'aws-cn', urlSuffix: 'amazonaws.com.cn', ...KNOWN,
    }],
    ['is that of the caller, if the stack names none', 'aws://unknown-account/unknown-region', { region: 'us-gov-west-1', account: '3' }, {
      region: 'us-gov-west-1', account: '3', partition: 'aws-us-gov', urlSuffix: 'amazonaws.com', ...UNKNOWN,
    }],
    ['has placeholders else', undefined, {}, {
      region: 'us-east-1', account: '123456789012', partition: 'aws', urlSuffix: 'amazonaws.com', ...UNKNOWN,
    }],
  ])('%s', (_, environment, defaults, expected) => {
    expect(environmentOf(environment, defaults)).toEqual(expected);
  });
});
