import type { EslintOverride } from 'projen/lib/javascript';

/** Imports run one way (ARCHITECTURE.md); a refused one is told why. */
export const importWalls: EslintOverride[] = [
  wall(['lib/private/*.ts'], [
    { group: ['../*'], message: 'private/ is imported from above and imports nothing above it.' },
    { group: ['**/local/**'], message: 'The construct and the local tools meet in the cloud assembly only.' },
  ]),
  wall(['lib/private/*/*.ts'], [
    { group: ['../../*'], message: 'private/ is imported from above and imports nothing above it.' },
    { group: ['**/local/**'], message: 'The construct and the local tools meet in the cloud assembly only.' },
  ]),
  wall(['lib/*.ts'], [
    { group: ['./local/**'], message: 'The construct and the local tools meet in the cloud assembly only.' },
  ]),
  wall(['lib/local/**/*.ts'], [
    { group: ['aws-cdk-lib', 'aws-cdk-lib/**', 'constructs'], message: 'local/ reads the cloud assembly and knows no construct.' },
    { group: ['../*', '!../private'], message: 'local/ knows nothing of the construct; what both need is in private/.' },
  ]),
  wall(['test/**/*.ts', 'integ/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts'], [
    { group: ['aws-cdk-lib-newest', 'aws-cdk-lib-newest/**'], message: 'jest.newest.config.json maps aws-cdk-lib to it.' },
  ]),
];

interface Pattern {
  readonly group: string[];
  readonly message: string;
}

function wall(files: string[], patterns: Pattern[]): EslintOverride {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}
