/** A function as callers of Lambda's API name it. */
export interface FunctionName {
  readonly name: string;
  readonly region?: string;
  readonly account?: string;
  /** Alias, version or `$LATEST`. */
  readonly qualifier?: string;
}

/** `my-function`, `123456789012:function:my-function`, or the ARN; each with `:qualifier` or without. */
const NAME = /^(?:(?:arn:[^:]+:lambda:)?(?:([a-z]{2}[a-z-]*-\d+):)?(?:(\d{12}):)?function:)?([\w.-]{1,64})(?::(\$LATEST|[\w-]{1,128}))?$/;

/** `undefined` if Lambda would refuse the name. */
export function parseFunctionName(text: string): FunctionName | undefined {
  const [, region, account, name, qualifier] = NAME.exec(text) ?? [];
  return name === undefined ? undefined : { name, region, account, qualifier };
}
