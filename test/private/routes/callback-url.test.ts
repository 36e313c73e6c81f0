import { App, Aws, Lazy, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CALLBACK_URL_VARIABLE, provideCallbackUrl } from '../../../lib/private/routes/callback-url';
import { inlineFunction, warnings } from '../../_helpers/quick-app';

const TOKEN_URL = `https://api.execute-api.${Aws.REGION}.amazonaws.com/dev`;
const LITERAL_URL = 'https://api.execute-api.eu-west-1.amazonaws.com/dev';
const KEPT = 'keeps the WEBSOCKET_CALLBACK_URL that it has, which is not that of this service. Take the URL from the event '
  + '(requestContext.domainName and stage), or set `callbackUrlEnvironment: false` [ack: cdk-websocket-service:callbackUrlKept]';

let app: App;
let stack: Stack;

beforeEach(() => {
  app = new App();
  stack = new Stack(app, 'Stack');
});

function expectUrl(where: Stack, url: string | undefined): void {
  const environment = url === undefined ? Match.absent() : { Variables: { [CALLBACK_URL_VARIABLE]: stack.resolve(url) } };
  Template.fromStack(where).hasResourceProperties('AWS::Lambda::Function', { Environment: environment });
}

test('the variable has the name that handlers read', () => {
  expect(CALLBACK_URL_VARIABLE).toBe('WEBSOCKET_CALLBACK_URL');
});

test('a function of the same stack gets the URL', () => {
  // WHEN
  provideCallbackUrl(stack, inlineFunction(stack, 'Fn'), TOKEN_URL);

  // THEN
  expectUrl(stack, TOKEN_URL);
  expect(warnings(stack)).toEqual([]);
});

test('a function keeps its other variables', () => {
  // WHEN
  provideCallbackUrl(stack, inlineFunction(stack, 'Fn', { environment: { TABLE: 'talks' } }), LITERAL_URL);

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { TABLE: 'talks', [CALLBACK_URL_VARIABLE]: LITERAL_URL } },
  });
});

test('a function of another stack gets none that would be a reference', () => {
  // GIVEN
  const other = new Stack(app, 'Other');

  // WHEN
  provideCallbackUrl(stack, inlineFunction(other, 'Fn'), TOKEN_URL);

  // THEN
  expectUrl(other, undefined);
});

test('a function of another stack gets one that is a literal', () => {
  // GIVEN
  const other = new Stack(app, 'Other');

  // WHEN
  provideCallbackUrl(stack, inlineFunction(other, 'Fn'), LITERAL_URL);

  // THEN
  expectUrl(other, LITERAL_URL);
});

test('a function of a nested stack gets none that would be a reference', () => {
  // GIVEN
  const nested = new NestedStack(stack, 'Nested');

  // WHEN
  provideCallbackUrl(new Construct(stack, 'Chat'), inlineFunction(nested, 'Fn'), TOKEN_URL);

  // THEN
  expectUrl(nested, undefined);
});

test('a function of a nested stack of the service itself gets the URL', () => {
  // GIVEN
  const scope = new Construct(stack, 'Chat');
  const nested = new NestedStack(scope, 'Routes-1');

  // WHEN
  provideCallbackUrl(scope, inlineFunction(nested, 'Fn'), TOKEN_URL);

  // THEN
  expectUrl(nested, TOKEN_URL);
});

test('an alias and its function are left alone', () => {
  // GIVEN
  const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: inlineFunction(stack, 'Fn').currentVersion });

  // WHEN
  provideCallbackUrl(stack, alias, TOKEN_URL);

  // THEN
  expectUrl(stack, undefined);
});

test('a function that has the same URL is left alone without a word', () => {
  // GIVEN
  const fn = inlineFunction(stack, 'Fn');
  provideCallbackUrl(stack, fn, TOKEN_URL);

  // WHEN
  provideCallbackUrl(stack, fn, TOKEN_URL);

  // THEN
  expectUrl(stack, TOKEN_URL);
  expect(warnings(stack)).toEqual([]);
});

test.each<[string, string]>([['a literal', LITERAL_URL], ['a token', `https://${Aws.STACK_NAME}.example.com`]])(
  'a function keeps a value of its own that is %s, with a warning', (_kind, own) => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn', { environment: { [CALLBACK_URL_VARIABLE]: own } });

    // WHEN
    provideCallbackUrl(stack, fn, TOKEN_URL);

    // THEN
    expectUrl(stack, own);
    expect(warnings(stack)).toEqual([`/Stack: Stack/Fn ${KEPT}`]);
  });

test('a lazy value of another variable is not asked for before it is ready', () => {
  // GIVEN
  let table: string | undefined;
  const produce = (): string => {
    if (table === undefined) throw new Error('there is no table yet');
    return table;
  };
  const fn = inlineFunction(stack, 'Fn', { environment: { TABLE: Lazy.string({ produce }) } });

  // WHEN
  provideCallbackUrl(stack, fn, TOKEN_URL);
  table = 'talks';

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { TABLE: 'talks', [CALLBACK_URL_VARIABLE]: stack.resolve(TOKEN_URL) } },
  });
});

describe('an environment that was set on the resource', () => {
  type Environment = lambda.CfnFunction['environment'];
  const WITH_URL = { variables: { [CALLBACK_URL_VARIABLE]: LITERAL_URL } };

  function fnWith(environment: Environment): lambda.Function {
    const fn = inlineFunction(stack, 'Fn');
    (fn.node.defaultChild as lambda.CfnFunction).environment = environment;
    return fn;
  }

  test.each<[string, Environment]>([['as it is', WITH_URL], ['as a token', Lazy.any({ produce: () => WITH_URL })]])(
    'keeps its own URL, with a warning: %s', (_how, environment) => {
      // WHEN
      provideCallbackUrl(stack, fnWith(environment), TOKEN_URL);

      // THEN
      expectUrl(stack, LITERAL_URL);
      expect(warnings(stack)).toEqual([`/Stack: Stack/Fn ${KEPT}`]);
    });

  test.each<[string, Environment]>([['as it is', WITH_URL], ['as a token', Lazy.any({ produce: () => WITH_URL })]])(
    'keeps the URL of this service without a word: %s', (_how, environment) => {
      // WHEN
      provideCallbackUrl(stack, fnWith(environment), LITERAL_URL);

      // THEN
      expectUrl(stack, LITERAL_URL);
      expect(warnings(stack)).toEqual([]);
    });

  test.each<[string, Environment, unknown]>([
    ['nothing', undefined, undefined],
    ['no variables', {}, {}],
    ['a token for nothing', Lazy.any({ produce: () => undefined }), undefined],
    ['variables that are a token', { variables: Lazy.any({ produce: () => ({ TABLE: 'talks' }) }) }, { Variables: { TABLE: 'talks' } }],
  ])('that says nothing of the URL stays without a word: %s', (_what, environment, expected) => {
    // WHEN
    const fn = fnWith(environment);
    provideCallbackUrl(stack, fn, TOKEN_URL);

    // THEN
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    expect(Properties.Environment).toEqual(expected);
    expect(warnings(stack)).toEqual([]);
  });
});
