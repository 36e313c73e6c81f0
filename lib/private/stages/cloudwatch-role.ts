import * as fs from 'fs';
import * as path from 'path';
import { Aws, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, IDependable } from 'constructs';
import { LIBRARY_FOLDER } from '../library-folder';

/**
 * The role that is created in an account without one. All stacks, Regions and versions of this library share the role, so that the name
 * must not change.
 */
export const CLOUDWATCH_ROLE_NAME = 'cdk-websocket-service-cloudwatch';

/** A child of the stack, which all of its services share. */
const ID = 'WebsocketCloudWatchRole';

const CODE = path.join(LIBRARY_FOLDER, 'lambda', 'account-role.bundle.js');

/**
 * Makes sure that the account has the role by which API Gateway writes logs. A stage with logs must depend on the result.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 */
export function ensureCloudWatchRole(scope: Construct): IDependable {
  const stack = Stack.of(scope);
  return stack.node.tryFindChild(ID) ?? new CloudWatchRole(stack, ID);
}

/** A custom resource that sets the role only if there is none. CloudFormation's `AWS::ApiGateway::Account` would overwrite any. */
class CloudWatchRole extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = Stack.of(this);
    const logGroup = new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });

    const provider = new lambda.Function(this, 'Function', {
      description: 'Sets the CloudWatch role of API Gateway if this account and region has none',
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(fs.readFileSync(CODE, 'utf8')),
      memorySize: 256,
      timeout: Duration.minutes(5),
      logGroup,
      // Inline policies, so that the function never runs with part of its permissions missing.
      role: new iam.Role(this, 'Role', {
        assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
        inlinePolicies: { Account: accountRoleRights(stack), Logs: logRights(logGroup) },
      }),
    });

    new CustomResource(this, 'Resource', {
      resourceType: 'Custom::WebsocketCloudWatchRole',
      serviceToken: provider.functionArn,
      // Longer than the function's timeout. By default, CloudFormation waits for an hour if the function dies.
      serviceTimeout: Duration.minutes(10),
      properties: accountRoleProperties(stack),
    });
  }
}

/** The role that the function creates in an account without one, and its policy. */
export function accountRoleProperties(stack: Stack): { readonly RoleArn: string; readonly PolicyArn: string } {
  return {
    RoleArn: stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: CLOUDWATCH_ROLE_NAME }),
    PolicyArn: `arn:${Aws.PARTITION}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
  };
}

/** To read and set the role of the account, and to create that one role with that one policy, for API Gateway only. */
export function accountRoleRights(stack: Stack): iam.PolicyDocument {
  const { RoleArn: roleArn, PolicyArn: policyArn } = accountRoleProperties(stack);
  const account = stack.formatArn({ service: 'apigateway', account: '', resource: '/account' });
  return document([
    { actions: ['apigateway:GET', 'apigateway:PATCH'], resources: [account] },
    { actions: ['iam:CreateRole', 'iam:GetRole'], resources: [roleArn] },
    { actions: ['iam:AttachRolePolicy'], resources: [roleArn], conditions: { ArnEquals: { 'iam:PolicyARN': policyArn } } },
    {
      actions: ['iam:PassRole'],
      resources: [roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'apigateway.amazonaws.com' } },
    },
  ]);
}

function logRights(logGroup: logs.LogGroup): iam.PolicyDocument {
  return document([{ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] }]);
}

function document(statements: iam.PolicyStatementProps[]): iam.PolicyDocument {
  return new iam.PolicyDocument({ statements: statements.map((statement) => new iam.PolicyStatement(statement)) });
}
