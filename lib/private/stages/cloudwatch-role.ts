import * as fs from 'fs';
import * as path from 'path';
import { Aws, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IDependable } from 'constructs';
import { LIBRARY_FOLDER } from '../library-folder';

/**
 * The role that is made in an account that has none. One name in all versions: stacks and regions share the role, and what an
 * earlier version made is found again.
 */
export const CLOUDWATCH_ROLE_NAME = 'cdk-websocket-service-cloudwatch';

/** Once in a stack, below the stack itself: all its services share it. */
const ID = 'WebsocketCloudWatchRole';

const CODE = path.join(LIBRARY_FOLDER, 'lambda', 'account-role.bundle.js');

/**
 * What a stage with logs has to depend on: the account has the role by which API Gateway writes to CloudWatch Logs.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function ensureCloudWatchRole(scope: Construct): IDependable {
  const stack = Stack.of(scope);
  return stack.node.tryFindChild(ID) ?? new CloudWatchRole(stack, ID);
}

/** Sets the role if there is none, by a function of its own: CloudFormation's `AWS::ApiGateway::Account` overwrites what others have set. */
class CloudWatchRole extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = Stack.of(this);
    const roleArn = stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: CLOUDWATCH_ROLE_NAME });
    const policyArn = `arn:${Aws.PARTITION}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`;
    const logGroup = new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });

    const provider = new lambda.Function(this, 'Function', {
      description: 'Sets the CloudWatch role of API Gateway if this account and region has none',
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(fs.readFileSync(CODE, 'utf8')),
      memorySize: 256,
      timeout: Duration.minutes(5),
      logGroup,
      // In the role, not beside it: the function never runs without a part of its rights.
      role: new iam.Role(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        inlinePolicies: { Account: rights(stack, roleArn, policyArn), Logs: logRights(logGroup) },
      }),
    });

    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::WebsocketCloudWatchRole',
      serviceToken: provider.functionArn,
      // Longer than the function runs; without it CloudFormation would wait for an hour if the function dies.
      serviceTimeout: Duration.minutes(10),
      properties: { RoleArn: roleArn, PolicyArn: policyArn },
    });
  }
}

/** To read and set the role of the account, and to make that one role: with no other policy, for no other service. */
function rights(stack: Stack, roleArn: string, policyArn: string): iam.PolicyDocument {
  const account = stack.formatArn({ service: 'apigateway', account: '', resource: '/account' });
  return document([
    { actions: ['apigateway:GET', 'apigateway:PATCH'], resources: [account] },
    { actions: ['iam:CreateRole', 'iam:GetRole'], resources: [roleArn] },
    { actions: ['iam:AttachRolePolicy'], resources: [roleArn], conditions: { ArnEquals: { 'iam:PolicyARN': policyArn } } },
    { actions: ['iam:PassRole'], resources: [roleArn], conditions: { StringEquals: { 'iam:PassedToService': 'apigateway.amazonaws.com' } } },
  ]);
}

function logRights(logGroup: logs.LogGroup): iam.PolicyDocument {
  return document([{ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }]);
}

function document(statements: iam.PolicyStatementProps[]): iam.PolicyDocument {
  return new iam.PolicyDocument({ statements: statements.map((statement) => new iam.PolicyStatement(statement)) });
}
