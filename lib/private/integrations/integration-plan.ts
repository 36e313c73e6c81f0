import { Duration } from 'aws-cdk-lib';
import { ContentHandling, IWebSocketApi, PassthroughBehavior } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { StructName } from '../option-names';
import { Fault } from '../problem';

/** One integration response, as the user gives it. */
export interface ResponseSettings {
  readonly key: string;
  readonly responseParameters?: { [destination: string]: string };
  readonly responseTemplates?: { [key: string]: string };
  readonly templateSelectionExpression?: string;
  readonly contentHandling?: ContentHandling;
}

/** What the user may set of every integration; which of it one takes is a matter of its options. */
export interface IntegrationSettings {
  readonly description?: string;
  readonly timeout?: Duration;
  readonly contentHandling?: ContentHandling;
  readonly passthroughBehavior?: PassthroughBehavior;
  readonly requestParameters?: { [destination: string]: string };
  readonly requestTemplates?: { [key: string]: string };
  readonly templateSelectionExpression?: string;
  readonly credentialsRole?: iam.IRole;
  readonly responses?: ResponseSettings[];
}

/** What the backend asks for: the user's settings go over it. */
export interface IntegrationSpec {
  readonly type: 'AWS' | 'AWS_PROXY' | 'HTTP' | 'HTTP_PROXY' | 'MOCK';
  readonly uri?: string;
  readonly method?: string;
  readonly requestParameters?: { [destination: string]: string };
  readonly requestTemplate?: string;
  /** Of the integration response `$default`. */
  readonly responseTemplate?: string;
  readonly passthroughBehavior?: PassthroughBehavior;
  readonly vpcLinkId?: string;
  /** Gives the role what the call needs, by itself or by a policy of it; absent: the call needs no role. */
  readonly grant?: (role: iam.IGrantable) => void;
}

/** An API, and the stages in which it may invoke. */
export interface ApiStages {
  readonly api: IWebSocketApi;
  /** `*` for all, where they are not known. */
  readonly stageNames: readonly string[];
}

/** Throws what is wrong with an option. */
export type Refuse = (option: string, value: unknown, fault: Fault) => never;

/** As in `RouteIntegration.<factory>`. */
export type Factory = Uncapitalize<Exclude<StructName extends infer S ? S extends `Websocket${infer Name}IntegrationOptions` ? Name : never : never, '' | 'Service'>>;

/** An integration before it has an API. */
export interface IntegrationPlan {
  readonly factory: Factory;
  /** What is invoked, as it was given. */
  readonly target?: unknown;
  readonly settings: IntegrationSettings;
  readonly check?: (refuse: Refuse) => void;
  readonly define: (home: Construct, api: ApiStages) => IntegrationSpec;
}

/** Whether the message goes to the backend as it is, and the answer to the client. */
export function isProxy({ type }: IntegrationSpec): boolean {
  return type === 'AWS_PROXY' || type === 'HTTP_PROXY';
}
