import { createHash } from 'crypto';
import { NO_VALUE, notLocal } from './intrinsics';
import type { Stack, StackEnvironment } from './stack';

/** A resource that `Ref` or `Fn::GetAtt` refers to. */
export interface ReferredResource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
  /** `MyStack/Table (AWS::DynamoDB::Table)` */
  readonly label: string;
  /** Whether the gateway gives tables a name that the template leaves to the deployment. */
  readonly namesTables: boolean;
  /** The value of a property; `undefined` if it is not set. Throws NotLocal. */
  property(name: string): string | undefined;
}

type ReferenceValue = (resource: ReferredResource) => string | undefined;

/** What `Ref` and `Fn::GetAtt` give for a resource type. */
interface ReferenceValues {
  readonly ref: ReferenceValue;
  readonly attributes?: Readonly<Record<string, ReferenceValue>>;
}

/** A type whose resources are known by a name. If the template names none, the name is made at deployment. */
function named(
  property: string, arnPattern: string, options: { ref?: 'name' | 'arn'; attributes?: ReferenceValues['attributes'] } = {},
): ReferenceValues {
  const name: ReferenceValue = (resource) => physicalName(resource, property);
  const arn: ReferenceValue = (resource) => arnOf(resource.stack.environment, arnPattern, name(resource)!);
  return { ref: options.ref === 'arn' ? arn : name, attributes: { Arn: arn, ...options.attributes } };
}

/** A type whose resources have an id, which the gateway makes up; `attribute` is that id too. */
function identified(length: number, attribute: string): ReferenceValues {
  const id: ReferenceValue = ({ stack, logicalId }) => localId(`${stack.name}/${logicalId}`, length);
  return { ref: id, attributes: { [attribute]: id } };
}

const queueUrl: ReferenceValue = (resource) => {
  const { region, urlSuffix, account } = resource.stack.environment;
  return `https://sqs.${region}.${urlSuffix}/${account}/${physicalName(resource, 'QueueName')}`;
};

const apiId: ReferenceValue = ({ stack, logicalId }) => localId(`${stack.name}/${logicalId}`, 10);

const RESOURCE_TYPES: ReadonlyMap<string, ReferenceValues> = new Map<string, ReferenceValues>([
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
  ['AWS::DynamoDB::Table', { ref: tableName, attributes: { Arn: tableArn, StreamArn: streamArn } }],
  ['AWS::DynamoDB::GlobalTable', { ref: tableName, attributes: { Arn: tableArn, StreamArn: streamArn, TableId: tableId } }],
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

/** Attributes of custom resources are what their providers return, even where a property has the same name. */
const CUSTOM_RESOURCE = /^(Custom::|AWS::CloudFormation::CustomResource$)/;

/** The version number of functions and layers here: on AWS the number counts deployments. */
const FIRST_VERSION = '1';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
const PSEUDO_PARAMETERS: ReadonlyMap<string, (stack: Stack) => unknown> = new Map<string, (stack: Stack) => unknown>([
  ['AWS::Region', ({ environment }) => environment.region],
  ['AWS::AccountId', ({ environment }) => environment.account],
  ['AWS::Partition', ({ environment }) => environment.partition],
  ['AWS::URLSuffix', ({ environment }) => environment.urlSuffix],
  ['AWS::StackName', ({ stackName }) => stackName],
  ['AWS::StackId', stackId],
  ['AWS::NotificationARNs', () => []],
  ['AWS::NoValue', () => NO_VALUE],
]);

/** How `Ref` of a pseudo parameter is evaluated; `undefined` if the name is not one. */
export function pseudoParameter(name: string): ((stack: Stack) => unknown) | undefined {
  return PSEUDO_PARAMETERS.get(name);
}

/** The value of `Ref` to a resource. Throws NotLocal. */
export function refOf(resource: ReferredResource): string {
  return RESOURCE_TYPES.get(resource.type)?.ref(resource) ?? madeAtDeployment(resource, 'its name or id is');
}

/** The value of `Fn::GetAtt`. Throws NotLocal. */
export function attributeOf(resource: ReferredResource, attribute: string): string {
  const value = Object.entries(RESOURCE_TYPES.get(resource.type)?.attributes ?? {}).find(([name]) => name === attribute)?.[1];
  const found = value ? value(resource) : attributeFromProperty(resource, attribute);
  return found ?? madeAtDeployment(resource, `its ${attribute} is`);
}

/** An attribute with the name of a property has the value of that property: `Value` of a parameter, `TopicName` of a topic. */
function attributeFromProperty(resource: ReferredResource, attribute: string): string | undefined {
  return CUSTOM_RESOURCE.test(resource.type) ? undefined : resource.property(attribute);
}

function physicalName(resource: ReferredResource, property: string): string {
  return resource.property(property) ?? madeAtDeployment(resource, 'its name is');
}

function madeAtDeployment(resource: ReferredResource, what: string): never {
  throw notLocal(resource.label, `${what} made at deployment`);
}

function arnOf({ partition, region, account }: StackEnvironment, pattern: string, name: string): string {
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

/** CloudFormation's scheme for tables without a name, which must have 3 to 255 characters. */
function tableName(resource: ReferredResource): string {
  const { stack, logicalId, namesTables } = resource;
  const given = resource.property('TableName');
  if (given !== undefined || !namesTables) return given ?? madeAtDeployment(resource, 'its name is');
  const suffix = localId(`${stack.name}/${logicalId}`, 12).toUpperCase();
  return `${`${stack.stackName}-${logicalId}`.slice(0, 242)}-${suffix}`;
}

function tableArn(resource: ReferredResource): string {
  return arnOf(resource.stack.environment, 'dynamodb:{region}:{account}:table/{name}', tableName(resource));
}

/** On AWS, the label of a stream is the time at which it was enabled. */
function streamArn(resource: ReferredResource): string {
  return resource.namesTables ? `${tableArn(resource)}/stream/2026-01-01T00:00:00.000` : madeAtDeployment(resource, 'its StreamArn is');
}

function tableId({ stack, logicalId }: ReferredResource): string {
  const hex = createHash('sha256').update(`${stack.name}/${logicalId}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
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

function stackId({ name, stackName, environment: { partition, region, account } }: Stack): string {
  return `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${localId(name, 12)}`;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * An id of the form that AWS gives, the same in every run.
 *
 * @param of what the id is for: `<stack>/<logical id>`
 */
export function localId(of: string, length: number): string {
  const bytes = createHash('sha512').update(of).digest();
  return Array.from({ length }, (_, index) => LETTERS[bytes[index] % LETTERS.length]).join('');
}
