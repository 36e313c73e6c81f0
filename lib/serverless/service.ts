import type { Json, JsonObject } from './template';

/** How to read a configuration file of the Serverless Framework. */
export interface ReadOptions {
  /** `serverless.yml` and the like; relative to the working directory, or absolute. */
  readonly path: string;
  /** As `--stage`. */
  readonly stage?: string;
  /** As `--region`. */
  readonly region?: string;
  /** As `--param="key=value"`: values of `${param:key}`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Values of variables that only AWS knows, by what is between the braces: `{ 'cf:network-dev.VpcId': 'vpc-1' }`. */
  readonly values?: Readonly<Record<string, Json>>;
  /** Of `${env:...}` and of scripts. Default: that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Where something stands in a file, both from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A line for the reader of a file: something that was dropped, ignored or looks wrong. */
export interface ServerlessNotice {
  /** For `Annotations` and scripts, in camel case: `unknownKey`. */
  readonly code: string;
  readonly text: string;
  readonly position?: Position;
}

export interface ServerlessFunction {
  /** The key in `functions`. */
  readonly key: string;
  /** The stem of logical ids: `My-conn_fn` -> `MyDashconnUnderscorefn`. */
  readonly logicalStem: string;
  /** The physical name: `name`, or `<service>-<stage>-<key>`. */
  readonly functionName: string;
  /** Everything below the key, resolved, except `events`. Inheritance from the provider is not applied. */
  readonly config: JsonObject;
  /** The kinds of events other than `websocket`. */
  readonly otherEvents: readonly string[];
}

export interface ServerlessAuthorizer {
  /** The name in the API, of which the logical id is made. */
  readonly name: string;
  /** The key of a function of the service, or an ARN (string or intrinsic). */
  readonly functionKey?: string;
  readonly arn?: Json;
  readonly identitySource: readonly string[];
}

export interface ServerlessRoute {
  readonly routeKey: string;
  readonly functionKey: string;
  /** With `routeResponseSelectionExpression: $default`. */
  readonly isTwoWay: boolean;
  readonly authorizer?: ServerlessAuthorizer;
  readonly position?: Position;
}

/** A service as its file says, with all variables resolved; intrinsics of CloudFormation stay as they are. */
export interface ServerlessService {
  /** Absolute. */
  readonly file: string;
  readonly folder: string;
  readonly name: string;
  readonly stage: string;
  readonly region: string;
  /** The whole configuration, resolved. Values have the types of the schema (`coerceTypes`). */
  readonly config: JsonObject;
  /** `provider` of the configuration, never missing. */
  readonly provider: JsonObject;
  /** In the order of the file. `functions` as a list of maps is merged. */
  readonly functions: readonly ServerlessFunction[];
  /** The routes of all `websocket` events in the order of the file, each key once. */
  readonly routes: readonly ServerlessRoute[];
  readonly notices: readonly ServerlessNotice[];
  /** What only a compiled template can carry over: events of other kinds, plugins that change the template and the like. */
  readonly uncovered: readonly ServerlessNotice[];
  /** Where a key of the configuration stands, if it stands in the main file. */
  position(path: ReadonlyArray<string | number>): Position | undefined;
}

/** The two that people deploy with; they differ in the tags of the API, in merging, and in a runtime. */
export type Dialect = 'serverless' | 'osls';
