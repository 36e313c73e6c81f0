import { ResourceEnvironment, Stack, Token } from 'aws-cdk-lib';
import { CfnDomainName, EndpointType, IDomainName, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnHostedZone, IHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { Fault } from '../problem';
import { literal } from '../values';

const RULES_ONLY = 'ROUTING_RULE_ONLY';

/** The literal host of an existing domain if the app defines it, else a token. */
export function hostOf(existing: IDomainName): string {
  return literal(resourceOf(existing)?.domainName) ?? existing.name;
}

/**
 * Why an existing domain cannot serve a WebSocket API, as far as it is known at synthesis.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html
 */
export function existingDomainFault(scope: Construct, existing: IDomainName): Fault | undefined {
  const elsewhere = elsewhereFault(scope, existing.env);
  if (elsewhere) return elsewhere;
  const resource = resourceOf(existing);
  if (!resource) return undefined;

  const { mutualTlsAuthentication, routingMode } = resource;
  const endpoints = endpointsOf(resource);
  const policy = endpoints.map(({ securityPolicy }) => securityPolicy)
    .find((name) => name !== undefined && !Token.isUnresolved(name) && name !== SecurityPolicy.TLS_1_2);
  if (endpoints.some(({ endpointType }) => endpointType === EndpointType.EDGE)) {
    return {
      reason: 'is edge-optimized, and WebSocket APIs support Regional domain names only', remedy: 'make it with EndpointType.REGIONAL',
    };
  }
  if (policy !== undefined) {
    return {
      reason: `has the security policy ${policy}, and WebSocket APIs support TLS_1_2 only`, remedy: 'make it with SecurityPolicy.TLS_1_2',
    };
  }
  if (mutualTlsAuthentication !== undefined) {
    return {
      reason: 'has mutual TLS, which is for REST and HTTP APIs', remedy: 'make it without, and let an authorizer decide who may connect',
    };
  }
  if (routingMode === RULES_ONLY) {
    return {
      reason: `has the routing mode ${RULES_ONLY}, and routing rules support REST APIs only`,
      remedy: 'leave `routingMode` out, so that mappings lead to the API',
    };
  }
  return undefined;
}

/** Why a certificate cannot be used for the domain, as far as it is known at synthesis. */
export function certificateFault(scope: Construct, certificate: ICertificate): Fault | undefined {
  const arn = certificate.certificateArn;
  // The `env` of an imported certificate is that of the stack; its ARN has the real Region.
  return elsewhereFault(scope, Token.isUnresolved(arn) ? certificate.env : environmentIn(arn));
}

function environmentIn(arn: string): ResourceEnvironment {
  const [, , , region = '', account = ''] = arn.split(':');
  return { region, account };
}

/** Domain name, certificate and API must be in one account and Region. */
function elsewhereFault(scope: Construct, environment: ResourceEnvironment): Fault | undefined {
  const { account, region } = Stack.of(scope);
  const remedy = 'use one in the same account and Region, since the endpoint is Regional';
  if (differ(environment.region, region)) return { reason: `is in ${environment.region}, and the API is in ${region}`, remedy };
  if (differ(environment.account, account)) {
    return { reason: `is in the account ${environment.account}, and the API is in ${account}`, remedy };
  }
  return undefined;
}

function differ(left: string, right: string): boolean {
  return left !== right && !Token.isUnresolved(left) && !Token.isUnresolved(right);
}

function resourceOf(existing: IDomainName): CfnDomainName | undefined {
  const resource = existing.node.defaultChild;
  return resource instanceof CfnDomainName ? resource : undefined;
}

/** The endpoints; none if they are known at deployment only. */
function endpointsOf(resource: CfnDomainName): CfnDomainName.DomainNameConfigurationProperty[] {
  const endpoints = Stack.of(resource).resolve(resource.domainNameConfigurations) as unknown;
  return Array.isArray(endpoints) ? endpoints as CfnDomainName.DomainNameConfigurationProperty[] : [];
}

/**
 * @param validates whether a record in the zone validates the certificate
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
export function hostedZoneFault(zone: IHostedZone, domainName: string, validates: boolean): Fault | undefined {
  if (validates && isPrivate(zone)) {
    return { reason: 'is private, but ACM validates certificates by public DNS', remedy: 'give a `certificate`, or a public hosted zone' };
  }
  const zoneName = nameOf(zone);
  if (zoneName === undefined || Token.isUnresolved(zoneName) || Token.isUnresolved(domainName)) return undefined;
  if (domainName === zoneName || domainName.endsWith(`.${zoneName}`)) return undefined;
  return {
    reason: `is the zone of ${JSON.stringify(zoneName)}, and ${JSON.stringify(domainName)} is not in it`,
    remedy: `give the zone of ${JSON.stringify(domainName)}, or a name that ends with ${JSON.stringify(`.${zoneName}`)}`,
  };
}

/** A zone that is imported by id alone throws when its name is read. */
function nameOf(zone: IHostedZone): string | undefined {
  try {
    return zone.zoneName.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

/** `false` for an imported zone, of which this is unknown. */
function isPrivate(zone: IHostedZone): boolean {
  if (zone instanceof PrivateHostedZone) return true;
  const resource = zone.node.defaultChild;
  if (!(resource instanceof CfnHostedZone)) return false;
  const vpcs = Stack.of(zone).resolve(resource.vpcs) as unknown;
  return Array.isArray(vpcs) && vpcs.length > 0;
}
