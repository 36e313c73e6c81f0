import { Duration } from 'aws-cdk-lib';
import { IEventSource, Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions, OutputFormat, SourceMapMode } from 'aws-cdk-lib/aws-lambda-nodejs';
import { differences, functionSettings, mergeSettings } from '../../../lib/private/handlers/function-settings';

describe('functionSettings', () => {
  test('leaves out the keys that are none', () => {
    const options = { handler: 'src/a.main', returnResponse: true, memorySize: 256, environment: { A: '1' } };

    expect(functionSettings('WebsocketServiceRoute', options)).toStrictEqual({ memorySize: 256, environment: { A: '1' } });
  });

  test('keeps what only a newer aws-cdk-lib has', () => {
    expect(functionSettings('WebsocketAuthorizerHandlerOptions', { newOption: 1, identitySource: [] })).toStrictEqual({ newOption: 1 });
  });

  test('leaves out what is undefined, and keeps false and zero', () => {
    const options = { memorySize: undefined, reservedConcurrentExecutions: 0, allowPublicSubnet: false };

    expect(functionSettings('WebsocketServiceRoute', options)).toStrictEqual({ reservedConcurrentExecutions: 0, allowPublicSubnet: false });
  });
});

describe('mergeSettings', () => {
  test('what a route sets wins over the defaults', () => {
    const merged = mergeSettings({ memorySize: 128, description: 'all' }, { memorySize: 512, timeout: Duration.seconds(5) });

    expect(merged).toEqual({ memorySize: 512, description: 'all', timeout: Duration.seconds(5) });
  });

  test('undefined does not win over a default', () => {
    const merged = mergeSettings(
      { runtime: Runtime.NODEJS_22_X, environment: { A: '1' }, bundling: { minify: false } },
      { runtime: undefined, environment: undefined, bundling: { minify: undefined } },
    );

    expect(merged).toEqual({ runtime: Runtime.NODEJS_22_X, environment: { A: '1' }, bundling: { minify: false } });
  });

  test('false and zero win over a default', () => {
    const merged = mergeSettings(
      { reservedConcurrentExecutions: 5, bundling: { minify: true } },
      { reservedConcurrentExecutions: 0, bundling: { minify: false } },
    );

    expect(merged).toEqual({ reservedConcurrentExecutions: 0, bundling: { minify: false } });
  });

  test('environments merge by key', () => {
    const merged = mergeSettings({ environment: { A: '1', B: '1' } }, { environment: { B: '2', C: '2' } });

    expect(merged).toEqual({ environment: { A: '1', B: '2', C: '2' } });
  });

  test('bundling options merge by key, and a list in them is one value', () => {
    const merged = mergeSettings(
      { bundling: { sourceMap: true, externalModules: ['pg'] } },
      { bundling: { externalModules: ['mysql'], minify: false } },
    );

    expect(merged).toEqual({ bundling: { sourceMap: true, externalModules: ['mysql'], minify: false } });
  });

  test.each<[string, BundlingOptions, BundlingOptions, BundlingOptions]>([
    ['sourceMap alone', { sourceMapMode: SourceMapMode.INLINE }, { sourceMap: false }, { sourceMap: false }],
    ['sourceMapMode alone', { sourceMap: false }, { sourceMapMode: SourceMapMode.EXTERNAL }, { sourceMapMode: SourceMapMode.EXTERNAL }],
    [
      'neither', { sourceMap: true, sourceMapMode: SourceMapMode.INLINE }, { sourceMap: undefined, sourceMapMode: undefined },
      { sourceMap: true, sourceMapMode: SourceMapMode.INLINE },
    ],
  ])('sourceMap and sourceMapMode are one setting: a route that sets %s', (_which, defaults, own, merged) => {
    expect(mergeSettings({ bundling: { ...defaults, minify: false } }, { bundling: own }).bundling).toStrictEqual({ ...merged, minify: false });
  });

  test('a route without bundling options has the source map of the defaults', () => {
    expect(mergeSettings({ bundling: { sourceMap: true } }, {})).toStrictEqual({ bundling: { sourceMap: true } });
  });

  test('other lists are one value', () => {
    const source = (): IEventSource => ({ bind: () => undefined });
    const [first, second] = [source(), source()];

    expect(mergeSettings({ events: [first] }, { events: [second] }).events).toEqual([second]);
  });

  test('neither input changes', () => {
    const defaults = { environment: { A: '1' } };
    const own = { environment: { B: '2' } };

    mergeSettings(defaults, own);

    expect([defaults, own]).toEqual([{ environment: { A: '1' } }, { environment: { B: '2' } }]);
  });

  test('an empty environment equals no environment', () => {
    expect(differences(mergeSettings({ environment: {} }, {}), mergeSettings({}, {}))).toEqual([]);
  });
});

describe('differences', () => {
  test('names each setting in which the two differ, whichever of them has it', () => {
    const left = { memorySize: 128, description: 'left', timeout: Duration.minutes(1) };
    const right = { memorySize: 256, functionName: 'right', timeout: Duration.seconds(60) };

    expect(differences(left, right)).toEqual(['memorySize', 'description', 'functionName']);
  });

  test('none for the same values', () => {
    const settings = (): object => ({ runtime: Runtime.NODEJS_24_X, environment: { A: '1' }, bundling: { externalModules: ['pg'] } });

    expect(differences(settings(), settings())).toEqual([]);
  });
});

test.each<[string, BundlingOptions, BundlingOptions, BundlingOptions]>([
  ['module code in a banner', { banner: "import 'a';" }, { format: OutputFormat.CJS }, {}],
  ['module code in esbuildArgs', { esbuildArgs: { '--banner:js': "import 'a';", '--drop': 'console' } }, { format: OutputFormat.CJS },
    { esbuildArgs: { '--drop': 'console' } }],
  ['a licence, which it does inherit', { banner: '/* licence */', footer: '/* end */' }, { format: OutputFormat.CJS },
    { banner: '/* licence */', footer: '/* end */' }],
  ['its own banner', { banner: "import 'a';" }, { format: OutputFormat.CJS, banner: '/* b */' }, { banner: '/* b */' }],
])('a CommonJS route in a service of ES modules: %s', (_, defaults, own, expected) => {
  const merged = mergeSettings({ bundling: { format: OutputFormat.ESM, ...defaults } }, { bundling: own });

  expect(merged.bundling).toEqual({ format: OutputFormat.CJS, ...expected });
});

test('a route that is an ES module as the service inherits its banner', () => {
  const merged = mergeSettings({ bundling: { format: OutputFormat.ESM, banner: "import 'a';" } }, { bundling: { format: OutputFormat.ESM } });

  expect(merged.bundling).toEqual({ format: OutputFormat.ESM, banner: "import 'a';" });
});
