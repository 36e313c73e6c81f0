import recommended from 'aws-cdk-lib/recommended-feature-flags.json';

/** The context of an app: without feature flags, and with those that `cdk init` writes. */
export const FLAG_SETS: Array<[string, Record<string, unknown>]> = [
  ['without feature flags', {}],
  ['with the recommended feature flags', recommended],
];
