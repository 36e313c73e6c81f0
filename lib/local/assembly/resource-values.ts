import type { Environment } from './environment';
import { localId } from './local-id';
import { stackId } from './pseudo-parameter';
import { notLocal } from './resolution';
import { Stack } from './stack';

/** A resource whose `Ref` or attribute is asked for. */
interface ReferredResource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  /** `MyStack/Table (AWS::DynamoDB::Table)` */
  readonly label: string;
  /** The value of a property; `undefined` if it is not set. Fails with NotLocal. */
  property(name: string): string | undefined;
}

type Value = (resource: ReferredResource) => string | undefined;

/** What `Ref` and `Fn::GetAtt` give for a type of resources. */
interface Kind {
  readonly ref: Value;
  readonly attributes?: Readonly<Record<string, Value>>;
}

/** A type whose resources are known by a name; one that the template does not give is made at deployment. */
function named(property: string, arnPattern: string, options: { ref?: 'name' | 'arn'; attributes?: Kind['attributes'] } = {}): Kind {
  const name: Value = (resource) => physicalName(resource, property);
  const arn: Value = (resource) => arnOf(resource.stack.environment, arnPattern, name(resource)!);
  return { ref: options.ref === 'arn' ? arn : name, attributes: { Arn: arn, ...options.attributes } };
}

/** A type whose resources have an id that the gateway gives; `attribute` has it too. */
function identified(length: number, attribute: string): Kind {
  const id: Value = ({ stack, logicalId }) => localId(`${stack.name}/${logicalId}`, length);
  return { ref: id, attributes: { [attribute]: id } };
}

const queueUrl: Value = (resource) => {
  const { region, urlSuffix, account } = resource.stack.environment;
  return `https://sqs.${region}.${urlSuffix}/${account}/${physicalName(resource, 'QueueName')}`;
};

const apiId: Value = ({ stack, logicalId }) => localId(`${stack.name}/${logicalId}`, 10);

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['AWS::ApiGatewayV2::Api', { ref: apiId, attributes: { ApiId: apiId, ApiEndpoint: apiEndpoint } }],
  ['AWS::ApiGatewayV2::Stage', { ref: (resource) => resource.property('StageName') }],
  ['AWS::ApiGatewayV2::DomainName', { ref: (resource) => resource.property('DomainName') }],
  ['AWS::ApiGatewayV2::Authorizer', identified(6, 'AuthorizerId')],
  ['AWS::ApiGatewayV2::Integration', identified(7, 'IntegrationId')],
  ['AWS::ApiGatewayV2::IntegrationResponse', identified(7, 'IntegrationResponseId')],
  ['AWS::ApiGatewayV2::Route', identified(7, 'RouteId')],
  ['AWS::ApiGatewayV2::RouteResponse', identified(7, 'RouteResponseId')],
  ['AWS::ApiGatewayV2::Model', identified(6, 'ModelId')],
  ['AWS::ApiGatewayV2::Deployment', identified(6, 'DeploymentId')],
  ['AWS::ApiGatewayV2::ApiMapping', identified(6, 'ApiMappingId')],
  ['AWS::ApiGateway::ApiKey', identified(10, 'APIKeyId')],
  ['AWS::ApiGateway::UsagePlan', identified(6, 'Id')],
  ['AWS::Lambda::Function', { ref: functionName, attributes: { Arn: functionArn } }],
  ['AWS::Lambda::Alias', { ref: aliasArn, attributes: { AliasArn: aliasArn } }],
  ['AWS::Lambda::Version', { ref: versionArn, attributes: { FunctionArn: versionArn, Version: () => FIRST_VERSION } }],
  ['AWS::Lambda::LayerVersion', { ref: layerArn, attributes: { LayerVersionArn: layerArn } }],
  ['AWS::CloudFormation::Stack', { ref: ({ stack, logicalId }) => stackId(stack.nested.get(logicalId) ?? stack) }],
  ['AWS::DynamoDB::Table', named('TableName', 'dynamodb:{region}:{account}:table/{name}')],
  ['AWS::DynamoDB::GlobalTable', named('TableName', 'dynamodb:{region}:{account}:table/{name}')],
  ['AWS::Events::EventBus', named('Name', 'events:{region}:{account}:event-bus/{name}')],
  ['AWS::IAM::Role', named('RoleName', 'iam::{account}:role/{name}')],
  ['AWS::Kinesis::Stream', named('Name', 'kinesis:{region}:{account}:stream/{name}')],
  ['AWS::KinesisFirehose::DeliveryStream', named('DeliveryStreamName', 'firehose:{region}:{account}:deliverystream/{name}')],
  ['AWS::Logs::LogGroup', named('LogGroupName', 'logs:{region}:{account}:log-group:{name}:*')],
  ['AWS::S3::Bucket', named('BucketName', 's3:::{name}')],
  ['AWS::SNS::Topic', named('TopicName', 'sns:{region}:{account}:{name}', { ref: 'arn' })],
  ['AWS::SQS::Queue', { ...named('QueueName', 'sqs:{region}:{account}:{name}', { attributes: { QueueUrl: queueUrl } }), ref: queueUrl }],
  ['AWS::SSM::Parameter', { ref: (resource) => physicalName(resource, 'Name') }],
  ['AWS::StepFunctions::StateMachine', named('StateMachineName', 'states:{region}:{account}:stateMachine:{name}', { ref: 'arn' })],
]);

