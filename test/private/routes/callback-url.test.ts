import { App, Aws, Lazy, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { CALLBACK_URL_VARIABLE, CALLBACK_URLS_VARIABLE, provideCallbackUrls, warnOfOneStage } from '../../../lib/private/routes/callback-url';
import { inlineFunction, warnings } from '../../_helpers/quick-app';

const TOKEN_URL = `https://api.execute-api.${Aws.REGION}.amazonaws.com/dev`;
const LITERAL_URL = 'https://api.execute-api.eu-west-1.amazonaws.com/dev';
const KEPT = 'keeps the WEBSOCKET_CALLBACK_URL that it has, which is not that of this service. Take the URL from the event '
  + '(requestContext.domainName and stage), or set `callbackUrlEnvironment: false` [ack: cdk-websocket-service:callbackUrlKept]';

const missing = (reason: string, names = 'WEBSOCKET_CALLBACK_URL and WEBSOCKET_CALLBACK_URLS', them = 'them'): string => `does not get ${names}: ${reason}. `
  + `Set ${them} there, take the URL from the event (requestContext.domainName and stage), or set \`callbackUrlEnvironment: false\` `
  + '[ack: cdk-websocket-service:callbackUrlMissing]';

let app: App;
let stack: Stack;

beforeEach(() => {
  app = new App();
  stack = new Stack(app, 'Stack');
});

/** What a service of one stage has. */
const at = (url: string) => ({ callbackUrl: url, callbackUrls: { dev: url } });

const both = (url: string) => ({ [CALLBACK_URL_VARIABLE]: stack.resolve(url), [CALLBACK_URLS_VARIABLE]: stack.resolve(`{"dev":"${url}"}`) });

function expectUrl(where: Stack, url: string | undefined): void {
  const environment = url === undefined ? Match.absent() : { Variables: both(url) };
  Template.fromStack(where).hasResourceProperties('AWS::Lambda::Function', { Environment: environment });
}

test('the variables have the names that handlers read', () => {
  expect([CALLBACK_URL_VARIABLE, CALLBACK_URLS_VARIABLE]).toEqual(['WEBSOCKET_CALLBACK_URL', 'WEBSOCKET_CALLBACK_URLS']);
});

test('a function of the same stack gets the URL', () => {
  // WHEN
  provideCallbackUrls(stack, inlineFunction(stack, 'Fn'), at(TOKEN_URL));

  // THEN
  expectUrl(stack, TOKEN_URL);
  expect(warnings(stack)).toEqual([]);
});

test('a function keeps its other variables', () => {
  // WHEN
  provideCallbackUrls(stack, inlineFunction(stack, 'Fn', { environment: { TABLE: 'talks' } }), at(LITERAL_URL));

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { TABLE: 'talks', ...both(LITERAL_URL) } },
  });
});

test('a function of another stack gets none that would be a reference', () => {
  // GIVEN
  const other = new Stack(app, 'Other');

  // WHEN
  provideCallbackUrls(stack, inlineFunction(other, 'Fn'), at(TOKEN_URL));

  // THEN
  expectUrl(other, undefined);
  expect(warnings(stack)).toEqual([
    `/Stack: Other/Fn ${missing('the function is made in the stack "Other", which would depend on this one')}`,
  ]);
});

test('a function of another stack that has values of its own keeps them without a word', () => {
  // GIVEN
  const environment = { [CALLBACK_URL_VARIABLE]: 'https://example.com', [CALLBACK_URLS_VARIABLE]: '{"dev":"https://example.com"}' };

  // WHEN
  provideCallbackUrls(stack, inlineFunction(new Stack(app, 'Other'), 'Fn', { environment }), at(TOKEN_URL));

  // THEN
  expect(warnings(stack)).toEqual([]);
});

test('a function of another stack gets one that is a literal', () => {
  // GIVEN
  const other = new Stack(app, 'Other');

  // WHEN
  provideCallbackUrls(stack, inlineFunction(other, 'Fn'), at(LITERAL_URL));

  // THEN
  expectUrl(other, LITERAL_URL);
});

test('a function of another stack gets the one that is a literal, and a warning of the other', () => {
  // GIVEN
  const other = new Stack(app, 'Other');

  // WHEN
  provideCallbackUrls(stack, inlineFunction(other, 'Fn'), { callbackUrl: LITERAL_URL, callbackUrls: { dev: LITERAL_URL, beta: TOKEN_URL } });

  // THEN
  Template.fromStack(other).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { [CALLBACK_URL_VARIABLE]: LITERAL_URL } } });
  const reason = 'the function is made in the stack "Other", which would depend on this one';
  expect(warnings(stack)).toEqual([`/Stack: Other/Fn ${missing(reason, 'WEBSOCKET_CALLBACK_URLS', 'it')}`]);
});

