import type { JsonObject } from '../protocol/json';

/**
 * What the gateway serves, as read from a cloud assembly: plain data, every intrinsic function resolved.
 * Names are those of CloudFormation, in camel case.
 */

/** All that one gateway serves. */
export interface LocalApp {
  readonly apis: readonly Api[];
  /** By `LambdaFunction.id`: the functions of all stacks, since any of them may be invoked by name. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  /** The DynamoDB tables of all stacks; their names are unique. */
  readonly tables: readonly Table[];
  /** What the gateway cannot serve of the app, or serves differently from AWS. */
  readonly notices: readonly Notice[];
}

/** A fact that the developer should know before the first message. */
export interface Notice {
  /** Stable, listed in docs/local.md: `integration-not-served`, `variable-unresolved`, `permission-missing`, ... */
  readonly code: string;
  /** Construct path or logical id of what the notice is about. */
  readonly subject: string;
  /** One line: what, why, and what to do about it. */
  readonly text: string;
}

export interface Api {
  readonly stack: string;
  readonly logicalId: string;
  readonly name: string;
  /** 10 characters, as on AWS. Derived from stack and logical id, so that the id is the same in every run. */
  readonly apiId: string;
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly routeSelectionExpression: string;
  readonly apiKeySelectionExpression: string;
  readonly disableExecuteApiEndpoint: boolean;
  readonly stages: readonly Stage[];
  /** By route key. */
  readonly routes: ReadonlyMap<string, Route>;
  /** JSON Schemas (draft-04) by model name. */
  readonly models: ReadonlyMap<string, unknown>;
  readonly apiKeys: readonly ApiKey[];
}

export interface Stage {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly defaultRouteSettings: RouteSettings;
  /** By route key. */
  readonly routeSettings: Readonly<Record<string, RouteSettings>>;
  /** Custom domains that lead to this stage. */
  readonly mappings: readonly DomainMapping[];
}

export interface RouteSettings {
  /** Requests. */
  readonly throttlingBurstLimit?: number;
  /** Requests a second. */
  readonly throttlingRateLimit?: number;
}

export interface DomainMapping {
  readonly domainName: string;
  /** Empty: the domain itself. */
  readonly mappingKey: string;
}

export interface ApiKey {
  readonly id: string;
  readonly value: string;
  /** Names of the stages of this API that a usage plan opens to the key. */
  readonly stages: readonly string[];
}

export interface Route {
  readonly routeKey: string;
  readonly authorization: Authorization;
  readonly apiKeyRequired: boolean;
  /** Absent: the route has no target. */
  readonly integration?: Integration;
  /** Whether the result of the integration is sent to the client: needs a response selection expression and a route response `$default`. */
  readonly twoWay: boolean;
  readonly modelSelectionExpression?: string;
  /** Model names by the values of the model selection expression. */
  readonly requestModels: Readonly<Record<string, string>>;
  /** The parameters that a handshake must have: `route.request.header.X`, `route.request.querystring.X`. */
  readonly requiredParameters: readonly string[];
}

export type Authorization =
  | { readonly type: 'NONE' }
  | { readonly type: 'AWS_IAM' }
  | { readonly type: 'CUSTOM'; readonly authorizer: Authorizer };

export interface Authorizer {
  readonly logicalId: string;
  readonly name: string;
  /** 6 characters, as on AWS. */
  readonly authorizerId: string;
  /** `route.request.header.X`, `route.request.querystring.X`, `stageVariables.X`, `context.X`. */
  readonly identitySource: readonly string[];
  readonly target: FunctionTarget;
}

export type IntegrationType = 'AWS_PROXY' | 'AWS' | 'MOCK' | 'HTTP' | 'HTTP_PROXY';

export interface Integration {
  readonly logicalId: string;
  readonly type: IntegrationType;
  /** For AWS_PROXY and AWS; of the other types, only those that cannot be served have a target, `none`. */
  readonly target?: FunctionTarget;
  /** For HTTP and HTTP_PROXY; may hold `${stageVariables.x}`. */
  readonly uri?: string;
  /** The method of the request to `uri`. */
  readonly method?: string;
  /** Milliseconds, 50 to 29000. */
  readonly timeout: number;
  readonly requestTemplates: Readonly<Record<string, string>>;
  readonly requestParameters: Readonly<Record<string, string>>;
  readonly templateSelectionExpression?: string;
  readonly passthroughBehavior: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly contentHandling?: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT';
  /** By key: `$default` or `/regular expression/`, in the order of the template. */
  readonly responses: readonly IntegrationResponse[];
}

