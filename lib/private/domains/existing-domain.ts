import { Stack, Token } from 'aws-cdk-lib';
import { CfnDomainName, EndpointType, IDomainName, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnHostedZone, IHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { Fault } from '../problem';
import { literal } from '../values';

interface Place {
  readonly account: string;
  readonly region: string;
}

/** Routing rules lead to REST APIs only. */
const RULES_ONLY = 'ROUTING_RULE_ONLY';

/** The name of a domain that is made elsewhere: the text itself where the app knows it. */
export function hostOf(existing: IDomainName): string {
  return literal(resourceOf(existing)?.domainName) ?? existing.name;
}

/**
 * Why a domain that is made elsewhere cannot serve a WebSocket API, if the app knows.
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
    return { reason: 'is edge-optimized, and WebSocket APIs take Regional domain names only', remedy: 'make it with EndpointType.REGIONAL' };
  }
  if (policy !== undefined) {
    return { reason: `has the security policy ${policy}, and WebSocket APIs take TLS_1_2 only`, remedy: 'make it with SecurityPolicy.TLS_1_2' };
  }
  if (mutualTlsAuthentication !== undefined) {
    return { reason: 'has mutual TLS, which is for REST and HTTP APIs', remedy: 'make it without, and let an authorizer decide who may connect' };
  }
  if (routingMode === RULES_ONLY) {
    return {
      reason: `has the routing mode ${RULES_ONLY}, and rules lead to REST APIs only`,
      remedy: 'leave `routingMode` out, so that mappings lead to the API',
    };
  }
  return undefined;
}

/** Why a certificate cannot be that of the domain, if the app knows. */
export function certificateFault(scope: Construct, certificate: ICertificate): Fault | undefined {
  const arn = certificate.certificateArn;
  // What is imported says where it is in its ARN only.
  return elsewhereFault(scope, Token.isUnresolved(arn) ? certificate.env : placeIn(arn));
}

function placeIn(arn: string): Place {
  const [, , , region = '', account = ''] = arn.split(':');
  return { region, account };
}

/** Domain name, certificate and API are in one account and Region. */
function elsewhereFault(scope: Construct, place: Place): Fault | undefined {
  const { account, region } = Stack.of(scope);
  const remedy = 'take one of the same account and Region: the endpoint is Regional';
  if (differ(place.region, region)) return { reason: `is in ${place.region}, and the API is in ${region}`, remedy };
  if (differ(place.account, account)) return { reason: `is in the account ${place.account}, and the API is in ${account}`, remedy };
  return undefined;
}

function differ(left: string, right: string): boolean {
  return left !== right && !Token.isUnresolved(left) && !Token.isUnresolved(right);
}

function resourceOf(existing: IDomainName): CfnDomainName | undefined {
  const resource = existing.node.defaultChild;
  return resource instanceof CfnDomainName ? resource : undefined;
}

/** The endpoints, whatever they are wrapped in; none if only a deployment knows them. */
function endpointsOf(resource: CfnDomainName): CfnDomainName.DomainNameConfigurationProperty[] {
  const endpoints = Stack.of(resource).resolve(resource.domainNameConfigurations) as unknown;
  return Array.isArray(endpoints) ? endpoints as CfnDomainName.DomainNameConfigurationProperty[] : [];
}

/**
 * What is wrong with the hosted zone of a domain, if anything.
 *
 * @param validates whether a certificate is validated by a record in it
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
export function hostedZoneFault(zone: IHostedZone, domainName: string, validates: boolean): Fault | undefined {
  if (validates && isPrivate(zone)) {
    return { reason: 'is private, and ACM validates a certificate by public DNS', remedy: 'give a `certificate`, or a public hosted zone' };
  }
  const zoneName = nameOf(zone);
  if (zoneName === undefined || Token.isUnresolved(zoneName) || Token.isUnresolved(domainName)) return undefined;
  if (domainName === zoneName || domainName.endsWith(`.${zoneName}`)) return undefined;
  return {
    reason: `is the zone of ${JSON.stringify(zoneName)}, and ${JSON.stringify(domainName)} is not in it`,
    remedy: `give the zone of ${JSON.stringify(domainName)}, or a name that ends with ${JSON.stringify(`.${zoneName}`)}`,
  };
}

/** A zone that is imported by its id alone throws when it is asked. */
function nameOf(zone: IHostedZone): string | undefined {
  try {
    return zone.zoneName.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}

/** Where the app knows: an imported zone does not tell. */
function isPrivate(zone: IHostedZone): boolean {
  if (zone instanceof PrivateHostedZone) return true;
  const resource = zone.node.defaultChild;
  if (!(resource instanceof CfnHostedZone)) return false;
  const vpcs = Stack.of(zone).resolve(resource.vpcs) as unknown;
  return Array.isArray(vpcs) && vpcs.length > 0;
}
