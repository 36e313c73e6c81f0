import { awscdk, javascript, JsonFile, typescript } from 'projen';
import { importWalls } from './projenrc/import-walls';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-websocket-service',
  description: 'WebSocket backends on AWS as a route map: API Gateway, functions, stage and grants in one CDK construct',
  author: 'cdk-websocket-service contributors',
  authorAddress: 'maintainers@cdk-websocket-service.dev',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-websocket-service/cdk-websocket-service.git',
  defaultReleaseBranch: 'main',
  license: 'Apache-2.0',
  copyrightOwner: 'cdk-websocket-service contributors',
  keywords: ['websocket', 'apigateway', 'lambda', 'serverless'],

  packageManager: javascript.NodePackageManager.NPM,
  minNodeVersion: '20.16.0',
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3', // one copy, that of jsii
  runner: typescript.TypeScriptRunner.tsx(),
  projenrcTs: true,
  projenVersion: '0.103.25',
  allowScripts: ['esbuild'],

  // Sources are compiled in place.
  srcdir: 'lib',
  libdir: 'lib',
  testdir: 'test',
  sampleCode: false,
  lambdaAutoDiscover: false,
  edgeLambdaAutoDiscover: false,
  singletonLambdaAutoDiscover: false,
  lambdaExtensionAutoDiscover: false,
  integrationTestAutoDiscover: false,

  // The lowest supported version is the one to develop against: its assemblies are also the newest that integ-runner reads.
  cdkVersion: '2.257.0',
  constructsVersion: '10.6.0',
  cdkCliVersion: '2.1148.1', // not 3.0.0: that one reads older assemblies only

  publishToPypi: { distName: 'cdk-websocket-service', module: 'cdk_websocket_service' },
  publishToMaven: {
    javaPackage: 'dev.cdkwebsocketservice',
    mavenGroupId: 'dev.cdkwebsocketservice',
    mavenArtifactId: 'cdk-websocket-service',
  },
  publishToNuget: { dotNetNamespace: 'CdkWebsocketService', packageId: 'CdkWebsocketService' },
  publishToGo: { moduleName: 'github.com/cdk-websocket-service/cdk-websocket-service-go' },

  bin: { 'cdk-websocket-service': 'bin/cdk-websocket-service' },
  // For lib/local, ajv for the schemas of models, and yaml for serverless.yml.
  bundledDeps: [
    'ajv@^8.20.0',
    'ajv-draft-04@^1.0.0',
    'chokidar@^4.0.3',
    'node-forge@^1.4.3',
    'velocityjs@2.1.7',
    'ws@^8.23.0',
    'yaml@^2.9.1',
  ],
  devDeps: [
    '@aws-cdk/cloudformation-diff@2.187.5', // judges what an update replaces, in tests
    '@aws-cdk/integ-runner@2.197.10',
    '@aws-cdk/integ-tests-alpha@2.245.0-alpha.0',
    '@aws-sdk/client-api-gateway@^3',
    '@aws-sdk/client-apigatewaymanagementapi@^3',
    '@aws-sdk/client-dynamodb@^3',
    '@aws-sdk/client-iam@^3',
    '@aws-sdk/client-lambda@^3',
    '@aws-sdk/lib-dynamodb@^3',
    '@smithy/signature-v4@^5', // what the runtime's signatures are compared with
    '@types/aws-lambda@^8',
    '@types/jsonwebtoken@^9',
    '@types/node-forge@^1',
    '@types/ws@^8',
    'aws-cdk@2.1148.1',
    'aws-jwt-verify@^5', // bundled into lib/lambda/jwt-authorizer.bundle.js
    'aws-cdk-lib-newest@npm:aws-cdk-lib@2.276.0',
    'cdk-nag@3.0.2',
    'fast-check@^4',
    'jest-runtime@^30', // test/_jest/runtime.js extends it
    'jsonwebtoken@^9',
    'dynoxide-of-this-platform@file:test/dynoxide',
    // Libraries that apps use beside the runtime and the client, and what checks pages and documents.
    '@asyncapi/parser@^3',
    '@types/react@^19',
    '@types/react-dom@^19',
    'axe-core@^4',
    'crossws@^0.4',
    'partysocket@^1', // what bench/client.ts compares the client with
    'react@^19',
    'react-dom@^19',
    '@aws-lambda-powertools/logger@^2',
    '@middy/core@^7',
    'arktype@^2',
    'valibot@^1',
    'zod@^4',
    'oxlint@^1',
    'oxlint-tsgolint@^7',
    'playwright-core@^1',
    'preact@^10', // bundled into the page of the gateway
    'typescript7@npm:typescript@^7', // checks the types of everything in a tenth of the time; jsii and eslint have 6
    'wscat@^6',
  ],

  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    junitReporting: false,
    passWithNoTests: false,
    jestConfig: {
      // Else jest runs compiled files that may be old.
      moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'jsx', 'json', 'node'],
      testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/examples/**/*.test.ts'],
      snapshotSerializers: ['<rootDir>/test/_helpers/asset-hash-serializer.ts'],
      globalSetup: '<rootDir>/test/_jest/global-setup.ts',
      globalTeardown: '<rootDir>/test/_jest/global-teardown.ts',
      cacheDirectory: '<rootDir>/node_modules/.cache/jest',
      additionalOptions: { runtime: '<rootDir>/test/_jest/runtime.js' },
      moduleNameMapper: {
        '^cdk-websocket-service$': '<rootDir>/lib/index.ts',
        '^cdk-websocket-service/local$': '<rootDir>/lib/local/index.ts',
        '^cdk-websocket-service/runtime$': '<rootDir>/lib/runtime/index.ts',
        '^cdk-websocket-service/client$': '<rootDir>/lib/client/index.ts',
      },
      // These need more than Node.js and npm: `npm run test:all` runs them.
      testPathIgnorePatterns: ['/node_modules/', '/test/tools/'],
      collectCoverage: false,
      // Bundling and synthesis are not instant on a busy machine.
      // Bundling, synthesis and browsers are not instant on a busy machine.
      testTimeout: 240_000,
    },
  },
  eslint: true,
  eslintOptions: {
    dirs: ['lib', 'bin'],
    devdirs: ['test', 'integ', 'examples', 'bench', 'page', 'projenrc'],
    fileExtensions: ['.ts', '.tsx', '.mts'],
    ignorePatterns: ['*.js', '*.mjs', '*.d.ts', '*.d.mts', 'node_modules/', '*.snapshot', 'cdk.out'],
    commandOptions: { fix: false, extraArgs: ['--max-warnings=0', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '--cache-strategy', 'content'] },
  },
  typecheckTests: true,
  npmignoreEnabled: false,

  github: false,
  release: false,
  depsUpgrade: false,
  buildWorkflow: false,
});

