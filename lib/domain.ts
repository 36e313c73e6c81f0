import { Token } from 'aws-cdk-lib';
import { IDomainName, IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Checks } from './private/checks/checks';
import { BOOLEAN, Kind, OBJECT, STRING, withMember } from './private/checks/kind';
import { DomainPlan } from './private/domains/custom-domain';
import { certificateFault, existingDomainFault, hostedZoneFault, hostOf } from './private/domains/existing-domain';
import { Fault, list } from './private/problem';

/**
 * A custom domain: a `domainName` with a `certificate` or a `hostedZone`, or an `existing` one.
 *
 * The endpoint is Regional and accepts TLS 1.2 and 1.3. API Gateway has no other endpoints, no mutual TLS and no routing rules for
 * WebSocket APIs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html
 * @example
 * new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say' } },
 *   domain: { domainName: 'ws.example.com', hostedZone },
 *   authorizer: ConnectAuthorizer.none(),
 * });
 */
export interface WebsocketDomainOptions {
  /**
   * The host that clients connect to, for example `ws.example.com`. Lower case, without a wildcard.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-domainname.html
   * @default - the host of `existing`
   */
  readonly domainName?: string;

  /**
   * The certificate of the domain, in the account and Region of the API.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html
   * @default - a certificate is created for `domainName` and validated by a record in `hostedZone`
   */
  readonly certificate?: acm.ICertificate;

  /**
   * A readable name for the certificate.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-apigatewayv2-domainname-domainnameconfiguration.html
   * @default - no name
   */
  readonly certificateName?: string;

  /**
   * The Route 53 hosted zone of the domain, for alias records and, without a `certificate`, for validating the one that is created.
   *
   * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
   * @default - no records are created, and `certificate` is required
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * Whether to create an A and an AAAA record in the hosted zone that point to the API.
   *
   * The AAAA record resolves once the domain has `ipAddressType: IpAddressType.DUAL_STACK`.
   *
   * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-api-gateway.html
   * @default - true if `hostedZone` is set
   */
  readonly aliasRecords?: boolean;

  /**
   * The IP address types that can reach the domain.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-ip-address-type.html
   * @default - that of the API
   */
  readonly ipAddressType?: IpAddressType;

  /**
   * A domain name that is defined elsewhere, or imported, with its own certificate and records. Several services can share it, each with
   * its own `mappingKey`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
   * @default - the service creates the domain name
   */
  readonly existing?: IDomainName;

  /**
   * The path at the domain that maps to the stage, without slashes around it: `chat` for `wss://ws.example.com/chat`.
   *
   * With several levels (`v1/chat`), API Gateway converts the names of all headers to lower case.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
   * @default - the domain maps to the stage without a path
   */
  readonly mappingKey?: string;
}

/** The type makes the compiler report an option that is missing here. */
const KINDS: Record<keyof WebsocketDomainOptions, Kind> = {
  domainName: { ...STRING, example: "'ws.example.com'" },
  certificate: withMember(
    'a certificate of ACM', 'certificateArn', "acm.Certificate.fromCertificateArn(this, 'Certificate', arn) for an ARN",
  ),
  certificateName: { ...STRING, example: "'ws'" },
  hostedZone: withMember('a hosted zone', 'hostedZoneId', "route53.HostedZone.fromLookup(this, 'Zone', { domainName: 'example.com' })"),
  aliasRecords: BOOLEAN,
  ipAddressType: {
    name: 'an IpAddressType',
    example: list(Object.keys(IpAddressType).map((name) => `IpAddressType.${name}`), 'or'),
    accepts: (value) => Object.values(IpAddressType).includes(value as IpAddressType) || Token.isUnresolved(value),
  },
  existing: withMember(
    'a domain name of aws-apigatewayv2', 'regionalDomainName', 'DomainName.fromDomainNameAttributes(...) for one that is not of this app',
  ),
  mappingKey: { ...STRING, example: "'chat'" },
};

const OPTIONS: Kind = { ...OBJECT, example: "{ domainName: 'ws.example.com', hostedZone }" };

/** ACM's limit for common names. */
const LONGEST_COMMON_NAME = 64;

/** Options that contradict `existing`, which has its own. */
const BROUGHT = ['domainName', 'certificate', 'certificateName', 'hostedZone', 'aliasRecords', 'ipAddressType'] as const;

/**
 * @param ipAddressType the default, which is that of the API
 */
export function planDomain(checks: Checks, options: WebsocketDomainOptions, ipAddressType?: IpAddressType): DomainPlan {
  checks.required('', options, OPTIONS);
  for (const [name, kind] of Object.entries(KINDS)) checks.kind(name, options[name as keyof WebsocketDomainOptions], kind);
  const { mappingKey, existing, domainName, certificate, certificateName, hostedZone } = options;
  checks.that('mappingKey', mappingKey, mappingKeyFault);
  if (existing) checkExisting(checks, existing, options);
  else checkOwn(checks, options);

  const host = existing ? hostOf(existing) : domainName!;
  return {
    address: mappingKey === undefined ? host : `${host}/${mappingKey}`,
    host,
    mappingKey,
    existing,
    certificate,
    certificateName,
    hostedZone,
    aliasRecords: options.aliasRecords ?? true,
    ipAddressType: options.ipAddressType ?? ipAddressType,
  };
}

