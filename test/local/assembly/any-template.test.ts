import * as fs from 'fs';
import * as fc from 'fast-check';
import { readApp } from '../../../lib/local/assembly/read-app';
import { GatewayError } from '../../../lib/local/gateway-error';
import { assemblyFolder } from '../../_helpers/assembly-folder';

const NAMES = ['Api', 'A', 'B', 'constructor', '__proto__', 'AWS::NoValue', 'AWS::Region'];
const TYPES = [
  'Api', 'Route', 'Integration', 'IntegrationResponse', 'RouteResponse', 'Authorizer', 'Stage', 'Model', 'ApiMapping', 'DomainName',
].map((type) => `AWS::ApiGatewayV2::${type}`).concat(
  ['Function', 'Alias', 'Version', 'Permission', 'LayerVersion'].map((type) => `AWS::Lambda::${type}`),
  ['ApiKey', 'UsagePlan', 'UsagePlanKey'].map((type) => `AWS::ApiGateway::${type}`),
  ['AWS::CloudFormation::Stack', 'AWS::SQS::Queue', 'toString'],
);
const FUNCTIONS = [
  'Ref', 'Fn::GetAtt', 'Fn::Join', 'Fn::Sub', 'Fn::Select', 'Fn::Split', 'Fn::If', 'Fn::Equals', 'Fn::And', 'Fn::Not', 'Fn::FindInMap',
  'Fn::ImportValue', 'Fn::GetStackOutput', 'Fn::Base64', 'Fn::Length', 'Fn::ToJsonString', 'Fn::Nonsense', 'Condition',
];
const PROPERTIES = [
  'ProtocolType', 'Name', 'RouteKey', 'Target', 'IntegrationType', 'IntegrationUri', 'AuthorizationType', 'AuthorizerId', 'AuthorizerUri',
  'StageName', 'StageVariables', 'RouteSettings', 'Code', 'Layers', 'Environment', 'Schema', 'FunctionName', 'Principal', 'SourceArn',
  'RequestTemplates', 'TimeoutInMillis', 'ApiStages', 'Timeout', 'DomainName', 'Stage', 'TemplateURL', 'Parameters', 'Content',
];
const TEXTS = [
  'WEBSOCKET', 'AWS_PROXY', 'CUSTOM', '$connect', 'Api.ApiId', '${A.B}${!C}', '{{resolve:ssm:x}}', 'integrations/x', '(*',
  'arn:aws:apigateway:r:lambda:path/2015-03-31/functions/${stageVariables.x}/invocations', '',
];

const name = fc.constantFrom(...NAMES);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(...NAMES, ...TEXTS, null, true, 0, -1.5),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
    fc.tuple(fc.constantFrom(...FUNCTIONS), tie('value')).map(([called, argument]) => ({ [called]: argument })),
  ),
}));
const mostly = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary }, { weight: 1, arbitrary: value });
const properties = fc.dictionary(fc.constantFrom(...PROPERTIES), value)
  .map((given) => ({ ApiId: { Ref: 'Api' }, RouteKey: 'a', StageName: 'b', ...given }));
const resource = fc.record({ Type: mostly(fc.constantFrom(...TYPES)), Properties: mostly(properties), Condition: value, Metadata: value }, {
  requiredKeys: ['Type'],
});
const template = fc.record({
  Resources: mostly(fc.dictionary(name, mostly(resource)).map((resources) => ({
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } }, ...resources,
  }))),
  Parameters: value,
  Conditions: mostly(fc.dictionary(name, value)),
  Mappings: value,
  Outputs: mostly(fc.dictionary(name, value)),
}, { requiredKeys: ['Resources'] });

test('any template is read, or is an error that says why in one line', () => {
  fc.assert(fc.property(mostly(template), (generated) => {
    const folder = assemblyFolder({ Test: generated });
    try {
      expect(readApp(folder, {}).apis.length).toBeGreaterThan(0);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      expect(error.message).toMatch(/^[^\n]+$/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  }), { numRuns: 500 });
});