// esbuild compiles the tests; their types are checked in one go.
project.deps.removeDependency('ts-jest');
Object.assign(project.jest!.config, { transform: { '\\.ts$': '<rootDir>/test/_jest/transform.js' } });

// Users get esbuild without asking; those who have their own keep it.
project.package.addField('optionalDependencies', { esbuild: '^0.28.0' });
// Not all platform packages of unrs-resolver 1.13.0 are published: `npm ci` would fail.
project.package.addPackageResolutions('unrs-resolver@1.12.2');
project.npmrc.addConfig('omit-lockfile-registry-resolved', 'true');
project.package.addField('exports', {
  '.': { types: './lib/index.d.ts', default: './lib/index.js' },
  './local': { types: './lib/local/index.d.ts', default: './lib/local/index.js' },
  './runtime': {
    import: { types: './lib/runtime/index.d.mts', default: './lib/runtime/index.mjs' },
    require: { types: './lib/runtime/index.d.ts', default: './lib/runtime/index.js' },
  },
  './client': {
    import: { types: './lib/client/index.d.mts', default: './lib/client/index.mjs' },
    require: { types: './lib/client/index.d.ts', default: './lib/client/index.js' },
  },
  './.jsii': './.jsii',
  './package.json': './package.json',
});

// Bundlers drop what a handler does not use of the runtime.
project.package.addField('sideEffects', false);

