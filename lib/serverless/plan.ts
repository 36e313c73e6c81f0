import type { Json, JsonObject, Template } from './template';

/** A function as options of `WebsocketService` say it. Values may be intrinsics. */
export interface FunctionPlan {
  /** `src/chat.send`, relative to the folder of the file; with `code`, what Lambda calls the handler. */
  readonly handler?: string;
  /** A zip file or folder that is deployed as it is, relative to the folder of the file. */
  readonly code?: string;
  /** `nodejs20.x`. */
  readonly runtime?: string;
  /** MB. */
  readonly memorySize?: number;
  /** Seconds. */
  readonly timeout?: number;
  readonly description?: string;
  /** `arm64` or `x86_64`. */
  readonly architecture?: string;
  /** MB. */
  readonly ephemeralStorageSize?: number;
  readonly reservedConcurrentExecutions?: number;
  readonly environment?: Readonly<Record<string, Json>>;
  /** If it is not `<service>-<stage>-<key>`. */
  readonly functionName?: string;
  readonly alias?: string;
  readonly provisionedConcurrentExecutions?: number;
  /** Days; as the service, if it is missing. */
  readonly logRetentionInDays?: number;
  /** `false`: the stack has no log group for it. */
  readonly hasLogGroup?: boolean;
  /** The ARN of a role of its own. */
  readonly role?: Json;
}

export interface RoutePlan {
  readonly functionKey: string;
  readonly returnResponse?: boolean;
}

export interface AuthorizerPlan {
  readonly functionKey?: string;
  /** Instead of `functionKey`. */
  readonly functionArn?: Json;
  readonly authorizerName: string;
  readonly identitySource: readonly string[];
}

/** The options of `ServiceNaming.serverless`. */
export interface NamingPlan {
  readonly service: string;
  readonly versionFunctions?: boolean;
  /** `false`: the service has a bucket of its own. */
  readonly deploymentBucket?: boolean;
  /** The ARN of the role of all functions, if the stack does not have the shared one. */
  readonly role?: Json;
  readonly tags?: Readonly<Record<string, string>>;
  /** Statements of the shared role, beside those that the naming writes. */
  readonly roleStatements?: readonly JsonObject[];
  /** Of all functions and of the access log, in days. */
  readonly logRetentionInDays?: number;
}

/** What makes a `WebsocketService` the service of a serverless.yml: the same plan is built by the construct and printed as code. */
export interface ServicePlan {
  readonly stackName: string;
  readonly region: string;
  readonly stackTags: Readonly<Record<string, string>>;
  readonly stageName: string;
  readonly apiName: string;
  readonly description: string;
  readonly routeSelectionExpression: string;
  /** The API of another service, whose stage exists: no API and no stage are made. */
  readonly apiId?: Json;
  readonly loggingLevel?: 'INFO' | 'ERROR' | 'OFF';
  readonly dataTraceEnabled?: boolean;
  /** The format of the access log, if there is one. */
  readonly accessLogFormat?: string;
  /** `false`: the stack has no custom resource for the role by which API Gateway writes logs. */
  readonly cloudWatchRole?: boolean;
  readonly naming: NamingPlan;
  readonly defaults: FunctionPlan;
  readonly functions: Readonly<Record<string, FunctionPlan>>;
  readonly routes: Readonly<Record<string, RoutePlan>>;
  readonly authorizer?: AuthorizerPlan;
  /** What no option says, by logical id and name of the property: set by `addPropertyOverride`. */
  readonly overrides: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What no option says of a resource beside its properties: `Condition`, `DeletionPolicy` and the like, set by `addOverride`. */
  readonly attributes: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** What is carried verbatim. */
  readonly fragment: Template;
}
