import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { WebsocketAwsIntegrationOptions, RouteIntegration } from '../../lib';
import { IntegrationParts } from '../_helpers/integration-parts';
import { quickStack } from '../_helpers/quick-app';

const STATEMENT = { actions: ['dynamodb:DeleteItem'], resources: ['arn:aws:dynamodb:eu-west-1:111111111111:table/t'] };

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function parts(options: Partial<WebsocketAwsIntegrationOptions>): IntegrationParts {
  return new IntegrationParts(stack, RouteIntegration.aws({ service: 'dynamodb', ...options }));
}

test('any action, with a role that may what it is told', () => {
  // WHEN
  const made = parts({ action: 'DeleteItem', statements: [new iam.PolicyStatement(STATEMENT)], requestTemplates: { $default: '{"TableName":"t"}' } });

  // THEN
  expect(made.integration).toEqual({
    ApiId: expect.anything(),
    IntegrationType: 'AWS',
    IntegrationMethod: 'POST',
    IntegrationUri: expect.anything(),
    CredentialsArn: { 'Fn::GetAtt': [expect.stringMatching(/^HomeRole/), 'Arn'] },
    PassthroughBehavior: 'NEVER',
    RequestTemplates: { $default: '{"TableName":"t"}' },
    TemplateSelectionExpression: '\\$default',
  });
  expect(made.uri).toBe('arn:AWS::Partition:apigateway:AWS::Region:dynamodb:action/DeleteItem');
  expect(made.statements).toEqual([{ Action: 'dynamodb:DeleteItem', Effect: 'Allow', Resource: STATEMENT.resources[0] }]);
});

test('a path, a subdomain, a Region and a method', () => {
  // WHEN
  const made = parts({ service: 's3', path: 'key', subdomain: 'bucket', region: 'us-east-1', method: 'PUT' });

  // THEN
  expect(made.uri).toBe('arn:AWS::Partition:apigateway:us-east-1:bucket.s3:path/key');
  expect(made.integration.IntegrationMethod).toBe('PUT');
});

describe('refused is', () => {
  test.each<[string, Partial<WebsocketAwsIntegrationOptions>, string]>([
    ['neither action nor path', {}, 'action: (not set) and `path` are two ways to name the call; give exactly one of them'],
    ['both of them', { action: 'A', path: 'p' }, 'action: "A" and `path` are two ways to name the call; give exactly one of them'],
    ['no name of a service', { service: 'Amazon DynamoDB', action: 'PutItem' },
      'service: "Amazon DynamoDB" is not the name of a service; use the name in its endpoint, for example "dynamodb"'],
  ])('%s', (_case, options, message) => {
    expect(() => parts(options)).toThrow(new Error(`Stack/Home: integration.${message}`));
  });

  test('a statement with a principal', () => {
    const statements = [new iam.PolicyStatement({ ...STATEMENT, principals: [new iam.AnyPrincipal()] })];
    expect(() => parts({ action: 'A', statements })).toThrow(new Error(
      'Stack/Home: integration.statements: ["dynamodb:DeleteItem"] names a principal, which the policy of a role cannot have; '
      + 'leave `principals` out: the role is the principal',
    ));
  });
});
