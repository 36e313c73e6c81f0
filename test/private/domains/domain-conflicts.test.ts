import { App, CfnParameter, Stack, Stage } from 'aws-cdk-lib';
import * as apigw from 'aws-cdk-lib/aws-apigateway';
import { ApiMapping, CfnApiMapping, DomainName, HttpApi, IDomainName, WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import { planDomain, WebsocketDomainOptions } from '../../../lib/domain';
import { Checks } from '../../../lib/private/checks/checks';
import { makeDomain } from '../../../lib/private/domains/custom-domain';
import { quickApp } from '../../_helpers/quick-app';

const HOST = 'ws.example.com';

let app: App;
let stack: Stack;
beforeEach(() => {
  app = quickApp();
  stack = new Stack(app, 'Stack');
});

const certificate = (scope: Construct) => acm.Certificate.fromCertificateArn(scope, 'Cert', 'arn:aws:acm:eu-west-1:111111111111:certificate/1');
const shared = (scope: Construct = stack): DomainName => new DomainName(scope, 'Shared', { domainName: HOST, certificate: certificate(scope) });
const imported = (scope: Construct, name = HOST): IDomainName => DomainName.fromDomainNameAttributes(scope, 'Known', {
  name, regionalDomainName: 'd-1', regionalHostedZoneId: 'Z2',
});

/** An API with a stage and a domain, as a service has them. */
function service(id: string, options: WebsocketDomainOptions, parent: Construct = stack): void {
  const scope = new Construct(parent, id);
  const stage = new WebSocketStage(scope, 'Stage', { webSocketApi: new WebSocketApi(scope, 'Api'), stageName: 'dev' });
  makeDomain(scope, planDomain(new Checks(scope, 'domain'), options), stage.api, stage);
}

/** What the synthesis says; nothing if it succeeds. */
function said(): string[] {
  try {
    app.synth();
    return [];
  } catch (error) {
    const [, ...lines] = (error as Error).message.split('\n');
    return lines.map((line) => line.trim());
  }
}

describe('services on one domain', () => {
  test('live together with mapping keys of their own', () => {
    // GIVEN
    const existing = shared();

    // WHEN
    service('A', { existing, mappingKey: 'a' });
    service('B', { existing, mappingKey: 'a/b' });
    service('C', { existing });

    // THEN
    expect(said()).toEqual([]);
  });

  test('do not with the same, and the second says it', () => {
    // GIVEN
    const existing = shared();

    // WHEN
    service('A', { existing, mappingKey: 'chat' });
    service('B', { existing, mappingKey: 'chat' });

    // THEN
    expect(said()).toEqual([
      '[Stack/B] domain.mappingKey: "chat" is already mapped to another stage at "ws.example.com" (Stack/A/ApiMapping); give each of the two a key of '
      + 'its own',
    ]);
  });

  test('do not without any, in whatever stacks and however they refer to the domain', () => {
    // GIVEN
    const other = new Stack(app, 'Other');

    // WHEN
    service('A', { existing: shared() });
    service('B', { existing: imported(other) }, other);

    // THEN
    expect(said()).toEqual([
      '[Stack/A] domain.mappingKey: (not set) is already mapped to another stage at "ws.example.com" (Other/B/ApiMapping); give each of the two a key '
      + 'of its own',
    ]);
  });

  test('do not make the domain name twice', () => {
    // WHEN
    service('A', { domainName: HOST, certificate: certificate(new Construct(stack, '1')), mappingKey: 'a' });
    service('B', { domainName: HOST, certificate: certificate(new Construct(stack, '2')), mappingKey: 'b' });

    // THEN
    expect(said()).toEqual([
      '[Stack/B] domain.domainName: "ws.example.com" is also made by Stack/A/Domain, but a domain name exists only once; make it outside of both and '
      + 'give it to both as `existing`',
    ]);
  });

  test('whose name comes at deployment are compared by that', () => {
    // GIVEN
    const [one, two] = ['One', 'Two'].map((id) => imported(new Construct(stack, `${id}Scope`), new CfnParameter(stack, id).valueAsString));

    // WHEN
    service('A', { existing: one });
    service('B', { existing: two });
    service('C', { existing: one });

    // THEN
    expect(said()).toEqual([
      '[Stack/C] domain.mappingKey: (not set) is already mapped to another stage at "Stack: {\\"Ref\\":\\"One\\"}" (Stack/A/ApiMapping); give each of the '
      + 'two a key of its own',
    ]);
  });

  test.each<[string, () => [Construct, Construct]]>([
    ['Regions', () => ['eu-west-1', 'us-east-1'].map((region) => new Stack(app, region, { env: { region } })) as [Stack, Stack]],
    ['accounts', () => ['1', '2'].map((digit) => new Stack(app, `In${digit}`, { env: { account: digit.repeat(12) } })) as [Stack, Stack]],
    ['stages of the app', () => ['Test', 'Prod'].map((id) => new Stack(new Stage(app, id), 'Stack')) as [Stack, Stack]],
  ])('may have one name in two %s', (_, places) => {
    // WHEN
    for (const place of places()) service('Chat', { existing: imported(place) }, place);

    // THEN
    expect(said()).toEqual([]);
  });
});

describe('a mapping that somebody else makes', () => {
  test('with another key for a WebSocket API is fine, with the same it is not', () => {
    // GIVEN
    const existing = shared();
    service('A', { existing, mappingKey: 'a' });
    const stage = new WebSocketStage(stack, 'Stage', { webSocketApi: new WebSocketApi(stack, 'Api'), stageName: 'dev' });

    // WHEN
    new ApiMapping(stack, 'Fine', { api: stage.api, stage, domainName: existing, apiMappingKey: 'b' });
    new ApiMapping(stack, 'Same', { api: stage.api, stage, domainName: existing, apiMappingKey: 'a' });

    // THEN
    expect(said()).toEqual([
      '[Stack/A] domain.mappingKey: "a" is already mapped to another stage at "ws.example.com" (Stack/Same); give each of the two a key of its own',
    ]);
  });

  const sharing = (protocol: string, path: string) => `[Stack/A] domain: "ws.example.com" is also mapped to a ${protocol} API (${path}), but API Gateway `
    + 'requires a domain of their own for WebSocket APIs; use another domain name for one of the two';

  test('for an HTTP API is refused', () => {
    // GIVEN
    const existing = shared();
    service('A', { existing, mappingKey: 'a' });

    // WHEN
    new ApiMapping(stack, 'Http', { api: new HttpApi(stack, 'HttpApi'), domainName: existing, apiMappingKey: 'http' });

    // THEN
    expect(said()).toEqual([sharing('HTTP', 'Stack/Http')]);
  });

  test('for a REST API is refused', () => {
    // GIVEN
    service('A', { existing: imported(stack), mappingKey: 'a' });
    const restApi = new apigw.RestApi(stack, 'Rest');
    restApi.root.addMethod('GET');
    const attributes = { domainName: HOST, domainNameAliasTarget: 'd-1', domainNameAliasHostedZoneId: 'Z2' };

    // WHEN
    const domainName = apigw.DomainName.fromDomainNameAttributes(stack, 'Rests', attributes);
    new apigw.BasePathMapping(stack, 'BasePath', { restApi, domainName, basePath: 'rest' });

    // THEN
    expect(said()).toEqual([sharing('REST', 'Stack/BasePath')]);
  });

  test('for a REST API by a mapping of aws-apigatewayv2 is refused', () => {
    // GIVEN
    service('A', { domainName: HOST, certificate: certificate(stack) });
    const restApi = new apigw.RestApi(stack, 'Rest');
    restApi.root.addMethod('GET');

    // WHEN
    new apigw.CfnBasePathMapping(stack, 'V1', { domainName: HOST, basePath: 'v1', restApiId: restApi.restApiId });
    new CfnApiMapping(stack, 'V2', { domainName: HOST, apiMappingKey: 'v2', apiId: restApi.restApiId, stage: 'prod' });

    // THEN
    expect(said()).toEqual([sharing('REST', 'Stack/V1'), sharing('REST', 'Stack/V2')]);
  });

  test('at another domain does not matter', () => {
    // GIVEN
    service('A', { existing: shared() });

    // WHEN
    new ApiMapping(stack, 'Http', { api: new HttpApi(stack, 'HttpApi'), domainName: imported(stack, 'api.example.com') });

    // THEN
    expect(said()).toEqual([]);
  });

  test('for an API that is imported may be for a WebSocket API', () => {
    // GIVEN
    const existing = shared();
    service('A', { existing, mappingKey: 'a' });
    const api = WebSocketApi.fromWebSocketApiAttributes(stack, 'Api', { webSocketId: 'aabbccddee' });
    const stage = WebSocketStage.fromWebSocketStageAttributes(stack, 'Stage', { api, stageName: 'dev' });

    // WHEN
    new ApiMapping(stack, 'Other', { api, stage, domainName: existing, apiMappingKey: 'b' });

    // THEN
    expect(said()).toEqual([]);
  });
});
