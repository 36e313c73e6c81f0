import { createHash } from 'node:crypto';
import type { Compilation } from './compilation';
import { assumedByLambda, lambdaLogGroupName, logStatementsOf } from './compiled-roles';
import { defined, objectAt } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { Json, JsonObject } from '../template';

/** The custom resource that lets API Gateway write logs, an option of the account. REST APIs have the options. */
export function addAccountRole(compilation: Compilation): void {
  const { provider, resources } = compilation;
  const restApi = objectAt(objectAt(provider, 'logs'), 'restApi');
  if (restApi.roleManagedExternally) return;
  resources[logicalIds.accountRole] = {
    Type: 'Custom::ApiGatewayAccountRole',
    Version: 1,
    Properties: defined({ ServiceToken: { 'Fn::GetAtt': [logicalIds.accountRoleFunction, 'Arn'] }, RoleArn: restApi.role }),
  };
  const iam = objectAt(provider, 'iam');
  const deploymentRole = iam.deploymentRole === undefined ? provider.cfnRole : iam.deploymentRole;
  if (!deploymentRole) addRole(compilation);
  addFunction(compilation, deploymentRole);
}

function addRole(compilation: Compilation): void {
  compilation.resources[logicalIds.customResourcesRole] = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: assumedByLambda(),
      Policies: [{
        PolicyName: { 'Fn::Join': ['-', [compilation.service.stage, compilation.service.name, 'custom-resources-lambda']] },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            ...(writesLogs(compilation) ? logStatementsOf([`${lambdaLogGroupName(compilation.prefix)}*`]) : []),
            ...ACCOUNT_STATEMENTS,
          ],
        },
      }],
    },
  };
}

const ACCOUNT_STATEMENTS: readonly JsonObject[] = [
  {
    Effect: 'Allow',
    Resource: { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'iam:', { Ref: 'AWS::AccountId' }, 'role/*']] },
    Action: ['iam:AttachRolePolicy', 'iam:CreateRole', 'iam:ListAttachedRolePolicies', 'iam:PassRole'],
  },
  {
    Effect: 'Allow',
    Resource: { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, 'apigateway:*::/account']] },
    Action: ['apigateway:GET', 'apigateway:PATCH'],
  },
];

function addFunction(compilation: Compilation, deploymentRole: Json | undefined): void {
  const { isOsls, provider, resources } = compilation;
  const name = shortName(`${compilation.prefix}-custom-resource-apigw-cw-role`);
  resources[logicalIds.accountRoleFunction] = {
    Type: 'AWS::Lambda::Function',
    Properties: defined({
      Code: { S3Bucket: compilation.artifactBucket, S3Key: `${compilation.artifactFolder}/custom-resources.zip` },
      FunctionName: name,
      Handler: 'api-gateway-cloud-watch-role/handler.handler',
      MemorySize: 1024,
      Runtime: runtime(compilation),
      Timeout: 180,
      Architectures: isOsls && provider.architecture ? [provider.architecture] : undefined,
      Role: deploymentRole || { 'Fn::GetAtt': [logicalIds.customResourcesRole, 'Arn'] },
    }),
    DependsOn: [
      ...(deploymentRole ? [] : [logicalIds.customResourcesRole]),
      ...(writesLogs(compilation) ? [logicalIds.accountRoleLogGroup] : []),
    ],
  };
  if (writesLogs(compilation)) resources[logicalIds.accountRoleLogGroup] = compilation.logGroup(lambdaLogGroupName(name));
}

/** osls follows the runtime of the service. */
function runtime({ isOsls, provider }: Compilation): Json {
  if (!isOsls) return 'nodejs18.x';
  return typeof provider.runtime === 'string' && provider.runtime.startsWith('nodejs') ? provider.runtime : 'nodejs24.x';
}

function writesLogs({ provider }: Compilation): boolean {
  return Boolean(objectAt(provider, 'logs').frameworkLambda);
}

/** Names of functions have 64 characters at most. */
function shortName(name: string): string {
  return name.length > 64 ? `${name.slice(0, 32)}${createHash('md5').update(name).digest('hex')}` : name;
}