// No report of who installs what the parser of AsyncAPI depends on.
project.package.addField('scarfSettings', { enabled: false });

// TypeScript's older module resolution does not read "exports".
project.package.addField('typesVersions', {
  '*': { local: ['lib/local/index.d.ts'], runtime: ['lib/runtime/index.d.ts'], client: ['lib/client/index.d.ts'] },
});

// The construct and the gateway are bundled; what runs in a process or a function of its own lies beside them.
const COMPILED = [
  'lib/index.js', 'lib/local/index.js', 'lib/local/cli.js',
  'lib/runtime/index.js', 'lib/runtime/*.mjs', 'lib/client/index.js', 'lib/client/index.mjs', 'lib/lambda/*.bundle.js', 'lib/private/bundling/build-runner.js',
  'lib/local/functions/runtime/node.js', 'lib/local/functions/runtime/node-network.js', 'lib/local/functions/runtime/*.py',
  'lib/local/page/*',
];

// The published package: compiled code and its documents.
project.package.addField('files', [
  ...COMPILED, 'lib/**/*.d.ts', 'lib/runtime/index.d.mts', 'lib/client/index.d.mts', '!lib/lambda/**/*.d.ts', 'bin', '.jsii', 'API.md', 'README.md', 'LICENSE',
  // README and the docs link to them, and editors and agents read them in node_modules.
  'docs', 'examples', 'ARCHITECTURE.md', 'CONTRIBUTING.md', '!docs/images', '!examples/**/cdk.out', '!examples/tsconfig*.json',
]);

// For the newest aws-cdk-lib, with all that runs it.
new JsonFile(project, 'jest.newest.config.json', {
  marker: false,
  obj: () => ({
    ...project.jest?.config,
    moduleNameMapper: {
      ...project.jest?.config.moduleNameMapper,
      '^aws-cdk-lib(/.*)?$': 'aws-cdk-lib-newest$1',
    },
    testPathIgnorePatterns: [
      ...project.jest?.config.testPathIgnorePatterns ?? [], '/test/local/(?!assembly/|gateway)', '/test/(_helpers|client|lambda|page)/', '/test/(demo|docs|package|fidelity|node-test)',
    ],
  }),
});

project.gitignore.exclude('/lib/local/page/', '/lib/**/*.mjs', '/lib/**/*.d.mts', '/cdk.out/', '__pycache__/', '/.npmignore', '.jsii.tabl.json', '/examples/*/cdk.out/', 'cdk-integ.out.*', '!/integ/**/*.snapshot/**/*.js');

for (const folder of ['integ', 'examples', 'bench']) {
  new javascript.TypescriptConfig(project, {
    fileName: `${folder}/tsconfig.json`,
    extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([project.tsconfig!]),
    include: ['**/*.ts'],
    exclude: ['**/cdk.out', '**/*.snapshot', '*/page'],
    compilerOptions: { noEmit: true, rootDir: '..', isolatedModules: true },
  });
}

// What the gateway serves at `/_ws`, for browsers.
new javascript.TypescriptConfig(project, {
  fileName: 'page/tsconfig.json',
  extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([project.tsconfig!]),
  include: ['**/*.ts', '**/*.tsx'],
  compilerOptions: {
    noEmit: true,
    rootDir: '..',
    isolatedModules: true,
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: ['node'], // an `import type` from lib/local leads there
    module: 'preserve',
    moduleResolution: javascript.TypeScriptModuleResolution.BUNDLER,
    jsx: javascript.TypeScriptJsxMode.REACT_JSX,
    jsxImportSource: 'preact',
  },
});

