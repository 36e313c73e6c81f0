import { Resource, Stack } from 'aws-cdk-lib';
import { CfnIntegration, CfnIntegrationResponse, IWebSocketApi, PassthroughBehavior } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { ServiceIntegrationOptions, WebsocketIntegrationResponse } from '../../integrations/integration-options';
import { encodeId } from '../construct-id';

/** The properties that the backend requires. Options of the user override them. */
export interface IntegrationSpec {
  readonly type: 'AWS' | 'AWS_PROXY' | 'HTTP' | 'HTTP_PROXY' | 'MOCK';
  readonly uri?: string;
  readonly method?: string;
  readonly requestParameters?: { [destination: string]: string };
  readonly requestTemplate?: string;
  /** The template of the integration response `$default`. */
  readonly responseTemplate?: string;
  readonly passthroughBehavior?: PassthroughBehavior;
  readonly vpcLinkId?: string;
  /** Grants the permissions for the call to a role, or to a policy of the role. Without this function, the call needs no role. */
  readonly grant?: (role: iam.IGrantable) => void;
}

/** An API, and the stages that may invoke a function. */
export interface ApiStages {
  readonly api: IWebSocketApi;
  /** `*` for all stages, where their names are unknown. */
  readonly stageNames: readonly string[];
}

/** The key of the template, and of the response, that applies if no other key matches. */
const DEFAULT_KEY = '$default';

/** Selects the template `$default`. Without the backslash, the expression would be a variable. */
const DEFAULT_SELECTION = '\\$default';

/**
 * Makes an integration with its role and its responses, by `CfnIntegration`, since `WebSocketIntegration` has no HTTP types.
 *
 * @returns the id of the integration
 */
export function makeIntegration(scope: Construct, api: IWebSocketApi, spec: IntegrationSpec, options: ServiceIntegrationOptions): string {
  const role = roleFor(scope, api, spec, options);
  const { apiId } = api;
  const requestTemplates = options.requestTemplates ?? defaultTemplate(spec.requestTemplate);
  const integration = new CfnIntegration(scope, 'Integration', {
    apiId,
    integrationType: spec.type,
    integrationUri: spec.uri,
    integrationMethod: spec.method,
    connectionType: spec.vpcLinkId === undefined ? undefined : 'VPC_LINK',
    connectionId: spec.vpcLinkId,
    credentialsArn: role?.roleArn,
    description: options.description,
    timeoutInMillis: options.timeout?.toMilliseconds(),
    contentHandlingStrategy: options.contentHandling,
    passthroughBehavior: options.passthroughBehavior ?? spec.passthroughBehavior,
    requestParameters: merged(spec.requestParameters, options.requestParameters),
    ...templates(requestTemplates, options.templateSelectionExpression, 'requestTemplates'),
  });
  for (const response of spec.type.endsWith('_PROXY') ? [] : responsesOf(spec, options)) {
    const { key, responseParameters, responseTemplates, templateSelectionExpression, contentHandling } = response;
    new CfnIntegrationResponse(scope, `Response-${encodeId(key)}`, {
      apiId,
      integrationId: integration.ref,
      integrationResponseKey: key,
      contentHandlingStrategy: contentHandling,
      responseParameters,
      ...templates(responseTemplates, templateSelectionExpression, 'responseTemplates'),
    });
  }
  return integration.ref;
}

function roleFor(
  scope: Construct, api: IWebSocketApi, spec: IntegrationSpec, { credentialsRole }: ServiceIntegrationOptions,
): iam.IRole | undefined {
  if (!spec.grant) return undefined;
  const role = credentialsRole ?? new iam.Role(scope, 'Role', { assumedBy: apiGatewayFor(scope, api) });
  spec.grant(isElsewhere(scope, role) ? policyFor(scope, role) : role);
  return role;
}

/**
 * API Gateway, on behalf of this API and account only.
 *
 * AWS does not document whether API Gateway sends account and API when it assumes the role of an integration, and users saw that it does
 * not (aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#479): plain operators would then deny every
 * message. With `IfExists`, IAM denies a wrong account or API whenever API Gateway sends one.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
function apiGatewayFor(scope: Construct, { apiId }: IWebSocketApi): iam.ServicePrincipal {
  const stack = Stack.of(scope);
  return new iam.ServicePrincipal('apigateway.amazonaws.com', {
    conditions: {
      StringEqualsIfExists: { 'aws:SourceAccount': stack.account },
      ArnLikeIfExists: { 'aws:SourceArn': stack.formatArn({ service: 'execute-api', resource: apiId, resourceName: '*' }) },
    },
  });
}

/** A policy of a role in another stack would be made there, and refer to a target in this one: a cycle between the stacks. */
function isElsewhere(scope: Construct, role: iam.IRole): boolean {
  return Resource.isOwnedResource(role) && outermost(Stack.of(role)) !== outermost(Stack.of(scope));
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}

function policyFor(scope: Construct, role: iam.IRole): iam.Policy {
  const policy = new iam.Policy(scope, 'Policy');
  role.attachInlinePolicy(policy);
  return policy;
}

/** Without a `$default` response, a two-way route could not respond, and `$connect` would fail. */
function responsesOf(spec: IntegrationSpec, { responses = [] }: ServiceIntegrationOptions): WebsocketIntegrationResponse[] {
  if (responses.some(({ key }) => key === DEFAULT_KEY)) return responses;
  return [...responses, { key: DEFAULT_KEY, responseTemplates: defaultTemplate(spec.responseTemplate) }];
}

type Texts = { [key: string]: string };

function templates(given: Texts | undefined, selection: string | undefined, name: 'requestTemplates' | 'responseTemplates') {
  const expression = selection ?? (given && DEFAULT_KEY in given ? DEFAULT_SELECTION : undefined);
  return { [name]: given, templateSelectionExpression: expression };
}

function defaultTemplate(template: string | undefined): Texts | undefined {
  return template === undefined ? undefined : { [DEFAULT_KEY]: template };
}

function merged(own: Texts | undefined, given: Texts | undefined): Texts | undefined {
  return own || given ? { ...own, ...given } : undefined;
}
