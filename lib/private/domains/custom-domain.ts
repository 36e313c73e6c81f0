import { createHash } from 'crypto';
import { CfnResource, Lazy, Resource, Stack, Token } from 'aws-cdk-lib';
import {
  ApiMapping, CfnApiMapping, CfnDomainName, DomainName, IDomainName, IpAddressType, IWebSocketApi, IWebSocketStage, SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { pathFrom } from '../construct-id';
import { reportDomainConflicts } from './domain-conflicts';
import { withoutUndefined } from '../members';

/** A custom domain whose options are checked, with nothing created yet. */
export interface DomainPlan {
  /** Host and mapping key, which follow `wss://` and `https://` in URLs. Contains no reference to a stage. */
  readonly address: string;
  readonly host: string;
  readonly mappingKey?: string;
  readonly existing?: IDomainName;
  readonly certificate?: acm.ICertificate;
  readonly certificateName?: string;
  readonly hostedZone?: route53.IHostedZone;
  readonly aliasRecords: boolean;
  readonly ipAddressType?: IpAddressType;
}

/**
 * Makes the domain name, unless it exists, and maps it to a stage.
 *
 * Logical ids follow the domain and the key, so that a domain that moves to another service or stage of the same stack is updated in place.
 * With a new id, CloudFormation would first create another mapping, domain name or record, which AWS rejects as a duplicate.
 */
export function makeDomain(scope: Construct, plan: DomainPlan, api: IWebSocketApi, stage: IWebSocketStage): IDomainName {
  const made = plan.existing ? undefined : makeDomainName(scope, plan);
  const domainName = plan.existing ?? made!;
  const apiMapping = new ApiMapping(scope, 'ApiMapping', { api, stage, domainName, apiMappingKey: plan.mappingKey });
  nameAfterDomain(apiMapping, 'ApiMapping', plan, plan.mappingKey);
  reportDomainConflicts(scope, apiMapping.node.defaultChild as CfnApiMapping, made?.node.defaultChild as CfnDomainName | undefined);
  return domainName;
}

function makeDomainName(scope: Construct, plan: DomainPlan): DomainName {
  const { host, hostedZone, certificateName, ipAddressType } = plan;
  const domainName = new DomainName(scope, 'Domain', withoutUndefined({
    domainName: host,
    certificate: plan.certificate ?? makeCertificate(scope, plan),
    certificateName,
    // The only policy that WebSocket APIs support.
    securityPolicy: SecurityPolicy.TLS_1_2,
    ipAddressType,
  }));
  nameAfterDomain(domainName, 'DomainName', plan);
  if (hostedZone && plan.aliasRecords) makeRecords(scope, plan, hostedZone, domainName);
  return domainName;
}

function makeCertificate(scope: Construct, plan: DomainPlan): acm.Certificate {
  const certificate = new acm.Certificate(scope, 'Certificate', {
    domainName: plan.host, validation: acm.CertificateValidation.fromDns(plan.hostedZone),
  });
  nameAfterDomain(certificate, 'Certificate', plan);
  return certificate;
}

function makeRecords(scope: Construct, plan: DomainPlan, zone: route53.IHostedZone, domainName: DomainName): void {
  const { regionalDomainName, regionalHostedZoneId } = domainName;
  const target = route53.RecordTarget.fromAlias(new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId));
  // The dot ends the name: without it, aws-cdk-lib reads the name of the zone, which an imported zone may not have.
  const record = { zone, recordName: `${plan.host}.`, target };
  nameAfterDomain(new route53.ARecord(scope, 'AliasRecord', record), 'AliasRecord', plan);
  nameAfterDomain(new route53.AaaaRecord(scope, 'AliasRecordIpv6', record), 'AliasRecordIpv6', plan);
}

function nameAfterDomain(made: Construct, kind: string, plan: DomainPlan, mappingKey = ''): void {
  const logicalId = (): string => {
    const name = nameOf(made, plan);
    const hash = createHash('sha256').update([kind, name, mappingKey].join('\0')).digest('hex').slice(0, 8).toUpperCase();
    return `${kind}${`${name}/${mappingKey}`.replace(/[^A-Za-z0-9]/g, '').slice(0, 100)}${hash}`;
  };
  // A token is resolved at synthesis only.
  const isKnown = !Token.isUnresolved(plan.host);
  (made.node.defaultChild as CfnResource).overrideLogicalId(isKnown ? logicalId() : Lazy.uncachedString({ produce: logicalId }));
}

/** The name of the domain, or for a token a text that is the same for every service of a stack. */
function nameOf(made: Construct, { host, existing }: DomainPlan): string {
  if (!Token.isUnresolved(host)) return host;
  return existing && Resource.isOwnedResource(existing) ? pathFrom(made, existing) : JSON.stringify(Stack.of(made).resolve(host));
}
