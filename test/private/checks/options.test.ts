import { Lazy, Stack } from 'aws-cdk-lib';
import { version } from 'aws-cdk-lib/package.json';
import { Construct } from 'constructs';
import { Checks } from '../../../lib/private/checks/checks';
import { AWS_CDK_LIB_VERSION, StructName, STRUCTS } from '../../../lib/private/option-names';
import { quickStack, warnings } from '../../_helpers/quick-app';

/** The suite runs on the aws-cdk-lib of the table, and once more on a newer one. */
const isNewer = version !== AWS_CDK_LIB_VERSION;

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

const names = (struct: StructName, options: unknown, property = ''): void => new Checks(stack, property).names(struct, options);
const values = (struct: StructName, options: unknown, property = ''): void => new Checks(stack, property).values(struct, options);

describe('names', () => {
  test('known options pass, including those of aws-cdk-lib and undefined ones', () => {
    names('WebsocketServiceRoute', { handler: 'src/a.main', memorySize: 128, requestModel: undefined, bundling: { minify: true }, unknown: undefined });

    expect(warnings(stack)).toEqual([]);
  });

  test.each<[StructName, object, string]>([
    ['WebsocketServiceRoute', { apiKeyRequred: true }, 'apiKeyRequred: true: there is no option `apiKeyRequred`; did you mean `apiKeyRequired`?'],
    ['WebsocketServiceRoute', { api_key_required: true }, 'api_key_required: true: there is no option `api_key_required`; did you mean `apiKeyRequired`?'],
    ['WebsocketServiceRoute', { handlr: 'a.b' }, 'handlr: "a.b": there is no option `handlr`; did you mean `handler`?'],
    ['WebsocketFunctionOptions', { memorysize: 1024 }, 'memorysize: 1024: there is no option `memorysize`; did you mean `memorySize`?'],
    ['WebsocketFunctionOptions', { bundling: { minfy: true } }, 'bundling.minfy: true: there is no option `minfy`; did you mean `minify`?'],
    [
      'WebsocketFunctionOptions', { currentVersionOptions: { retryAttempt: 1 } },
      'currentVersionOptions.retryAttempt: 1: there is no option `retryAttempt`; did you mean `retryAttempts`?',
    ],
    ['WebsocketFunctionOptions', { vpcSubnets: { subnettype: 'x' } }, 'vpcSubnets.subnettype: "x": there is no option `subnettype`; did you mean `subnetType`?'],
    ['WebsocketServiceProps', { throttle: { ratelimit: 5 } }, 'throttle.ratelimit: 5: there is no option `ratelimit`; did you mean `rateLimit`?'],
    ['WebsocketServiceProps', { domain: { mappingkey: 'a' } }, 'domain.mappingkey: "a": there is no option `mappingkey`; did you mean `mappingKey`?'],
    ['WebsocketServiceProps', { accessLog: { retentions: 7 } }, 'accessLog.retentions: 7: there is no option `retentions`; did you mean `retention`?'],
    [
      'WebsocketServiceProps', { additionalStages: { prod: { autodeploy: true } } },
      'additionalStages["prod"].autodeploy: true: there is no option `autodeploy`; did you mean `autoDeploy`?',
    ],
    [
      'WebsocketSqsIntegrationOptions', { responses: [{ key: '$default', responseTemplate: {} }] },
      'responses["$default"].responseTemplate: {}: there is no option `responseTemplate`; did you mean `responseTemplates`?',
    ],
    ['aws-apigatewayv2.UsagePlanProps', { apiStages: [{ stages: 1 }] }, 'apiStages[0].stages: 1: there is no option `stages`; did you mean `stage`?'],
  ])('%s: %j', (struct, options, message) => {
    expect(() => names(struct, options)).toThrow(new Error(`Stack: ${message}`));
  });

  test('all that are misspelt are named at once', () => {
    expect(() => names('WebsocketRouteMap', { routes: { $connect: { apiKeyRequred: true }, say: { timout: 5, memorysize: 1024 } } })).toThrow(new Error(
      'Stack: routes["$connect"].apiKeyRequred: true: there is no option `apiKeyRequred`; did you mean `apiKeyRequired`?\n'
      + 'Stack: routes["say"].timout: 5: there is no option `timout`; did you mean `timeout`?\n'
      + 'Stack: routes["say"].memorysize: 1024: there is no option `memorysize`; did you mean `memorySize`?',
    ));
  });

  test.each<[StructName, object, string]>([
    ['WebsocketServiceProps', { memorySize: 128 }, 'memorySize: 128: there is no option `memorySize`; did you mean `defaults.memorySize`?'],
    ['WebsocketStageOptions', { mappingKey: 'a' }, 'mappingKey: "a": there is no option `mappingKey`; did you mean `domain.mappingKey`?'],
    ['WebsocketModelOptions', { x: 1 }, 'x: 1: there is no option `x`; the options are modelName, description and contentType'],
    ['WebsocketStageOptions', { log: {} }, 'log: {}: there is no option `log`; did you mean `loggingLevel`?'],
  ])('of a struct that is wholly ours: %s, %j', (struct, options, message) => {
    expect(() => names(struct, options)).toThrow(new Error(`Stack: ${message}`));
  });

  test.each<[StructName, object, string]>([
    ['WebsocketServiceRoute', { authorizer: 1 }, 'authorizer: 1 is not an option of a route: an authorizer protects $connect, and thereby every route; '
      + 'give it as `authorizer` of the service'],
    ['WebsocketServiceRoute', { entry: 'a.ts' }, 'entry: "a.ts" is an option of NodejsFunction; name file and export in the `handler` of a route: src/messages.send'],
    ['WebsocketFunctionOptions', { code: 1 }, 'code: 1 is an option of lambda.Function; make the function yourself and give it as `function` of a route'],
    ['WebsocketFunctionOptions', { handler: 'a.b' }, 'handler: "a.b" would be the handler of every function; set `handler` on the routes'],
    ['WebsocketAuthorizerHandlerOptions', { awsSdkConnectionReuse: true }, 'awsSdkConnectionReuse: true is an option of NodejsFunction for AWS SDK v2; '
      + 'leave it out: v3 reuses connections by itself'],
  ])('what belongs elsewhere: %s, %j', (struct, options, message) => {
    expect(() => names(struct, options)).toThrow(new Error(`Stack: ${message}`));
  });

  const UNKNOWN = 'routes["say"].quantumMode: true: there is no option `quantumMode`; the options are those of WebsocketServiceRoute';

  test.each([
    ['minify', true, 'minify: true: there is no option `minify`; did you mean `bundling.minify`?'],
    ['rateLimit', 5, 'rateLimit: 5: there is no option `rateLimit`; did you mean `throttle.rateLimit`?'],
    ['memory', 512, 'memory: 512: there is no option `memory`; did you mean `memorySize`?'],
    ['provisionedConcurrency', 3, 'provisionedConcurrency: 3 is its name in serverless.yml; write `provisionedConcurrentExecutions`, and `alias`'],
  ])('a name that stands for a known one is an error under every aws-cdk-lib: %s', (name, value, message) => {
    expect(() => names('WebsocketRouteMap', { routes: { say: { [name]: value } } })).toThrow(new Error(`Stack: routes["say"].${message}`));
    expect(warnings(stack)).toEqual([]);
  });

  test.each(['constructor', 'toString', '__proto__'])('members of every object are not options: %s', (name) => {
    const message = `there is no option \`${name}\`; the options are those of WebsocketServiceRoute`;
    const check = (): void => names('WebsocketServiceRoute', JSON.parse(`{ "${name}": 1 }`));

    if (!isNewer) return expect(check).toThrow(new Error(`Stack: ${name}: 1: ${message}`));
    check();
    return expect(warnings(stack)).toEqual([expect.stringContaining(message)]);
  });

  test('inherited ones are known and refused as their own are', () => {
    class Known {
      public get memorySize(): number { return 512; }
      public describe(): string { return 'a method'; }
    }
    class Misspelt extends Known {
      public get apiKeyRequred(): boolean { return true; }
    }

    expect(() => names('WebsocketServiceRoute', new Known())).not.toThrow();
    expect(() => names('WebsocketServiceRoute', Object.create({ handler: 'src/a.main' }))).not.toThrow();
    expect(() => names('WebsocketServiceRoute', new Misspelt())).toThrow(new Error(
      'Stack: apiKeyRequred: true: there is no option `apiKeyRequred`; did you mean `apiKeyRequired`?',
    ));
    expect(() => names('WebsocketServiceRoute', Object.create({ memorysize: 5 }))).toThrow(new Error(
      'Stack: memorysize: 5: there is no option `memorysize`; did you mean `memorySize`?',
    ));
  });

  test.each([['quantumMode', UNKNOWN]])('what aws-cdk-lib may have by now: %s', (name, message) => {
    const check = (): void => names('WebsocketRouteMap', { routes: { say: { [name]: true } } });

    if (!isNewer) {
      expect(check).toThrow(new Error(`Stack: ${message}`));
      return;
    }
    check();
    expect(warnings(stack)).toEqual([
      `/Stack: ${message}. It is passed on, since aws-cdk-lib ${version} may have it: the options known here are those of ${AWS_CDK_LIB_VERSION} `
      + '[ack: cdk-websocket-service:unknownOption]',
    ]);
  });

  test('beside a misspelt one nothing is a warning', () => {
    const message = isNewer
      ? 'Stack: timout: 5: there is no option `timout`; did you mean `timeout`?'
      : 'Stack: quantumMode: true: there is no option `quantumMode`; the options are those of WebsocketFunctionOptions\n'
        + 'Stack: timout: 5: there is no option `timout`; did you mean `timeout`?';

    expect(() => names('WebsocketFunctionOptions', { quantumMode: true, timout: 5 })).toThrow(new Error(message));
    expect(warnings(stack)).toEqual([]);
  });

  test.each([
    'src/a.main', 5, null, undefined, ['a'], () => 'a', Lazy.any({ produce: () => ({}) }),
  ])('what is no struct is for others to refuse: %p', (value) => {
    expect(() => names('WebsocketServiceProps', value)).not.toThrow();
    expect(() => names('WebsocketServiceProps', { domain: value, routes: { a: value }, additionalStages: value })).not.toThrow();
  });

  test('a construct is not a struct', () => {
    expect(() => names('WebsocketServiceProps', { domain: new Construct(stack, 'Other') })).not.toThrow();
  });

  test('names that every object has are none of these', () => {
    expect(() => names('WebsocketModelOptions', { constructor: 1 })).toThrow('constructor: 1: there is no option `constructor`; ');
    expect(() => names('WebsocketModelOptions', JSON.parse('{ "__proto__": 1 }'))).toThrow('there is no option `__proto__`; ');
  });
});