/** Rejects disabling the only endpoint: `url`, `callbackUrl` and the environment of handlers would have dead URLs. */
export function checkDefaultEndpoint(checks: Checks, disableExecuteApiEndpoint?: boolean, domain?: WebsocketDomainOptions): void {
  if (!disableExecuteApiEndpoint || domain) return;
  checks.refuse('disableExecuteApiEndpoint', disableExecuteApiEndpoint, {
    reason: 'would leave `url` and `callbackUrl` without an endpoint',
    remedy: 'give `domain`, with `existing` for a domain name that is made elsewhere',
  });
}

function checkExisting(checks: Checks, existing: IDomainName, options: WebsocketDomainOptions): void {
  for (const name of BROUGHT) checks.that(name, options[name], () => BROUGHT_TWICE);
  checks.that('existing', hostOf(existing), domainNameFault);
  checks.that('existing', existing, () => existingDomainFault(checks.scope, existing));
}

const BROUGHT_TWICE: Fault = { reason: 'is set here, but `existing` has its own', remedy: 'keep one of them' };

function checkOwn(checks: Checks, options: WebsocketDomainOptions): void {
  const { domainName, certificate, hostedZone, aliasRecords } = options;
  checks.length('certificateName', options.certificateName, 1, 128);
  if (domainName === undefined) {
    throw checks.refuse('', options, {
      reason: 'names no domain', remedy: 'give `domainName`, or `existing` for one that is made elsewhere',
    });
  }
  checks.that('domainName', domainName, domainNameFault);
  if (!certificate && !hostedZone) {
    checks.refuse('domainName', domainName, {
      reason: 'has no certificate', remedy: 'give `certificate`, or `hostedZone` to have one made and validated there',
    });
  }
  checks.that('certificate', certificate, (given) => certificateFault(checks.scope, given));
  checks.that('hostedZone', hostedZone, (zone) => hostedZoneFault(zone, domainName, !certificate));
  if (!certificate && !Token.isUnresolved(domainName) && domainName.length > LONGEST_COMMON_NAME) {
    checks.refuse('domainName', domainName, {
      reason: `is longer than the ${LONGEST_COMMON_NAME} characters that ACM makes a certificate for`,
      remedy: 'shorten it, or give a `certificate` that has it as an alternative name',
    });
  }
  if (aliasRecords && !hostedZone) {
    checks.refuse('aliasRecords', aliasRecords, { reason: 'requires a hosted zone, but none is given', remedy: 'give `hostedZone`' });
  }
}

const NAME_REMEDY = 'use a host such as "ws.example.com": lower-case letters, digits, hyphens and dots, without scheme, port or path';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST = new RegExp(`^${LABEL}(?:\\.${LABEL})+$`);
const LONGEST_HOST = 253;

/**
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-domainname.html
 */
export function domainNameFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name)) return undefined;
  if (name.startsWith('*.')) {
    return {
      reason: 'is a wildcard for many hosts, but `url` and `callbackUrl` need one host',
      remedy: `name the host, for example "chat${name.slice(1)}"; a wildcard belongs in the certificate`,
    };
  }
  if (isHost(name)) return undefined;
  const lower = name.toLowerCase();
  if (isHost(lower)) return { reason: 'has upper-case letters, which API Gateway does not accept', remedy: `write "${lower}"` };
  return { reason: 'is not a domain name', remedy: NAME_REMEDY };
}

function isHost(name: string): boolean {
  return HOST.test(name) && name.length <= LONGEST_HOST;
}

const MAPPING_KEY = /^[A-Za-z0-9$\-_.+!*'()]+(?:\/[A-Za-z0-9$\-_.+!*'()]+)*$/;
const LONGEST_KEY = 300;

/**
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
 */
export function mappingKeyFault(key: string): Fault | undefined {
  if (Token.isUnresolved(key)) return undefined;
  if (/^\/*$/.test(key)) return { reason: 'names no path', remedy: 'leave it out for the domain itself' };
  if (key.length > LONGEST_KEY) {
    return { reason: `is longer than the ${LONGEST_KEY} characters that API Gateway allows`, remedy: 'shorten it' };
  }
  if (MAPPING_KEY.test(key)) return undefined;
  const bare = key.replace(/^\/+|\/+$/g, '');
  if (MAPPING_KEY.test(bare)) return { reason: 'has a slash at its start or end', remedy: `write "${bare}"` };
  return {
    reason: 'is not a mapping key',
    remedy: 'use letters, digits and $-_.+!*\'(), in one or more parts with a slash between them, for example "chat" or "v1/chat"',
  };
}
