import { Duration, Stack } from 'aws-cdk-lib';
import { ContentHandling, PassthroughBehavior, WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { RouteIntegration } from '../../../lib';
import { ServiceIntegrationOptions, TemplatedIntegrationOptions } from '../../../lib/integrations/integration-options';
import { IntegrationParts } from '../../_helpers/integration-parts';
import { quickStack } from '../../_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

const http = (options: TemplatedIntegrationOptions) => new IntegrationParts(stack, RouteIntegration.http('https://example.com', options));
const queue = (options: ServiceIntegrationOptions) => new IntegrationParts(stack, RouteIntegration.sqs(new sqs.Queue(stack, 'Queue'), options));

test.each<[keyof TemplatedIntegrationOptions, TemplatedIntegrationOptions, object]>([
  ['description', { description: 'asks' }, { Description: 'asks' }],
  ['timeout', { timeout: Duration.seconds(3) }, { TimeoutInMillis: 3000 }],
  ['contentHandling', { contentHandling: ContentHandling.CONVERT_TO_TEXT }, { ContentHandlingStrategy: 'CONVERT_TO_TEXT' }],
  ['passthroughBehavior', { passthroughBehavior: PassthroughBehavior.WHEN_NO_TEMPLATES }, { PassthroughBehavior: 'WHEN_NO_TEMPLATES' }],
  ['requestParameters', { requestParameters: { 'integration.request.header.A': "'b'" } }, { RequestParameters: { 'integration.request.header.A': "'b'" } }],
  ['requestTemplates', { requestTemplates: { $default: '{}' } }, { RequestTemplates: { $default: '{}' }, TemplateSelectionExpression: '\\$default' }],
  ['templateSelectionExpression', { requestTemplates: { a: '{}' }, templateSelectionExpression: '${request.body.kind}' },
    { RequestTemplates: { a: '{}' }, TemplateSelectionExpression: '${request.body.kind}' }],
])('takes `%s`', (_name, options, expected) => {
  expect(http(options).integration).toEqual({
    ApiId: expect.anything(), IntegrationType: 'HTTP', IntegrationMethod: 'POST', IntegrationUri: 'https://example.com', ...expected,
  });
});

test('without a template of the key $default nothing selects one', () => {
  expect(http({ requestTemplates: { 'application/json': '{}' } }).integration).not.toHaveProperty('TemplateSelectionExpression');
});

test('request templates of the user replace the integration\'s own, and parameters override its own', () => {
  // WHEN
  const { integration } = queue({ requestTemplates: { $default: 'Action=SendMessage&MessageBody=x' }, requestParameters: { 'integration.request.header.A': "'b'" } });

  // THEN
  expect(integration).toMatchObject({
    RequestTemplates: { $default: 'Action=SendMessage&MessageBody=x' },
    RequestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'", 'integration.request.header.A': "'b'" },
  });
});

test('the role trusts API Gateway on behalf of this account and this API alone', () => {
  // WHEN
  const made = queue({});

  // THEN
  expect(made.all('AWS::IAM::Role').map(({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument)).toEqual([{
    Statement: [{
      Action: 'sts:AssumeRole',
      Effect: 'Allow',
      Principal: { Service: 'apigateway.amazonaws.com' },
      Condition: {
        StringEqualsIfExists: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLikeIfExists: {
          'aws:SourceArn': {
            'Fn::Join': ['', [
              'arn:', { Ref: 'AWS::Partition' }, ':execute-api:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':',
              made.integration.ApiId, '/*',
            ]],
          },
        },
      },
    }],
    Version: '2012-10-17',
  }]);
});

test('with a role of the user none is made, and it may do the call', () => {
  // GIVEN
  const credentialsRole = new iam.Role(stack, 'Mine', { assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com') });

  // WHEN
  const made = queue({ credentialsRole });

  // THEN
  expect(made.all('AWS::IAM::Role')).toHaveLength(1);
  expect(made.integration.CredentialsArn).toEqual(stack.resolve(credentialsRole.roleArn));
  expect(made.statements).toEqual([expect.objectContaining({ Action: 'sqs:SendMessage' })]);
});

describe('responses', () => {
  test('have every property, and one for everything else is added', () => {
    // WHEN
    const made = http({
      responses: [{
        key: '/4\\d\\d/',
        responseParameters: { 'method.response.header.A': 'integration.response.header.B' },
        responseTemplates: { $default: '{"no":true}' },
        contentHandling: ContentHandling.CONVERT_TO_TEXT,
      }, {
        key: '/5\\d\\d/',
        responseTemplates: { a: '{}' },
        templateSelectionExpression: '${integration.response.statuscode}',
      }],
    });

    // THEN
    const of = { ApiId: expect.anything(), IntegrationId: expect.anything() };
    expect(made.all('AWS::ApiGatewayV2::IntegrationResponse')).toEqual([
      {
        ...of,
        IntegrationResponseKey: '/4\\d\\d/',
        ResponseParameters: { 'method.response.header.A': 'integration.response.header.B' },
        ResponseTemplates: { $default: '{"no":true}' },
        TemplateSelectionExpression: '\\$default',
        ContentHandlingStrategy: 'CONVERT_TO_TEXT',
      },
      { ...of, IntegrationResponseKey: '/5\\d\\d/', ResponseTemplates: { a: '{}' }, TemplateSelectionExpression: '${integration.response.statuscode}' },
      { ...of, IntegrationResponseKey: '$default' },
    ]);
  });

  test('the one for everything is the user\'s, if it is there', () => {
    // WHEN
    const made = http({ responses: [{ key: '$default', responseTemplates: { $default: 'done' } }] });

    // THEN
    expect(made.all('AWS::ApiGatewayV2::IntegrationResponse')).toHaveLength(1);
    expect(made.response('')).toBe('done');
  });
});

test('the ids of what is made follow the names only', () => {
  // GIVEN
  const home = new Construct(stack, 'Home');

  // WHEN
  RouteIntegration.sqs(new sqs.Queue(stack, 'Queue'), { responses: [{ key: '/a.b/' }] })._makeIn(home, new WebSocketApi(stack, 'Api'));

  // THEN
  expect(home.node.children.map(({ node }) => node.id)).toEqual(['Role', 'Integration', 'Response-%2Fa.b%2F', 'Response-$default']);
});