describe('values', () => {
  test.each<[object, string]>([
    [{ environment: { N: 5 } }, 'environment.N: 5 is not a string; write "5"'],
    [{ environment: { N: true } }, 'environment.N: true is not a string; write "true"'],
    [{ environment: { N: null } }, 'environment.N: null is not a string; use a string, or leave it out'],
    [{ environment: { N: undefined } }, 'environment.N: (not set) is not a string; use a string, or leave it out'],
    [{ environment: { N: { a: 1 } } }, 'environment.N: { a } is not a string; use a string, or leave it out'],
    [{ environment: { 'a-b': ['x'] } }, 'environment["a-b"]: ["x"] is not a string; use a string, or leave it out'],
    [{ memorySize: '512' }, 'memorySize: "512" is not a number; write 512'],
    [{ memorySize: '1 GB' }, 'memorySize: "1 GB" is not a number; use a number, or leave it out'],
    [{ profiling: 'yes' }, 'profiling: "yes" is not a boolean; use true or false'],
    [{ bundling: { externalModules: ['pg', 5] } }, 'bundling.externalModules[1]: 5 is not a string; write "5"'],
    [{ bundling: { define: { VERSION: 3 } } }, 'bundling.define["VERSION"]: 3 is not a string; write "3"'],
    [{ bundling: { environment: { CI: 1 } } }, 'bundling.environment.CI: 1 is not a string; write "1"'],
    [{ bundling: true }, 'bundling: true is not an object; write { name: value }'],
    [{ environment: ['A=1'] }, 'environment: ["A=1"] is not an object; write { name: value }'],
    [{ environment: new Map([['A', 'b']]) }, 'environment: Map {} is not an object; write { name: value }'],
    [{ vpc: 'vpc-1' }, 'vpc: "vpc-1" is not an IVpc; give an object of that type, not its name, ARN or number'],
    [{ ephemeralStorageSize: 512 }, 'ephemeralStorageSize: 512 is not a Size; give an object of that type, not its name, ARN or number'],
    [{ role: null }, 'role: null is not an IRole; leave it out'],
    [{ layers: ['arn'] }, 'layers[0]: "arn" is not an ILayerVersion; give an object of that type, not its name, ARN or number'],
    [{ tracing: 'active' }, 'tracing: "active" is not "Active", "PassThrough" or "Disabled"; did you mean "Active"?'],
    [{ tracing: true }, 'tracing: true is not "Active", "PassThrough" or "Disabled"; use a member of the enum'],
    [{ bundling: { format: 'ESM' } }, 'bundling.format: "ESM" is not "cjs" or "esm"; did you mean "esm"?'],
    [{ layers: 'arn' }, 'layers: "arn" is not a list; put it into brackets: [value]'],
  ])('%j', (options, message) => {
    expect(() => values('WebsocketFunctionOptions', options)).toThrow(new Error(`Stack: ${message}`));
  });

  test('are reported with their paths, all at once', () => {
    expect(() => values('WebsocketServiceProps', { routes: { say: { environment: { N: 5, M: 6 } } }, defaults: { environment: { N: false } } })).toThrow(
      new Error(
        'Stack: routes["say"].environment.N: 5 is not a string; write "5"\n'
        + 'Stack: routes["say"].environment.M: 6 is not a string; write "6"\n'
        + 'Stack: defaults.environment.N: false is not a string; write "false"',
      ),
    );
  });

  test('that break the checks of other options are reported first', () => {
    const shapes = (options: object): void => new Checks(stack).shapes('WebsocketMockIntegrationOptions', options);

    expect(() => shapes({ responses: { key: '$default' } })).toThrow(new Error('Stack: responses: { key } is not a list; put it into brackets: [value]'));
    expect(() => shapes({ responses: ['$default'] })).toThrow(new Error('Stack: responses[0]: "$default" is not an object; write { name: value }'));
    expect(() => shapes({ statusCode: '200', requestTemplates: { a: 5 } })).not.toThrow();
  });

  test('objects of any class pass for a class or an interface, and values of enums', () => {
    class Role {}

    expect(() => values('WebsocketFunctionOptions', {
      role: new Role(), layers: [{ layerVersionArn: 'arn' }], tracing: 'Active', bundling: { format: 'esm' }, ephemeralStorageSize: Object.create(null),
    })).not.toThrow();
  });

  test('a value of an enum that only a newer aws-cdk-lib has passes under that', () => {
    const check = (): void => values('WebsocketFunctionOptions', { tracing: 'Quantum' });

    if (isNewer) expect(check).not.toThrow();
    else expect(check).toThrow(new Error('Stack: tracing: "Quantum" is not "Active", "PassThrough" or "Disabled"; use a member of the enum'));
  });

  test('tokens pass', () => {
    const text = { resolve: () => 'x', creationStack: [], toString: () => 'x' };

    expect(() => values('WebsocketFunctionOptions', {
      environment: { A: Lazy.string({ produce: () => 'a' }), B: text },
      memorySize: Lazy.number({ produce: () => 128 }),
      profiling: text,
      bundling: { externalModules: Lazy.list({ produce: () => ['a'] }) },
    })).not.toThrow();
  });
});

test('every struct that an option holds, and every base, is in the table', () => {
  const held = Object.values(STRUCTS).flatMap((struct: { bases?: string[]; options: Record<string, string> }) => [
    ...struct.bases ?? [], ...Object.values(struct.options).map((holds) => holds.replace(/(\[\]|\{\})+$/, '')),
  ]);

  expect(held.filter((name) => !['', 'string', 'number', 'boolean'].includes(name) && !/^[@=]/.test(name) && !(name in STRUCTS))).toEqual([]);
  expect(held).toEqual(expect.arrayContaining(['aws-lambda.FunctionOptions', 'aws-lambda-nodejs.BundlingOptions', 'WebsocketServiceRoute']));
});