test('a function of a nested stack gets none that would be a reference', () => {
  // GIVEN
  const nested = new NestedStack(stack, 'Nested');

  // WHEN
  provideCallbackUrls(new Construct(stack, 'Chat'), inlineFunction(nested, 'Fn'), at(TOKEN_URL));

  // THEN
  expectUrl(nested, undefined);
});

test('a function of a nested stack of the service itself gets the URL', () => {
  // GIVEN
  const scope = new Construct(stack, 'Chat');
  const nested = new NestedStack(scope, 'Routes-1');

  // WHEN
  provideCallbackUrls(scope, inlineFunction(nested, 'Fn'), at(TOKEN_URL));

  // THEN
  expectUrl(nested, TOKEN_URL);
});

test('a function that has the same URL is left alone without a word', () => {
  // GIVEN
  const fn = inlineFunction(stack, 'Fn');
  provideCallbackUrls(stack, fn, at(TOKEN_URL));

  // WHEN
  provideCallbackUrls(stack, fn, at(TOKEN_URL));

  // THEN
  expectUrl(stack, TOKEN_URL);
  expect(warnings(stack)).toEqual([]);
});

test.each<[string, string]>([['a literal', LITERAL_URL], ['a token', `https://${Aws.STACK_NAME}.example.com`]])(
  'a function keeps a value of its own that is %s, with a warning', (_kind, own) => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn', { environment: { [CALLBACK_URL_VARIABLE]: own } });

    // WHEN
    provideCallbackUrls(stack, fn, at(TOKEN_URL));

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ...both(TOKEN_URL), [CALLBACK_URL_VARIABLE]: stack.resolve(own) } },
    });
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
  provideCallbackUrls(stack, fn, at(TOKEN_URL));
  table = 'talks';

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { TABLE: 'talks', ...both(TOKEN_URL) } },
  });
});

describe('an environment that was set on the resource', () => {
  type Environment = lambda.CfnFunction['environment'];
  const WITH_URL = { variables: { [CALLBACK_URL_VARIABLE]: LITERAL_URL } };
  const SET = 'its environment is set on the resource (CfnFunction)';

  function fnWith(environment: Environment): lambda.Function {
    const fn = inlineFunction(stack, 'Fn');
    (fn.node.defaultChild as lambda.CfnFunction).environment = environment;
    return fn;
  }

  function environmentOf(): unknown {
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    return Properties.Environment;
  }

  test.each<[string, Environment]>([['as it is', WITH_URL], ['as a token', Lazy.any({ produce: () => WITH_URL })]])(
    'keeps its own URL, with a warning, and takes no other: %s', (_how, environment) => {
      // WHEN
      provideCallbackUrls(stack, fnWith(environment), at(TOKEN_URL));

      // THEN
      expect(environmentOf()).toEqual({ Variables: { [CALLBACK_URL_VARIABLE]: LITERAL_URL } });
      expect(warnings(stack)).toEqual([`/Stack: Stack/Fn ${KEPT}`, `/Stack: Stack/Fn ${missing(SET, 'WEBSOCKET_CALLBACK_URLS', 'it')}`]);
    });

  const ALL = { variables: { ...WITH_URL.variables, [CALLBACK_URLS_VARIABLE]: `{"dev":"${LITERAL_URL}"}` } };

  test.each<[string, Environment]>([['as it is', ALL], ['as a token', Lazy.any({ produce: () => ALL })]])(
    'keeps the URLs of this service without a word: %s', (_how, environment) => {
      // WHEN
      provideCallbackUrls(stack, fnWith(environment), at(LITERAL_URL));

      // THEN
      expectUrl(stack, LITERAL_URL);
      expect(warnings(stack)).toEqual([]);
    });

  test.each<[string, Environment, unknown]>([
    ['nothing', undefined, undefined],
    ['no variables', {}, {}],
    ['a token for nothing', Lazy.any({ produce: () => undefined }), undefined],
  ])('that says nothing of the URLs stays, with a warning: %s', (_what, environment, expected) => {
    // WHEN
    provideCallbackUrls(stack, fnWith(environment), at(TOKEN_URL));

    // THEN
    expect(environmentOf()).toEqual(expected);
    expect(warnings(stack)).toEqual([`/Stack: Stack/Fn ${missing(SET)}`]);
  });

  test('whose variables are a token stays without a word: nobody knows what is in it', () => {
    // WHEN
    provideCallbackUrls(stack, fnWith({ variables: Lazy.any({ produce: () => ({ TABLE: 'talks' }) }) }), at(TOKEN_URL));

    // THEN
    expect(environmentOf()).toEqual({ Variables: { TABLE: 'talks' } });
    expect(warnings(stack)).toEqual([]);
  });
});

