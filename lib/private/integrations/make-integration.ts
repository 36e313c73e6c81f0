import { Resource, Stack } from 'aws-cdk-lib';
import { CfnIntegration, CfnIntegrationResponse, IWebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IntegrationSettings, IntegrationSpec, isProxy, ResponseSettings } from './integration-plan';
import { encodeId } from '../construct-id';

/** The key of the template, and of the response, for everything. */
const DEFAULT_KEY = '$default';

/** Selects the template of that key: a `$` alone would begin a variable. */
const DEFAULT_SELECTION = '\\$default';

/** Makes an integration with its role and its responses; returns its id. L1, because the enum of the L2 has no HTTP. */
export function makeIntegration(home: Construct, api: IWebSocketApi, spec: IntegrationSpec, settings: IntegrationSettings): string {
  const role = roleFor(home, api, spec, settings);
  const { apiId } = api;
  const integration = new CfnIntegration(home, 'Integration', {
    apiId,
    integrationType: spec.type,
    integrationUri: spec.uri,
    integrationMethod: spec.method,
    connectionType: spec.vpcLinkId === undefined ? undefined : 'VPC_LINK',
    connectionId: spec.vpcLinkId,
    credentialsArn: role?.roleArn,
    description: settings.description,
    timeoutInMillis: settings.timeout?.toMilliseconds(),
    contentHandlingStrategy: settings.contentHandling,
    passthroughBehavior: settings.passthroughBehavior ?? spec.passthroughBehavior,
    requestParameters: merged(spec.requestParameters, settings.requestParameters),
    ...templates(settings.requestTemplates ?? defaultTemplate(spec.requestTemplate), settings.templateSelectionExpression, 'requestTemplates'),
  });
  for (const response of isProxy(spec) ? [] : responsesOf(spec, settings)) {
    const { key, responseParameters, responseTemplates, templateSelectionExpression, contentHandling } = response;
    new CfnIntegrationResponse(home, `Response-${encodeId(key)}`, {
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

function roleFor(home: Construct, api: IWebSocketApi, spec: IntegrationSpec, { credentialsRole }: IntegrationSettings): iam.IRole | undefined {
  if (!spec.grant) return undefined;
  const role = credentialsRole ?? new iam.Role(home, 'Role', { assumedBy: apiGatewayFor(home, api) });
  spec.grant(isElsewhere(home, role) ? policyFor(home, role) : role);
  return role;
}

/**
 * API Gateway on behalf of this API and account, and of no others.
 *
 * AWS does not document whether API Gateway says on whose behalf it assumes the role of an integration, and users saw that it does not
 * (aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#479): plain operators would refuse every message
 * then. With `IfExists` a wrong account or API is refused wherever one is named.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
function apiGatewayFor(home: Construct, { apiId }: IWebSocketApi): iam.ServicePrincipal {
  const stack = Stack.of(home);
  return new iam.ServicePrincipal('apigateway.amazonaws.com', {
    conditions: {
      StringEqualsIfExists: { 'aws:SourceAccount': stack.account },
      ArnLikeIfExists: { 'aws:SourceArn': stack.formatArn({ service: 'execute-api', resource: apiId, resourceName: '*' }) },
    },
  });
}

/** Its own policy is there too, and would refer to the target: two stacks would depend on each other if that is here. */
function isElsewhere(home: Construct, role: iam.IRole): boolean {
  return Resource.isOwnedResource(role) && outermost(Stack.of(role)) !== outermost(Stack.of(home));
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent ? outermost(stack.nestedStackParent) : stack;
}

function policyFor(home: Construct, role: iam.IRole): iam.Policy {
  const policy = new iam.Policy(home, 'Policy');
  role.attachInlinePolicy(policy);
  return policy;
}

/** Without a response for everything API Gateway has nothing to answer a two-way route with, and `$connect` fails. */
function responsesOf(spec: IntegrationSpec, { responses = [] }: IntegrationSettings): ResponseSettings[] {
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