/** Their attributes are what their providers return, whatever their properties are called. */
const CUSTOM_RESOURCE = /^(Custom::|AWS::CloudFormation::CustomResource$)/;

/** What `AWS::Lambda::Version` is called here; the number counts deployments. */
const FIRST_VERSION = '1';

/** The value of `Ref`. Fails with NotLocal. */
export function refOf(resource: ReferredResource): string {
  return KINDS.get(resource.type)?.ref(resource) ?? madeAtDeployment(resource, 'its name or id is');
}

/** The value of `Fn::GetAtt`. Fails with NotLocal. */
export function attributeOf(resource: ReferredResource, attribute: string): string {
  const value = Object.entries(KINDS.get(resource.type)?.attributes ?? {}).find(([name]) => name === attribute)?.[1];
  const found = value ? value(resource) : attributeFromProperty(resource, attribute);
  return found ?? madeAtDeployment(resource, `its ${attribute} is`);
}

/** An attribute that has the name of a property has its value: `Value` of a parameter, `TopicName` of a topic. */
function attributeFromProperty(resource: ReferredResource, attribute: string): string | undefined {
  return CUSTOM_RESOURCE.test(resource.type) ? undefined : resource.property(attribute);
}

function physicalName(resource: ReferredResource, property: string): string {
  return resource.property(property) ?? madeAtDeployment(resource, 'its name is');
}

function madeAtDeployment(resource: ReferredResource, what: string): never {
  throw notLocal(resource.label, `${what} made at deployment`);
}

function arnOf({ partition, region, account }: Environment, pattern: string, name: string): string {
  const filled = pattern.replace('{region}', region).replace('{account}', account).replace('{name}', () => name);
  return `arn:${partition}:${filled}`;
}

function apiEndpoint(resource: ReferredResource): string {
  const { region, urlSuffix } = resource.stack.environment;
  const scheme = resource.property('ProtocolType') === 'WEBSOCKET' ? 'wss' : 'https';
  return `${scheme}://${apiId(resource)}.execute-api.${region}.${urlSuffix}`;
}

/** Lambda's own scheme for functions without a name: at most 64 characters. */
function functionName(resource: ReferredResource): string {
  const { stack, logicalId } = resource;
  const suffix = localId(`${stack.name}/${logicalId}`, 12).toUpperCase();
  return resource.property('FunctionName') ?? `${`${stack.stackName}-${logicalId}`.slice(0, 51)}-${suffix}`;
}

function functionArn(resource: ReferredResource): string {
  return arnOf(resource.stack.environment, 'lambda:{region}:{account}:function:{name}', functionName(resource));
}

function aliasArn(resource: ReferredResource): string {
  return `${arnOfNamedFunction(resource)}:${resource.property('Name')}`;
}

function versionArn(resource: ReferredResource): string {
  return `${arnOfNamedFunction(resource)}:${FIRST_VERSION}`;
}

/** `FunctionName` of aliases and versions is a name or an ARN. */
function arnOfNamedFunction(resource: ReferredResource): string {
  const name = resource.property('FunctionName') ?? '';
  return name.startsWith('arn:') ? name : arnOf(resource.stack.environment, 'lambda:{region}:{account}:function:{name}', name);
}

function layerArn(resource: ReferredResource): string {
  const name = resource.property('LayerName') ?? resource.logicalId;
  return `${arnOf(resource.stack.environment, 'lambda:{region}:{account}:layer:{name}', name)}:${FIRST_VERSION}`;
}