// The pages and ES modules of examples, with the library as it is in its sources.
new javascript.TypescriptConfig(project, {
  fileName: 'examples/tsconfig.page.json',
  extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([project.tsconfig!]),
  include: ['*/page/*.ts', 'react/*.tsx', 'crossws/src/*.mts'],
  compilerOptions: {
    noEmit: true,
    rootDir: '..',
    isolatedModules: true,
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: ['node'], // the handlers, whose types pages take, are code for Node.js
    module: 'preserve',
    moduleResolution: javascript.TypeScriptModuleResolution.BUNDLER,
    jsx: javascript.TypeScriptJsxMode.REACT_JSX,
    paths: { 'cdk-websocket-service/client': ['../lib/client/index.ts'], 'cdk-websocket-service/runtime': ['../lib/runtime/index.ts'] },
  },
});

// All there is in one program, with the library as it is in its sources: needs no compiled one.
new javascript.TypescriptConfig(project, {
  fileName: 'tsconfig.check.json',
  extends: javascript.TypescriptConfigExtends.fromTypescriptConfigs([project.tsconfig!]),
  include: ['lib', 'test', 'integ', 'examples', 'bench', 'projenrc'].map((folder) => `${folder}/**/*.ts`).concat('.projenrc.ts'),
  exclude: ['node_modules', '**/cdk.out', '**/*.snapshot', 'lib/**/*.d.ts', 'examples/*/page'],
  compilerOptions: {
    noEmit: true,
    rootDir: '.',
    isolatedModules: true,
    paths: {
      'cdk-websocket-service': ['./lib/index.ts'],
      'cdk-websocket-service/local': ['./lib/local/index.ts'],
      'cdk-websocket-service/runtime': ['./lib/runtime/index.ts'],
      'cdk-websocket-service/client': ['./lib/client/index.ts'],
    },
  },
});
const types = project.addTask('types', {
  description: 'Check the types of everything',
  steps: ['tsconfig.check.json', 'page/tsconfig.json', 'examples/tsconfig.page.json'].map((file) => ({ exec: `node node_modules/typescript7/bin/tsc -p ${file}` })),
});

// The two rules that need types are oxlint's: eslint takes a minute for them.
for (const rule of ['no-floating-promises', 'return-await']) project.eslint!.rules[`@typescript-eslint/${rule}`] = ['off'];
project.tryFindObjectFile('.eslintrc.json')!.addDeletionOverride('parserOptions.projectService');
new JsonFile(project, '.oxlintrc.json', {
  marker: false,
  obj: {
    plugins: ['typescript'],
    categories: { correctness: 'off' },
    rules: { 'typescript/no-floating-promises': 'error', 'typescript/return-await': 'error' },
    ignorePatterns: ['*.js', '*.mjs', '*.d.ts', '*.d.mts', '**/*.snapshot', '**/cdk.out'],
  },
});
const lint = project.addTask('lint', {
  description: 'Run eslint, and oxlint for the rules that need types',
  receiveArgs: true,
  steps: [{ spawn: 'eslint', receiveArgs: true }, { exec: 'oxlint --type-aware --tsconfig tsconfig.check.json lib test integ examples bench projenrc .projenrc.ts' },
    { exec: 'oxlint --type-aware --tsconfig page/tsconfig.json page' },
    { exec: 'oxlint --type-aware --tsconfig examples/tsconfig.page.json examples/*/page examples/react examples/crossws/src' }],
});

for (const wall of importWalls) project.eslint?.addOverride(wall);
project.eslint?.addOverride({ files: ['lib/**/*.ts'], rules: { '@stylistic/max-len': ['error', { code: 140, ignoreUrls: true }] } });
project.eslint?.addRules({
  '@typescript-eslint/no-explicit-any': ['error'],
  'import/order': ['warn', {
    groups: ['builtin', 'external'],
    alphabetize: { order: 'asc', caseInsensitive: true },
    // Examples import the library by its name, as its users do.
    pathGroups: [{ pattern: 'cdk-websocket-service{,/**}', group: 'external' }],
    pathGroupsExcludedImportTypes: ['builtin'],
  }],
});

