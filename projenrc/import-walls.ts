import type { EslintOverride } from 'projen/lib/javascript';

const noConstruct: Pattern = { group: ['aws-cdk-lib', 'aws-cdk-lib/**', 'constructs'], message: 'local/ reads the cloud assembly and knows no construct.' };
const outsideLocal: Pattern = {
  group: ['../../*', '!../../private', '!../../serverless'], message: 'local/ knows nothing of the construct; what both need is in private/ and serverless/.',
};

const ASSEMBLY_ONLY = 'The construct and the local tools meet in the cloud assembly only.';
const RUNTIME = 'runtime/ goes into the bundles of handlers: modules of Node.js (`node:...`) only, and nothing else of ours.';
const CLIENT = 'client/ goes into the browser and imports nothing; `import type` takes the types of handlers.';
const ABOVE_PRIVATE = 'private/ is imported from above and runs nothing above it; `import type` takes a public type instead of a copy.';

/**
 * Imports run one way (ARCHITECTURE.md), and lint says why it refuses one. An `import type` runs nothing, so it may go up within the
 * construct. ESLint permits a type import that matches any pattern with `allowTypeImports`, hence `local` is excluded from those.
 */
export const importWalls: EslintOverride[] = [
  wall(['lib/private/*.ts'], [
    { group: ['../*', '!../local'], message: ABOVE_PRIVATE, allowTypeImports: true },
    { group: ['**/local/**'], message: ASSEMBLY_ONLY },
  ]),
  wall(['lib/private/*/*.ts'], [
    { group: ['../../*', '!../../local', '!../../serverless'], message: ABOVE_PRIVATE, allowTypeImports: true },
    { group: ['**/local/**'], message: ASSEMBLY_ONLY },
  ]),
  wall(['lib/integrations/*.ts'], [
    {
      group: ['../*', '!../private', '!../local'],
      message: 'integrations/ calls private/ only; `import type` takes a public type of a file above.',
      allowTypeImports: true,
    },
    { group: ['**/local/**'], message: ASSEMBLY_ONLY },
  ]),
  wall(['lib/*.ts'], [
    { group: ['./local/**'], message: ASSEMBLY_ONLY },
  ]),
  wall(['lib/serverless/*.ts'], [
    { group: ['[a-z@]*', '!node:**', '!node:*/*', '!yaml', '!./**', '../*', '!../private', '../private/*', '!../private/nearest'], message: 'serverless/ makes plain data of a serverless.yml; the construct and local/migration use it.' },
  ]),
  wall(['lib/serverless/*/*.ts'], [
    { group: ['[a-z@]*', '!node:**', '!node:*/*', '!yaml', '!./**', '!../**', '../../*', '!../../private', '../../private/*', '!../../private/nearest'], message: 'serverless/ makes plain data of a serverless.yml; the construct and local/migration use it.' },
  ]),
  wall(['lib/lambda/*.ts'], [
    { group: ['aws-cdk-lib', 'aws-cdk-lib/**', 'constructs', '../*', '!../runtime'], message: 'lambda/ runs in Lambda and knows no construct.' },
  ]),
  wall(['lib/runtime/*.ts'], [
    { group: ['[a-z@]*', '!node:**', '!node:*/*', '!./**', '../*'], message: RUNTIME },
  ]),
  wall(['lib/runtime/*/*.ts'], [
    { group: ['[a-z@]*', '!node:**', '!node:*/*', '!./**', '!../**', '../../*'], message: RUNTIME },
  ]),
  wall(['lib/client/*.ts'], [
    { group: ['[a-z@]*', '!./**', '../*', '!../runtime'], message: CLIENT },
    { group: ['../runtime/*'], message: CLIENT, allowTypeImports: true },
  ]),
  wall(['lib/lambda/*/*.ts'], [
    { group: ['aws-cdk-lib', 'aws-cdk-lib/**', 'constructs', '../../*'], message: 'lambda/ runs in Lambda and knows no construct.' },
  ]),
  // What it imports is bundled into it.
  { files: ['lib/lambda/**/*.ts'], rules: { 'import/no-extraneous-dependencies': ['error', { devDependencies: true }] } },
  wall(['lib/local/*.ts'], [
    noConstruct,
    {
      group: ['../*', '!../private', '!../serverless', '!../local'],
      message: 'local/ knows nothing of the construct; what both need is in private/ and serverless/.',
    },
  ]),
  // Pure functions of their input: what the assembly says, what the protocol says.
  wall(['lib/local/assembly/*.ts', 'lib/local/protocol/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../*', '!../assembly', '!../protocol', '!../gateway-error'], message: 'assembly/ and protocol/ are functions of their input.' },
  ]),
  wall(['lib/local/asyncapi/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../*', '!../..', '!../assembly', '!../protocol', '!../gateway-error'], message: 'asyncapi/ makes a document of what the assembly says.' },
  ]),
  wall(['lib/local/faults/*.ts'], [
    noConstruct,
    outsideLocal,
    {
      group: ['../wire/**', '../watch/**', '../integrations/**', '../terminal/**', '../dynamodb/**', '../gateway', '../cli'],
      message: 'faults/ is asked by wire/ and knows no socket.',
    },
  ]),
  wall(['lib/local/integrations/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../wire/**', '../watch/**', '../terminal/**', '../gateway', '../cli'], message: 'integrations/ knows the protocol and the invoker, no socket.' },
  ]),
  wall(['lib/local/functions/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../wire/**', '../watch/**', '../integrations/**', '../terminal/**', '../gateway', '../cli'], message: 'functions/ runs handlers and knows no gateway.' },
  ]),
  wall(['lib/local/functions/runtime/*.ts'], [
    noConstruct,
    { group: ['../*'], message: 'runtime/ runs in the processes of handlers and imports Node.js only.' },
  ]),
  wall(['lib/local/dynamodb/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../watch/**', '../integrations/**', '../gateway', '../cli'], message: 'dynamodb/ serves tables; gateway.ts wires it.' },
  ]),
  wall(['lib/local/issuer/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../watch/**', '../functions/**', '../integrations/**', '../dynamodb/**', '../gateway', '../cli'], message: 'issuer/ makes tokens; gateway.ts wires it.' },
  ]),
  wall(['lib/local/wire/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../watch/**', '../terminal/**', '../dynamodb/**', '../gateway', '../cli'], message: 'wire/ serves sockets; gateway.ts wires it.' },
  ]),
  wall(['lib/local/inspector/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../watch/**', '../integrations/**', '../functions/**', '../dynamodb/**', '../gateway', '../cli'], message: 'inspector/ shows what passes; gateway.ts wires it.' },
  ]),
  wall(['lib/local/watch/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../wire/**', '../terminal/**', '../gateway', '../cli'], message: 'watch/ builds and synthesizes; gateway.ts wires it.' },
  ]),
  wall(['lib/local/migration/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../wire/**', '../watch/**', '../functions/**', '../integrations/**', '../command/**', '../gateway', '../cli'], message: 'migration/ writes an app and compares templates; it runs no gateway.' },
  ]),
  wall(['lib/local/recording/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../wire/**', '../watch/**', '../functions/**', '../integrations/**', '../command/**', '../gateway', '../cli'], message: 'recording/ knows the trace and the protocol; gateway.ts and replay.ts wire it.' },
  ]),
  wall(['lib/local/command/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../wire/**', '../watch/**', '../functions/**', '../integrations/**', '../protocol/**', '../gateway'], message: 'command/ starts what its host gives it.' },
  ]),
  wall(['lib/local/terminal/*.ts'], [
    noConstruct,
    outsideLocal,
    { group: ['../wire/**', '../watch/**', '../functions/**', '../integrations/**', '../command/**', '../gateway', '../cli'], message: 'terminal/ prints what happened and knows nothing else.' },
  ]),
  wall(['page/*.ts', 'page/*.tsx'], [
    { group: ['[a-z@]*', '!preact', '!preact/hooks', '!./**', '../*', '!../lib', '!../lib/**'], message: 'page/ is a page of its own: preact and nothing else.' },
    { group: ['../lib/**'], message: 'page/ runs in a browser; `import type` takes the types of what the gateway sends.', allowTypeImports: true },
  ]),
  wall(['test/**/*.ts', 'integ/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'], [
    { group: ['aws-cdk-lib-newest', 'aws-cdk-lib-newest/**'], message: 'jest.newest.config.json maps aws-cdk-lib to it.' },
  ]),
];

interface Pattern {
  readonly group: string[];
  readonly message: string;
  readonly allowTypeImports?: boolean;
}

function wall(files: string[], patterns: Pattern[]): EslintOverride {
  return { files, rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] } };
}