describe('what is not a function itself', () => {
  test('an alias of the current version: the function behind it gets the URLs, and the version follows', () => {
    // GIVEN
    const versionOf = (provide: boolean): string => {
      stack = new Stack(new App(), 'Stack');
      const alias = inlineFunction(stack, 'Fn').addAlias('live');
      if (provide) provideCallbackUrls(stack, alias, at(TOKEN_URL));
      return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'))[0];
    };

    // WHEN
    const without = versionOf(false);
    const having = versionOf(true);

    // THEN
    expectUrl(stack, TOKEN_URL);
    expect(warnings(stack)).toEqual([]);
    expect(having).not.toBe(without);
  });

  test.each<[string, (fn: lambda.Function) => lambda.IFunction]>([
    ['the current version', (fn) => fn.currentVersion],
    ['the latest version', (fn) => fn.latestVersion],
    ['an alias of the latest version', (fn) => new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.latestVersion })],
    ['an alias of another stack', (fn) => new lambda.Alias(new Stack(app, 'Other'), 'Live', { aliasName: 'live', version: fn.currentVersion })],
  ])('%s: its function gets the URLs', (_kind, target) => {
    // WHEN
    provideCallbackUrls(stack, target(inlineFunction(stack, 'Fn')), at(TOKEN_URL));

    // THEN
    expectUrl(stack, TOKEN_URL);
    expect(warnings(stack)).toEqual([]);
  });

  test('a singleton: the function that it stands for gets the URLs, by whichever construct', () => {
    // GIVEN
    const singleton = (id: string): lambda.SingletonFunction => new lambda.SingletonFunction(stack, id, {
      uuid: '5e1f', runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.handler', code: lambda.Code.fromInline('x'),
    });
    const [first, second] = ['One', 'Two'].map(singleton);

    // WHEN
    provideCallbackUrls(stack, first, at(TOKEN_URL));
    provideCallbackUrls(stack, second.currentVersion, at(TOKEN_URL));

    // THEN
    expectUrl(stack, TOKEN_URL);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
    expect(warnings(stack)).toEqual([]);
  });

  test('a function of a container image gets the URLs', () => {
    // GIVEN
    const code = lambda.DockerImageCode.fromEcr(Repository.fromRepositoryName(stack, 'Images', 'images'));

    // WHEN
    provideCallbackUrls(stack, new lambda.DockerImageFunction(stack, 'Fn', { code }).currentVersion, at(TOKEN_URL));

    // THEN
    expectUrl(stack, TOKEN_URL);
  });

  test.each<[string, (fn: lambda.Function) => lambda.IFunction]>([
    ['V1', (fn) => new lambda.Version(stack, 'V1', { lambda: fn })],
    ['Live', (fn) => new lambda.Alias(stack, 'Live', { aliasName: 'live', version: new lambda.Version(stack, 'V1', { lambda: fn }) })],
  ])('a version that is published once may lack the URLs, which is said: %s', (id, target) => {
    // WHEN
    provideCallbackUrls(stack, target(inlineFunction(stack, 'Fn')), at(TOKEN_URL));

    // THEN
    expectUrl(stack, TOKEN_URL);
    expect(warnings(stack)).toEqual([
      `/Stack: Stack/${id} may lack WEBSOCKET_CALLBACK_URL and WEBSOCKET_CALLBACK_URLS: a version keeps the environment that it was published with, `
      + 'and a `new lambda.Version(...)` is published once. Give `currentVersion` of the function, an alias of that, or set '
      + '`callbackUrlEnvironment: false` [ack: cdk-websocket-service:callbackUrlMissing]',
    ]);
  });

  const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:echo';

  test.each<[string, () => lambda.IFunction]>([
    ['a function', () => lambda.Function.fromFunctionArn(stack, 'It', ARN)],
    ['a version', () => lambda.Version.fromVersionArn(stack, 'It', `${ARN}:1`)],
    ['an alias', () => lambda.Alias.fromAliasAttributes(stack, 'It', {
      aliasName: 'live', aliasVersion: lambda.Version.fromVersionArn(stack, 'Version', `${ARN}:1`),
    })],
    ['an alias that is made here, of a version', () => new lambda.Alias(stack, 'It', {
      aliasName: 'live', version: lambda.Version.fromVersionArn(stack, 'Version', `${ARN}:1`),
    })],
  ])('%s that is imported gets none, with a warning', (_kind, target) => {
    // WHEN
    provideCallbackUrls(stack, target(), at(TOKEN_URL));

    // THEN
    expect(warnings(stack)).toEqual([`/Stack: Stack/It ${missing('the function is imported')}`]);
  });
});

