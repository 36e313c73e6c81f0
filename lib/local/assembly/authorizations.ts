import { ApiReading, executeApiArn, hasCredentials } from './api-reading';
import { show } from './json';
import type { Authorization, Authorizer } from './model';
import type { Resource } from './resource';

/** Who may use a route. */
export function readAuthorization(route: Resource, reading: ApiReading): Authorization {
  const type = route.text('AuthorizationType') ?? 'NONE';
  if (type === 'NONE' || type === 'AWS_IAM') return { type };
  // 3.1: no others on WebSocket APIs.
  if (type !== 'CUSTOM') throw route.broken('AuthorizationType', `${show(type)} is none of NONE, AWS_IAM, CUSTOM`);
  const authorizerId = route.requiredText('AuthorizerId');
  const authorizer = reading.resources.partsOf(reading.apiId, 'Authorizer').find((other) => other.ref() === authorizerId);
  return { type, authorizer: authorizer ? readAuthorizer(authorizer, reading) : absentAuthorizer(route, authorizerId, reading) };
}

function readAuthorizer(resource: Resource, reading: ApiReading): Authorizer {
  const authorizerId = resource.ref();
  const target = reading.targets.target(resource.resolve('AuthorizerUri'), {
    path: resource.path,
    label: 'the authorizer',
    environment: reading.environment,
    stages: reading.stages,
    hasCredentials: hasCredentials(resource, 'AuthorizerCredentialsArn', reading),
    sourceArn: () => executeApiArn(reading, `authorizers/${authorizerId}`),
  });
  return {
    logicalId: resource.logicalId,
    name: resource.knownText('Name') ?? resource.logicalId,
    authorizerId,
    identitySource: resource.texts('IdentitySource'),
    target,
  };
}

function absentAuthorizer(route: Resource, authorizerId: string, { targets }: ApiReading): Authorizer {
  const target = targets.notServed({ path: route.path, label: 'the authorizer' }, `the authorizer ${authorizerId} is not in this assembly`);
  return { logicalId: authorizerId, name: authorizerId, authorizerId, identitySource: [], target };
}
