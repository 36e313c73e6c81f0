import { Lazy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { named } from './serverless-resources';
import { logicalIds } from '../../serverless/logical-ids';

export interface ServerlessRoleOptions {
  readonly service: string;
  readonly stageName: string;
  readonly statements: readonly iam.PolicyStatement[];
}

/**
 * The role that all functions share.
 *
 * What is granted goes into the inline policy that the role has, not into a policy of its own: an update would remove the statement from
 * the role before it creates the policy, and the functions would lack the right in between.
 */
export class ServerlessRole extends iam.Role {
  private readonly inline: iam.PolicyDocument;
  private readonly unusual = new Set<string>();

  public constructor(scope: Construct, id: string, { service, stageName, statements }: ServerlessRoleOptions) {
    const inline = new iam.PolicyDocument({ statements: [...statements] });
    super(scope, id, {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      path: '/',
      // As the Serverless Framework writes it: a tool that compares templates sees another name in another spelling.
      roleName: Token.asString({ 'Fn::Join': ['-', [service, stageName, { Ref: 'AWS::Region' }, 'lambdaRole']] }),
      inlinePolicies: { [`${service}-${stageName}-lambda`]: inline },
    });
    this.inline = inline;
    named(this.node.defaultChild as iam.CfnRole, logicalIds.role);
    const prefix = `${service}-${stageName}`;
    this.inline.addStatements(logStatement(Lazy.list({
      produce: () => (
        [`${prefix}*`, ...[...this.unusual].filter((name) => !name.startsWith(prefix))].map((name) => logGroupArn(this, name))),
    })));
  }

  /** Permits a function with a name of its own to write its logs. */
  public addLogs(functionName?: string): void {
    if (functionName !== undefined) this.unusual.add(functionName);
  }

  public override addToPrincipalPolicy(statement: iam.PolicyStatement): iam.AddToPrincipalPolicyResult {
    this.inline.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}

function logStatement(resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:CreateLogGroup', 'logs:TagResource', 'logs:PutLogEvents'], resources,
  });
}

function logGroupArn(scope: Construct, functionName: string): string {
  const { partition, region, account } = Stack.of(scope);
  return `arn:${partition}:logs:${region}:${account}:log-group:/aws/lambda/${functionName}:*`;
}