describe('several stages', () => {
  const STAGES = { callbackUrl: TOKEN_URL, callbackUrls: { dev: TOKEN_URL, beta: 'https://ws.example.com/beta' } };
  const URLS = `{"dev":"${TOKEN_URL}","beta":"https://ws.example.com/beta"}`;

  test('are in the object with their URLs', () => {
    // WHEN
    provideCallbackUrls(stack, inlineFunction(stack, 'Fn'), STAGES);

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { [CALLBACK_URL_VARIABLE]: stack.resolve(TOKEN_URL), [CALLBACK_URLS_VARIABLE]: stack.resolve(URLS) } },
    });
  });

  test.each<[string, Record<string, string>, string]>([
    ['both variables', { [CALLBACK_URL_VARIABLE]: 'x', [CALLBACK_URLS_VARIABLE]: '{}' },
      'WEBSOCKET_CALLBACK_URL and WEBSOCKET_CALLBACK_URLS that it has, which are not those'],
    ['the object', { [CALLBACK_URLS_VARIABLE]: '{}' }, 'WEBSOCKET_CALLBACK_URLS that it has, which is not that'],
  ])('a function keeps values of its own, with one warning: %s', (_which, environment, names) => {
    // WHEN
    provideCallbackUrls(stack, inlineFunction(stack, 'Fn', { environment }), STAGES);

    // THEN
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: environment } });
    expect(warnings(stack)).toEqual([
      `/Stack: Stack/Fn keeps the ${names} of this service. Take the URL from the event (requestContext.domainName and stage), or set `
      + '`callbackUrlEnvironment: false` [ack: cdk-websocket-service:callbackUrlKept]',
    ]);
  });

  test('are left out where Lambda would refuse the environment, with a warning', () => {
    // GIVEN
    const fn = inlineFunction(stack, 'Fn', { environment: { TEXT: 'x'.repeat(3900) } });

    // WHEN
    provideCallbackUrls(stack, fn, STAGES);

    // THEN
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
    expect(Object.keys(Properties.Environment.Variables)).toEqual(['TEXT', CALLBACK_URL_VARIABLE]);
    expect(warnings(stack)).toEqual([
      '/Stack: Stack/Fn does not get WEBSOCKET_CALLBACK_URLS: its environment would have some 4108 bytes, more than the 4096 that Lambda allows. '
      + 'Shorten the environment, or take the URL from the event (requestContext.domainName and stage) '
      + '[ack: cdk-websocket-service:callbackUrlsLeftOut]',
    ]);
  });

  test.each<[string, object, Record<string, string>, boolean]>([
    ['one address', STAGES, { [CALLBACK_URL_VARIABLE]: 'x' }, true],
    ['both', STAGES, { [CALLBACK_URL_VARIABLE]: 'x', [CALLBACK_URLS_VARIABLE]: '{}' }, false],
    ['none', STAGES, {}, false],
    ['one address of one stage', at(TOKEN_URL), { [CALLBACK_URL_VARIABLE]: 'x' }, false],
  ])('without ours, a function that knows one address is warned of: %s', (_what, addresses, environment, isWarned) => {
    // WHEN
    warnOfOneStage(stack, inlineFunction(stack, 'Fn', { environment }), addresses as typeof STAGES);

    // THEN
    expect(warnings(stack)).toEqual(isWarned ? [
      '/Stack: Stack/Fn serves several stages and has the URL of only one, in WEBSOCKET_CALLBACK_URL: a connection is reachable through its own stage only. '
      + 'Leave out `callbackUrlEnvironment: false`, or set WEBSOCKET_CALLBACK_URLS too [ack: cdk-websocket-service:callbackUrlOfOneStage]',
    ] : []);
  });
});
