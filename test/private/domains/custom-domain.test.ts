import { App, CfnElement, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ApiMapping, DomainName, IDomainName, IpAddressType, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { planDomain, WebsocketDomainOptions } from '../../../lib/domain';
import { Checks } from '../../../lib/private/checks/checks';
import { makeDomain } from '../../../lib/private/domains/custom-domain';
import { quickApp } from '../../_helpers/quick-app';

const HOST = 'ws.example.com';

let app: App;
let stack: Stack;
let stage: WebSocketStage;
beforeEach(() => {
  app = quickApp();
  stack = new Stack(app, 'Stack');
  stage = new WebSocketStage(stack, 'Stage', { webSocketApi: new WebSocketApi(stack, 'Api'), stageName: 'dev' });
});

const zone = () => route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
const certificate = () => acm.Certificate.fromCertificateArn(stack, 'Imported', 'arn:aws:acm:eu-west-1:111111111111:certificate/1');

function make(options: WebsocketDomainOptions): IDomainName {
  return makeDomain(stack, planDomain(new Checks(stack, 'domain'), options), stage.api, stage);
}

const idOf = (child: string) => stack.resolve((stack.node.findChild(child).node.defaultChild as CfnElement).logicalId);

test('a domain with a hosted zone is a certificate that DNS validates, a domain name, a mapping and two records', () => {
  // WHEN
  make({ domainName: HOST, hostedZone: zone() });

  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::CertificateManager::Certificate', {
    DomainName: HOST, ValidationMethod: 'DNS', DomainValidationOptions: [{ DomainName: HOST, HostedZoneId: 'Z1' }],
  });
  template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
    DomainName: HOST,
    DomainNameConfigurations: [{ CertificateArn: { Ref: idOf('Certificate') }, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }],
  });
  template.hasResource('AWS::ApiGatewayV2::ApiMapping', {
    Properties: {
      ApiId: stack.resolve(stage.api.apiId), DomainName: { Ref: idOf('Domain') }, Stage: 'dev', ApiMappingKey: Match.absent(),
    },
    DependsOn: [idOf('Stage')],
  });
  const records = Object.values(template.findResources('AWS::Route53::RecordSet')).map(({ Properties }) => Properties);
  expect(records).toEqual(['A', 'AAAA'].map((Type) => ({
    Name: `${HOST}.`,
    Type,
    HostedZoneId: 'Z1',
    AliasTarget: {
      DNSName: { 'Fn::GetAtt': [idOf('Domain'), 'RegionalDomainName'] },
      HostedZoneId: { 'Fn::GetAtt': [idOf('Domain'), 'RegionalHostedZoneId'] },
    },
  })));
});

test('the children have stable ids', () => {
  // WHEN
  make({ domainName: HOST, hostedZone: zone(), mappingKey: 'chat' });

  // THEN
  expect(stack.node.children.map(({ node }) => node.id)).toEqual(
    ['Api', 'Stage', 'Zone', 'Certificate', 'Domain', 'AliasRecord', 'AliasRecordIpv6', 'ApiMapping'],
  );
});

test('a certificate that is given is taken, with the name and the address types', () => {
  // WHEN
  make({ domainName: HOST, certificate: certificate(), certificateName: 'ws', ipAddressType: IpAddressType.DUAL_STACK });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
  template.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
    DomainNameConfigurations: [{
      CertificateArn: 'arn:aws:acm:eu-west-1:111111111111:certificate/1',
      CertificateName: 'ws',
      EndpointType: 'REGIONAL',
      IpAddressType: 'dualstack',
      SecurityPolicy: 'TLS_1_2',
    }],
  });
});

test('with a certificate and a zone there are records all the same', () => {
  // WHEN
  make({ domainName: HOST, certificate: certificate(), hostedZone: zone() });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
  template.resourceCountIs('AWS::Route53::RecordSet', 2);
});

test('without `aliasRecords` the zone validates the certificate and no more', () => {
  // WHEN
  make({ domainName: HOST, hostedZone: zone(), aliasRecords: false });

  // THEN
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::CertificateManager::Certificate', 1);
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
});

test('a zone that is imported by its id alone will do', () => {
  // WHEN
  make({ domainName: HOST, hostedZone: route53.HostedZone.fromHostedZoneId(stack, 'ById', 'Z9') });

  // THEN
  Template.fromStack(stack).allResourcesProperties('AWS::Route53::RecordSet', { Name: `${HOST}.`, HostedZoneId: 'Z9' });
});

test('an existing domain gets the mapping and nothing else', () => {
  // GIVEN
  const existing = DomainName.fromDomainNameAttributes(stack, 'Existing', {
    name: HOST, regionalDomainName: 'd-1.execute-api.eu-west-1.amazonaws.com', regionalHostedZoneId: 'Z2',
  });

  // WHEN
  const domainName = make({ existing, mappingKey: 'v1/chat' });

  // THEN
  expect(domainName).toBe(existing);
  expect(stack.node.findChild('ApiMapping')).toBeInstanceOf(ApiMapping);
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0);
  template.resourceCountIs('AWS::Route53::RecordSet', 0);
  template.hasResourceProperties('AWS::ApiGatewayV2::ApiMapping', { DomainName: HOST, ApiMappingKey: 'v1/chat' });
});

test('an existing domain of another stack makes this stack depend on that one, not the other way', () => {
  // GIVEN
  const other = new Stack(app, 'Other');
  const existing = new DomainName(other, 'Domain', { domainName: HOST, certificate: certificate() });

  // WHEN
  make({ existing });
  app.synth();

  // THEN
  expect([stack.dependencies, other.dependencies]).toEqual([[other], []]);
});
