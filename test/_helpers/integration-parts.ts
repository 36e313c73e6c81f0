import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Construct } from 'constructs';
import { RouteIntegration } from '../../lib';
import { renderTemplate } from '../../lib/local/integrations/mapping-template';

interface Properties { readonly [name: string]: unknown }

/** `$context` of the messages in tests; the route key is one that needs escapes. */
export const CONTEXT = {
  routeKey: 'say "it\'s"',
  eventType: 'MESSAGE',
  connectionId: 'L0SM9cOFvHcCIhw=',
  requestId: 'GXLKJfX4FiAFbnQ=',
  domainName: 'abc123.execute-api.eu-west-1.amazonaws.com',
  stage: 'dev',
  apiId: 'abc123',
  requestTimeEpoch: 1764000000000,
  authorizer: { principalId: 'ann' },
};

/** What a consumer is told of where a message is from. */
export const REQUEST_CONTEXT = {
  routeKey: CONTEXT.routeKey,
  eventType: 'MESSAGE',
  connectionId: CONTEXT.connectionId,
  requestId: CONTEXT.requestId,
  domainName: CONTEXT.domainName,
  stage: 'dev',
  apiId: 'abc123',
  requestTimeEpoch: 1764000000000,
};

/** What every integration with an AWS service has in a template. */
export function serviceCall(requestParameters: Record<string, string>): Properties {
  return {
    IntegrationType: 'AWS',
    IntegrationMethod: 'POST',
    CredentialsArn: { 'Fn::GetAtt': [expect.stringMatching(/^HomeRole/), 'Arn'] },
    PassthroughBehavior: 'NEVER',
    RequestParameters: requestParameters,
    TemplateSelectionExpression: '\\$default',
  };
}

/** An integration as it is in the template of a stack, with what belongs to it. */
export class IntegrationParts {
  private readonly template: Template;
  public readonly integration: Properties;

  /** Makes the integration for an API of its own in the stack. */
  public constructor(private readonly stack: Stack, integration: RouteIntegration) {
    const api = new WebSocketApi(stack, 'Api');
    integration._makeIn(new Construct(stack, 'Home'), api);
    this.template = Template.fromStack(stack);
    [this.integration] = this.all('AWS::ApiGatewayV2::Integration');
  }

  public all(type: string): Properties[] {
    return Object.values(this.template.findResources(type)).map(({ Properties: properties }) => properties as Properties);
  }

  /** What the roles may do. */
  public get statements(): unknown[] {
    return this.all('AWS::IAM::Policy').flatMap(({ PolicyDocument }) => (PolicyDocument as { Statement: unknown[] }).Statement);
  }

  public get uri(): string {
    return text(this.integration.IntegrationUri);
  }

  /** What the backend is sent for a message. */
  public request(body: string, others: { readonly stageVariables?: Record<string, string> } = {}): string {
    const { $default } = this.integration.RequestTemplates as Record<string, unknown>;
    return renderTemplate(text($default), { body, context: CONTEXT, stageVariables: {}, ...others });
  }

  /** What the client is sent for an answer of the backend. */
  public response(body: string, key = '$default'): string {
    const found = this.all('AWS::ApiGatewayV2::IntegrationResponse').find(({ IntegrationResponseKey }) => IntegrationResponseKey === key)!;
    const { $default } = found.ResponseTemplates as Record<string, unknown>;
    return renderTemplate(text($default), { body, context: CONTEXT, stageVariables: {} });
  }

  public resolve(value: unknown): unknown {
    return this.stack.resolve(value);
  }
}

/** A value of a template as text: what only a deployment knows is its name. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, 'Ref': ref, 'Fn::GetAtt': attribute } = value as { 'Fn::Join'?: [string, unknown[]]; 'Ref'?: string; 'Fn::GetAtt'?: string[] };
  return join ? join[1].map(text).join(join[0]) : ref ?? attribute!.join('.');
}
