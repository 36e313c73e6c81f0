import {
  ApiMapping, CfnApiMapping, CfnDomainName, DomainName, IDomainName, IpAddressType, IWebSocketApi, IWebSocketStage, SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { reportDomainConflicts } from './domain-conflicts';
import { withoutUndefined } from '../members';

/** A custom domain whose options are checked, before anything of it is made. */
export interface DomainPlan {
  /** Host and mapping key: what follows `wss://` and `https://`. No reference to a stage is in it. */
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

/** Makes the domain name, or takes the one that exists, and leads it to a stage. */
export function makeDomain(scope: Construct, plan: DomainPlan, api: IWebSocketApi, stage: IWebSocketStage): IDomainName {
  const made = plan.existing ? undefined : makeDomainName(scope, plan);
  const domainName = plan.existing ?? made!;
  const apiMapping = new ApiMapping(scope, 'ApiMapping', { api, stage, domainName, apiMappingKey: plan.mappingKey });
  reportDomainConflicts(scope, apiMapping.node.defaultChild as CfnApiMapping, made?.node.defaultChild as CfnDomainName | undefined);
  return domainName;
}

function makeDomainName(scope: Construct, plan: DomainPlan): DomainName {
  const { host, hostedZone, certificateName, ipAddressType } = plan;
  const domainName = new DomainName(scope, 'Domain', withoutUndefined({
    domainName: host,
    certificate: plan.certificate ?? new acm.Certificate(scope, 'Certificate', {
      domainName: host, validation: acm.CertificateValidation.fromDns(hostedZone),
    }),
    certificateName,
    // The only one that WebSocket APIs take.
    securityPolicy: SecurityPolicy.TLS_1_2,
    ipAddressType,
  }));
  if (hostedZone && plan.aliasRecords) makeRecords(scope, host, hostedZone, domainName);
  return domainName;
}

function makeRecords(scope: Construct, host: string, zone: route53.IHostedZone, domainName: DomainName): void {
  const { regionalDomainName, regionalHostedZoneId } = domainName;
  const target = route53.RecordTarget.fromAlias(new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId));
  // The dot ends the name: without it the name of the zone would be asked for, which an imported zone may not know.
  const record = { zone, recordName: `${host}.`, target };
  new route53.ARecord(scope, 'AliasRecord', record);
  new route53.AaaaRecord(scope, 'AliasRecordIpv6', record);
}
