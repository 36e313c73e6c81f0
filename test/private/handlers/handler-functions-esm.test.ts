import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { App } from 'aws-cdk-lib';
import { BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { mergeSettings } from '../../../lib/private/handlers/function-settings';
import { HandlerFunctions } from '../../../lib/private/handlers/handler-functions';
import { AppFolder } from '../../_helpers/app-folder';
import { bundleOf } from '../../_helpers/quick-app';
import { handlerApp, hooks, use } from '../_helpers/handler-app';

const FILES = {
  'package-lock.json': '{}',
  'src/sdk.ts': [
    "import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';",
    "export const run = async () => typeof new ApiGatewayManagementApiClient({ region: 'eu-west-1' }).send;",
  ].join('\n'),
  'src/ws.ts': "import { WebSocketServer } from 'ws';\nexport const run = async () => typeof WebSocketServer;\n",
  'src/legacy.cjs': [
    "const { sep } = require('path');",
    "exports.run = async () => [__dirname === require('node:path').dirname(__filename), typeof require.resolve, require('./data.json'), sep];",
  ].join('\n'),
  'src/imports.ts': "import { run as legacy } from './legacy.cjs';\nexport const run = () => legacy();\n",
  'src/data.json': '{"a":1}',
  'src/own.ts': [
    "import { createRequire } from 'node:module';",
    "import { fileURLToPath } from 'node:url';",
    "import * as path from 'node:path';",
    'const require = createRequire(import.meta.url);',
    'const __filename = fileURLToPath(import.meta.url);',
    'const __dirname = path.dirname(__filename);',
    "export const run = async () => [require('node:os').EOL, path.basename(__filename), __dirname === import.meta.dirname];",
  ].join('\n'),
  'src/plain.ts': "const text = await Promise.resolve('plain');\nexport const run = async () => text;\n",
  'src/place.ts': "export const run = async () => new Error('here').stack!.split('\\n')[1].replace(/^.*[/\\\\]/, '');\n",
  // A file, since `node -e` has a global `require`.
  'load.mjs': [
    "import { pathToFileURL } from 'node:url';",
    'const { run } = await import(pathToFileURL(process.argv[2]));',
    'console.log(JSON.stringify(await run({})));',
  ].join('\n'),
};

let folder: AppFolder;
let app: App;
let functions: HandlerFunctions;

beforeAll(() => {
  folder = new AppFolder(FILES);
  fs.symlinkSync(path.resolve(__dirname, '../../../node_modules'), 'node_modules');
});
afterAll(() => folder.leave());
beforeEach(() => { ({ app, functions } = handlerApp()); });

/** What the handler answers where Node.js loads nothing but its bundle. */
function answer(handler: string, bundling: BundlingOptions = {}): unknown {
  const used = use('x', handler, { bundling: { format: OutputFormat.ESM, ...bundling } });
  functions.add([used]);
  const files = bundleOf(app.synth(), functions.get(used.handler));
  folder.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`loaded/${name}`, text])));
  const main = Object.keys(files).find((name) => /^index\.m?js$/.test(name))!;
  return JSON.parse(execFileSync(process.execPath, ['--enable-source-maps', 'load.mjs', `loaded/${main}`], { encoding: 'utf8' }));
}

const OWN_REQUIRE = "import { createRequire } from 'module'; const require = createRequire(import.meta.url);";
const OWN_NAMES = [
  "import { createRequire as topLevelCreateRequire } from 'module'; import url from 'url';",
  'const require = topLevelCreateRequire(import.meta.url);',
  "const __filename = url.fileURLToPath(import.meta.url); const __dirname = url.fileURLToPath(new URL('.', import.meta.url)).slice(0, -1);",
].join('\n');
const LEGACY = [true, 'function', { a: 1 }, '/'];

describe('an ES module loads', () => {
  test.each<[string, string, BundlingOptions, unknown]>([
    ['with the AWS SDK in it', 'src/sdk.run', { bundleAwsSDK: true }, 'function'],
    ['with the AWS SDK in it, since nothing is left out', 'src/sdk.run', { externalModules: [], minify: false }, 'function'],
    ['with ws in it', 'src/ws.run', {}, 'function'],
    ['with CommonJS that requires, and knows its place', 'src/legacy.run', {}, LEGACY],
    ['under a licence', 'src/legacy.run', { banner: '/*! licence */', minify: false }, LEGACY],
    ['with a banner that declares `require`', 'src/legacy.run', { banner: OWN_REQUIRE }, LEGACY],
    ['with a banner that declares all three names', 'src/legacy.run', { banner: OWN_NAMES }, LEGACY],
    ['with a banner that only uses `require`', 'src/legacy.run', { banner: "globalThis.os = typeof require === 'function' && require('os');" }, LEGACY],
    ['with a banner in esbuildArgs', 'src/legacy.run', { esbuildArgs: { '--banner:js': OWN_REQUIRE } }, LEGACY],
    ['with a banner in the name of an argument', 'src/legacy.run', { esbuildArgs: { '--banner:js=/* mine */': true } }, LEGACY],
    ['with a banner in a list of an argument', 'src/legacy.run',
      { esbuildArgs: { '--banner': [`js=${OWN_REQUIRE}`] } } as unknown as BundlingOptions, LEGACY],
    ['with code that makes these names itself', 'src/own.run', { minify: false }, ['\n', 'index.mjs', true]],
    ['without any CommonJS, and awaits', 'src/plain.run', {}, 'plain'],
    ['where NodejsFunction bundles', 'src/imports.run', { commandHooks: hooks('true') }, LEGACY],
    ['where NodejsFunction bundles, with a banner', 'src/imports.run', { commandHooks: hooks('true'), banner: OWN_NAMES }, LEGACY],
    ['where NodejsFunction bundles, with a banner in esbuildArgs', 'src/imports.run',
      { commandHooks: hooks('true'), esbuildArgs: { '--banner:js': OWN_REQUIRE } }, LEGACY],
  ])('%s', (_, handler, bundling, expected) => {
    expect(answer(handler, bundling)).toEqual(expected);
  });

  test('and a source map that counts the banner', () => {
    expect(answer('src/place.run', { sourceMap: true, banner: '// two\n// lines' })).toBe('place.ts:1:32)');
  });
});

describe('CommonJS in a service of ES modules', () => {
  const MODULES: BundlingOptions = { format: OutputFormat.ESM, banner: OWN_REQUIRE, footer: 'export {};', mainFields: ['module', 'main'] };

  test('inherits neither our banner nor that of modules', () => {
    const { bundling } = mergeSettings({ bundling: MODULES }, { bundling: { format: OutputFormat.CJS } });

    expect(bundling).toEqual({ format: OutputFormat.CJS, mainFields: ['module', 'main'] });
    expect(answer('src/legacy.run', bundling)).toEqual(LEGACY);
  });
});
