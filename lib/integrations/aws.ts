import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ServiceIntegrationOptions } from './integration-options';
import { Checks } from '../private/checks/checks';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { IntegrationSpec } from '../private/integrations/make-integration';
import { serviceCall, serviceUri } from '../private/integrations/service-call';

/**
 * Options of `RouteIntegration.aws`.
 *
 * @example
 * RouteIntegration.aws({
 *   service: 'dynamodb',
 *   action: 'DeleteItem',
 *   statements: [new iam.PolicyStatement({ actions: ['dynamodb:DeleteItem'], resources: [table.tableArn] })],
 *   requestTemplates: { $default: `{"TableName":"${table.tableName}","Key":{"connectionId":{"S":"$context.connectionId"}}}` },
 * });
 */
export interface WebsocketAwsIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * The name of the service in its endpoint, for example `dynamodb`.
   *
   * @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
   */
  readonly service: string;

  /**
   * The action to call, for example `DeleteItem`. Exactly one of `action` and `path`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   * @default - `path` names the call
   */
  readonly action?: string;

  /**
   * The path to call, without its leading slash. Exactly one of `action` and `path`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   * @default - `action` names the call
   */
  readonly path?: string;

  /**
   * The method of the request.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default 'POST'
   */
  readonly method?: string;

  /**
   * The Region of the service.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   * @default - the Region of the API
   */
  readonly region?: string;

  /**
   * The part of the endpoint before the name of the service, for example the name of a bucket.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
   * @default - no subdomain
   */
  readonly subdomain?: string;

  /**
   * Permissions for the role.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
   * @default - no permissions
   */
  readonly statements?: iam.PolicyStatement[];
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html */
export function awsIntegration(options: WebsocketAwsIntegrationOptions): IntegrationPlan {
  return {
    factory: 'aws',
    struct: 'WebsocketAwsIntegrationOptions',
    options,
    check: (checks) => checkCall(checks, options),
    define: (scope) => anyCall(scope, options),
  };
}

function anyCall(scope: Construct, options: WebsocketAwsIntegrationOptions): IntegrationSpec {
  const { service, action, path, method = 'POST', region = Stack.of(scope).region, subdomain, statements = [] } = options;
  const host = subdomain === undefined ? service : `${subdomain}.${service}`;
  return {
    ...serviceCall({
      uri: serviceUri(scope, host, region, action === undefined ? `path/${path}` : `action/${action}`),
      grant: (role) => statements.forEach((statement) => role.grantPrincipal.addToPrincipalPolicy(statement)),
    }),
    method,
  };
}

function checkCall(checks: Checks, { service, action, path, statements = [] }: WebsocketAwsIntegrationOptions): void {
  if (!Token.isUnresolved(service) && !/^[a-z][\w-]*$/.test(service)) {
    checks.refuse('service', service, {
      reason: 'is not the name of a service', remedy: 'use the name in its endpoint, for example "dynamodb"',
    });
  }
  if ((action === undefined) === (path === undefined)) {
    checks.refuse('action', action, { reason: 'and `path` are two ways to name the call', remedy: 'give exactly one of them' });
  }
  const statement = statements.find(({ hasPrincipal }) => hasPrincipal);
  if (!statement) return;
  checks.refuse('statements', statement.actions, {
    reason: 'names a principal, which the policy of a role cannot have',
    remedy: 'leave `principals` out: the role is the principal',
  });
}
