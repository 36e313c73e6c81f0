/** Where a stack is deployed. */
export interface Environment {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  /** `amazonaws.com` */
  readonly urlSuffix: string;
  /** Whether the app says so; else the values stand in for what only a deployment knows. */
  readonly regionKnown: boolean;
  readonly accountKnown: boolean;
}

/** What stands in where the app names no environment. */
export interface EnvironmentDefaults {
  /** @default us-east-1 */
  readonly region?: string;
  /** @default 123456789012 */
  readonly account?: string;
}

/** The environment of a stack artifact: `aws://account/region`, either may be `unknown-...`. */
export function environmentOf(text: string | undefined, defaults: EnvironmentDefaults): Environment {
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(text ?? '') ?? [];
  const known = { region: whenKnown(region), account: whenKnown(account) };
  const name = known.region ?? defaults.region ?? 'us-east-1';
  return {
    region: name,
    account: known.account ?? defaults.account ?? '123456789012',
    ...partitionOf(name),
    regionKnown: known.region !== undefined,
    accountKnown: known.account !== undefined,
  };
}

function whenKnown(value: string | undefined): string | undefined {
  return value?.startsWith('unknown-') ? undefined : value;
}

function partitionOf(region: string): Pick<Environment, 'partition' | 'urlSuffix'> {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', urlSuffix: 'amazonaws.com.cn' };
  return { partition: region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws', urlSuffix: 'amazonaws.com' };
}