// Without --add-deprecation-warnings: aws-cdk-lib itself warns of what is deprecated in it, and what that flag puts before every public
// method fails for a value of another type (`routes: { say: 'src/say.handler' }`) with a TypeError that says nothing.
project.compileTask.reset('jsii --silence-warnings=reserved-word');
// Construct and gateway have many small files: in one they load in half the time. The construct is bundled from what jsii compiled, since
// jsii adds to the classes.
const BUNDLE = '--bundle --packages=external --platform=node --target=node20 --allow-overwrite --log-level=warning';
project.compileTask.exec(`esbuild lib/index.js --outdir=lib --resolve-extensions=.js ${BUNDLE}`);
project.compileTask.exec(`esbuild lib/local/cli.js lib/local/index.js --outdir=lib/local ${BUNDLE}`);
// Node.js preloads the second, and the first must find it there.
project.compileTask.exec('esbuild lib/local/functions/runtime/node.ts lib/local/functions/runtime/node-network.ts --outdir=lib/local/functions/runtime'
  + ` --external:./node-network ${BUNDLE}`);

// jsii-docgen orders the types by their kind.
project.tasks.tryFind('docgen')!.exec('tsx projenrc/api-index.ts');

// The names of all options that there are, which is how misspelt ones are found.
project.addTask('option-names', {
  description: 'Write lib/private/option-names.ts anew, after an option came or went',
  steps: [{ exec: 'tsx projenrc/option-names.ts' }],
});

// The runtime of handlers and the client, as ES modules and for `require`.
project.compileTask.exec('tsx projenrc/module-bundles.ts');

// What the gateway serves at `/_ws`.
project.compileTask.exec('tsx projenrc/page-bundle.ts');

// The Lambda functions of the library, each in one file with what it needs.
project.compileTask.exec('tsx projenrc/lambda-bundles.ts');

// Tests read the same source: a rule or a message is changed there.
project.addTask('reference', {
  description: 'Write the tables of docs/errors.md and docs/fidelity.md from test/reference',
  steps: [{ exec: 'tsx projenrc/reference.ts' }],
});

const quickly = project.addTask('compile:quick', {
  description: 'Compile the JavaScript alone, in two seconds: enough for the command, the demo and the tests',
  steps: [{ exec: 'tsx projenrc/quick-compile.ts' }],
});

// The build packs for npm; `npx projen package-all` for all languages needs their toolchains.
project.packageTask.reset();
project.packageTask.spawn(project.tasks.tryFind('package:js')!);

// As the other packages, and a dict in a map becomes the struct that it stands for.
project.tasks.tryFind('package:python')!.reset('tsx projenrc/package-python.ts');

// jsii works on Node.js 20, and says at every start that it is past its end of life.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// Its cache, in the temporary directory, saves less than a second.
project.tasks.addEnvironment('TSX_DISABLE_CACHE', '1');

// In-place build: drops what deleted sources left behind (only git-ignored files below lib/).
project.preCompileTask.exec('git clean -fdXq lib');

const integArgs = ['--directory', 'integ', '--language', 'typescript', '--app', 'tsx {filePath}'];
const integ = project.addTask('integ', {
  description: 'Compare the integ snapshots (no AWS calls)',
  receiveArgs: true,
  steps: [{ execArgs: ['integ-runner', ...integArgs, '$@'], receiveArgs: true }],
});
project.addTask('integ:snapshot', {
  description: 'Update the integ snapshots without deploying',
  steps: [{ execArgs: ['integ-runner', ...integArgs, '--update-on-failed', '--dry-run'] }],
});
/** The folders of suites that need no whole service; test/_jest/quick.js leaves out those that start processes. */
const QUICK = '/test/((?!coverage|demo|escape-hatches|examples|function.test|index|node-test|package|security|service-props.test|soak)[^/]+.test|private/(?!bundling|handlers)|runtime/|local/(protocol|terminal|assembly|integrations|wire)/)';
/** What runs once more on the newest aws-cdk-lib: whole services. `npm run test:all` runs the rest on it. */
const NEWEST = '/test/(websocket-service/(?!limits|nested-stacks)|examples.test)';

