/** What a value of a template is before deployment. */
export type Resolution = { readonly value: unknown } | Unresolved;

/** Why a value is known after deployment only. */
export interface Unresolved {
  /** What it hangs on: `MyStack/Table (AWS::DynamoDB::Table)`. */
  readonly refersTo: string;
  /** A clause about that: `its name is made at deployment`. */
  readonly reason: string;
}

export function isUnresolved(resolution: Resolution): resolution is Unresolved {
  return 'reason' in resolution;
}

/** Ends the evaluation of a value, however deep it is; `Resolver` catches it. */
export class NotLocal extends Error {
  public constructor(public readonly unresolved: Unresolved) {
    super(`${unresolved.refersTo}: ${unresolved.reason}`);
  }
}

export function notLocal(refersTo: string, reason: string): NotLocal {
  return new NotLocal({ refersTo, reason });
}
