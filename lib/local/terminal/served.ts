import type { Api, LambdaFunction, Stage } from '../assembly/model';

/** What a gateway serves, as far as it is printed. */
export interface Served {
  readonly apis: readonly ServedApi[];
  /** By `LambdaFunction.id`. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
}

export interface ServedApi {
  readonly api: Api;
  readonly port: number;
  readonly stages: ReadonlyArray<{ readonly stage: Stage; readonly url: string; readonly callbackUrl: string }>;
}
