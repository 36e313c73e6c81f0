import { isExistingRole, type Compilation } from './compilation';
import { defined, objectAt, tagList, type OpenObject } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { Json, JsonObject } from '../template';

export function addLogGroups(compilation: Compilation): void {
  for (const { key, name, config } of compilation.functions) {
    if (config.disableLogs) continue;
    const group = compilation.conditioned(compilation.logGroup(lambdaLogGroupName(name), config), config);
    compilation.put(logicalIds.logGroupId(key), group);
  }
}

/** The role that all functions share, unless the service names another one, or each function does. */
export function addRole(compilation: Compilation): void {
  const { provider, functions } = compilation;
  const { role } = objectAt(provider, 'iam');
  const everyFunctionHasOne = functions.every(({ config }) => Object.hasOwn(config, 'role'));
  if (isExistingRole(role) || Object.hasOwn(provider, 'role') || everyFunctionHasOne) return;

  const options = objectAt(objectAt(provider, 'iam'), 'role');
  compilation.roleStatements = [...logStatements(compilation), ...listOf(options.statements || provider.iamRoleStatements)];
  const managed = [...listOf(options.managedPolicies || provider.iamManagedPolicies), ...(usesVpc(compilation) ? [VPC_POLICY] : [])];
  const durable = durableStatement(compilation);
  if (durable !== undefined) compilation.roleStatements.push(durable);

  compilation.resources[logicalIds.role] = {
    Type: 'AWS::IAM::Role',
    Properties: defined({
      AssumeRolePolicyDocument: assumedByLambda(),
      Policies: [{
        PolicyName: { 'Fn::Join': ['-', [compilation.service.name, compilation.service.stage, 'lambda']] },
        PolicyDocument: { Version: '2012-10-17', Statement: compilation.roleStatements },
      }],
      Path: options.path || '/',
      RoleName: options.name || {
        'Fn::Join': ['-', [compilation.service.name, compilation.service.stage, { Ref: 'AWS::Region' }, 'lambdaRole']],
      },
      Tags: options.tags ? tagList(objectAt(options, 'tags')) : undefined,
      PermissionsBoundary: options.permissionsBoundary || options.permissionBoundary || provider.rolePermissionsBoundary || undefined,
      ManagedPolicyArns: managed.length > 0 ? managed : undefined,
    }),
  };
}

export function assumedByLambda(): JsonObject {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] }],
  };
}

const VPC_POLICY: JsonObject = {
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole']],
};

export function lambdaLogGroupName(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** What writes to log groups whose names begin so; the second has one level more, for the streams. */
export function logStatementsOf(resources: readonly string[]): OpenObject[] {
  return [
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:CreateLogGroup', 'logs:TagResource'],
      Resource: resources.map((name) => logArn(`${name}:*`)),
    },
    { Effect: 'Allow', Action: ['logs:PutLogEvents'], Resource: resources.map((name) => logArn(`${name}:*:*`)) },
  ];
}

function logArn(name: string): JsonObject {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${name}` };
}

/** Functions with names of their own come first, then one pattern for the names that Serverless made. */
function logStatements({ functions, prefix }: Compilation): Json[] {
  const isOwn = (name: string) => !name.startsWith(prefix);
  const logging = functions.filter(({ config }) => !config.disableLogs).map(({ name }) => name);
  const patterns = logging.filter(isOwn).map(lambdaLogGroupName);
  if (logging.every(isOwn)) return logStatementsOf(patterns);

  const denied = functions.filter(({ config, name }) => config.disableLogs && !isOwn(name)).map(({ name }) => name);
  const deny = { Effect: 'Deny', Action: 'logs:PutLogEvents', Resource: denied.map((name) => logArn(`${lambdaLogGroupName(name)}:*`)) };
  return [...logStatementsOf([...patterns, `${lambdaLogGroupName(prefix)}*`]), ...(denied.length > 0 ? [deny] : [])];
}

/** A key `vpc` is enough, whatever it says. */
function usesVpc({ functions, provider }: Compilation): boolean {
  return Boolean(provider.vpc) || functions.some(({ config }) => Object.hasOwn(config, 'vpc'));
}

function durableStatement(compilation: Compilation): JsonObject | undefined {
  if (!compilation.isOsls) return undefined;
  const resources = compilation.functions
    .filter(({ config }) => config.durableConfig && !compilation.customRole(config))
    .map(({ name }) => ({
      'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${name}:*/durable-execution/*/*`,
    }));
  return resources.length === 0 ? undefined : {
    Effect: 'Allow', Action: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'], Resource: resources,
  };
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