export interface IntegrationResponse {
  readonly key: string;
  readonly responseTemplates: Readonly<Record<string, string>>;
  readonly templateSelectionExpression?: string;
  readonly contentHandling?: 'CONVERT_TO_BINARY' | 'CONVERT_TO_TEXT';
}

/** What invoking an integration or an authorizer leads to. */
export type FunctionTarget =
  | { readonly type: 'function'; readonly functionId: string; readonly qualifier?: string }
  /** A stage variable names the function or alias. `functions` has a function id by stage name, for stages that may invoke theirs. */
  | { readonly type: 'stageVariable'; readonly uri: string; readonly functions: Readonly<Record<string, string>> }
  /** The function is not in the assembly, API Gateway may not invoke it, or the URI is of another service: invoking fails as on AWS. */
  | {
    readonly type: 'none';
    readonly reason: string;
    /** The construct path or the name of the function, if the URI is of one. */
    readonly function?: string;
  };

export interface LambdaFunction {
  /** Unique in the app: `<stack>/<logical id>`. */
  readonly id: string;
  /** For people: the construct path without `/Resource`, or the logical id if there is no path. */
  readonly path: string;
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  /** `nodejs24.x`, `python3.13`, ..., or `a container image`. */
  readonly runtime: string;
  /** `index.send` */
  readonly handler: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** MB */
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly unresolved: readonly UnresolvedVariable[];
  /** Absolute folder that Lambda would unpack; inline code is in `inline`. */
  readonly code: { readonly directory: string } | { readonly inline: string } | { readonly none: string };
  /** Absolute folders of the layers, in order; mounted over each other as /opt. */
  readonly layers: readonly string[];
  readonly reservedConcurrency?: number;
  /** How to build the handler again, if our construct made the function. */
  readonly build?: HandlerBuild;
  /** No route uses the function: it starts with its first invocation, and nothing is said about it before. */
  readonly onDemand?: boolean;
  /** Names of its aliases. */
  readonly aliases?: readonly string[];
  /** Whether the template has a version of it. */
  readonly hasVersions?: boolean;
  /** What `AWS::Lambda::EventInvokeConfig` says about asynchronous invocations, by qualifier. */
  readonly asynchronous?: Readonly<Record<string, AsynchronousSettings>>;
  /** Whether its role may invoke a function of the app, or its environment names one. */
  readonly invokesFunctions?: boolean;
}

/** Lambda's defaults apply to what is absent. */
export interface AsynchronousSettings {
  /** How often a failed invocation is repeated. */
  readonly retries?: number;
  /** Milliseconds. */
  readonly maximumAge?: number;
}

/** A DynamoDB table. */
export interface Table {
  /** For people: the construct path without `/Resource`, or the logical id if there is no path. */
  readonly path: string;
  readonly name: string;
  readonly region: string;
  /** The input of `CreateTable`: name, keys, indexes, stream. */
  readonly definition: JsonObject;
  /** The attribute that holds the time at which an item expires, if the table has one. */
  readonly timeToLive?: string;
}

/** A variable of a function's environment that has no value on this machine. */
export interface UnresolvedVariable {
  readonly name: string;
  /** What the value refers to: `MyStack/Table (AWS::DynamoDB::Table)`. */
  readonly refersTo: string;
  readonly reason: string;
}

/** The metadata that our construct wrote about a handler (lib/private/handlers/handler-metadata.ts); paths are absolute here. */
export interface HandlerBuild {
  readonly file: string;
  readonly exportName: string;
  readonly handlerId: string;
  /** The function of our runtime that is bundled around the export. */
  readonly wrapper?: 'tracked' | 'invoked';
  /** esbuild's working directory. */
  readonly directory: string;
  /** Options of esbuild as JSON; patterns are `{ "pattern": "..." }`. */
  readonly options: Readonly<Record<string, unknown>>;
}
