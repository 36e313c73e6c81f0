import { Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { IntegrationSpec, Refuse } from './integration-plan';
import { serviceCall, serviceUri } from './service-call';

interface AnyCall {
  readonly service: string;
  readonly action?: string;
  readonly path?: string;
  readonly method?: string;
  readonly region?: string;
  readonly subdomain?: string;
  readonly statements?: iam.PolicyStatement[];
}

/** @see https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html */
export function awsCall(scope: Construct, { service, action, path, method = 'POST', region, subdomain, statements = [] }: AnyCall): IntegrationSpec {
  const host = subdomain === undefined ? service : `${subdomain}.${service}`;
  return {
    ...serviceCall({
      uri: serviceUri(scope, host, region ?? Stack.of(scope).region, action === undefined ? `path/${path}` : `action/${action}`),
      grant: (role) => statements.forEach((statement) => role.grantPrincipal.addToPrincipalPolicy(statement)),
    }),
    method,
  };
}

export function checkAws(refuse: Refuse, { service, action, path, statements = [] }: AnyCall): void {
  if (!Token.isUnresolved(service) && !/^[a-z][\w-]*$/.test(service)) {
    refuse('service', service, { reason: 'is no name of a service', remedy: 'use that of its endpoint, for example "dynamodb"' });
  }
  if ((action === undefined) === (path === undefined)) {
    refuse('action', action, { reason: 'and `path` are two ways to say what is called', remedy: 'give exactly one of them' });
  }
  for (const statement of statements) {
    if (!statement.hasPrincipal) continue;
    refuse('statements', statement.actions, {
      reason: 'names a principal, which the policy of a role cannot',
      remedy: 'leave `principals` out: the role is the principal',
    });
  }
}