// All cores: jest leaves one of them idle, which is half of two.
const jest = 'jest --ci --maxWorkers=100%';
project.addTask('test:quick', {
  description: 'Types and unit tests, in a minute',
  steps: [{ spawn: types.name }, { exec: `${jest} "${QUICK}" --filter ./test/_jest/quick.js --setupFiles "<rootDir>/test/_jest/no-processes.js"` }],
});
// Quick checks first, the runner whose summary everybody looks for last.
project.testTask.reset();
project.testTask.spawn(types);
project.testTask.spawn(lint);
project.testTask.spawn(integ);
// Its validation of templates takes a minute and is not what is tested.
project.testTask.exec(`${jest} --config jest.newest.config.json "${NEWEST}"`, { env: { CDK_VALIDATION: 'false' } });
// A worker more than there are cores: many suites wait for processes of theirs. (Jest takes 150% for 150 workers.)
project.testTask.exec('jest --ci --maxWorkers=$(node -p "os.availableParallelism() + 1")', { receiveArgs: true });

const samples = project.addTask('samples', {
  description: 'Compile the samples of README and docstrings',
  steps: [{ exec: 'jsii-rosetta extract --strict --compile --cache rosetta/samples.tabl.json.gz --compress-cache --trim-cache' }],
});
project.postCompileTask.spawn(samples);

// `npm test` checks what is there now: examples, integ apps and the demo run the compiled library.
const compiled = [{ spawn: project.preCompileTask.name }, { spawn: project.compileTask.name }];
const verify = project.addTask('verify', {
  description: 'Compile, then run every check',
  steps: [...compiled, { spawn: samples.name }, { spawn: project.testTask.name }],
});
project.setScript('test', `projen ${verify.name}`);

project.addTask('test:python', {
  description: 'Package the library for Python, and run an app that uses it (needs python3, pip and a registry)',
  steps: [
    ...compiled, { spawn: samples.name }, { spawn: 'package:python' },
    { exec: 'jest --ci test/tools/python.test.ts --testPathIgnorePatterns /node_modules/' },
  ],
});
project.addTask('test:all', {
  description: 'Everything, as long as it takes: `npm test`, other versions of Node.js, other languages, long runs of the properties',
  receiveArgs: true,
  steps: [{ exec: 'tsx projenrc/test-all.ts', receiveArgs: true }],
});

project.addTask('demo', {
  description: 'Serve examples/serverless-ws-test and examples/chat locally, and a page for browsers',
  receiveArgs: true,
  steps: [{ spawn: quickly.name }, { exec: 'tsx examples/demo.ts', receiveArgs: true }],
});
project.addTask('bench:local', {
  description: 'Measure the local gateway against a bare ws server and serverless-offline',
  receiveArgs: true,
  steps: [{ spawn: quickly.name }, { exec: 'tsx bench/local.ts', receiveArgs: true }],
});
project.addTask('bench:runtime', {
  description: 'Measure what a handler pays to send, against the AWS SDK',
  receiveArgs: true,
  steps: [{ spawn: quickly.name }, { exec: 'tsx bench/runtime.ts', receiveArgs: true }],
});
project.addTask('soak', {
  description: 'Put 1,000 connections and 100,000 messages through the local gateway',
  receiveArgs: true,
  steps: [{ spawn: quickly.name }, { exec: 'tsx bench/soak.ts', receiveArgs: true }],
});
project.addTask('bench:synth', {
  description: 'Measure synthesis against plain aws-cdk-lib and the floor',
  receiveArgs: true,
  steps: [{ spawn: quickly.name }, { exec: 'tsx bench/synth.ts', receiveArgs: true }],
});

project.synth();
