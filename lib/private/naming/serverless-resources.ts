import * as fs from 'fs';
import * as path from 'path';
import { CfnElement, CfnOutput, CfnResource, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, IDependable } from 'constructs';
import { logicalIds } from '../../serverless/logical-ids';
import { LIBRARY_FOLDER } from '../library-folder';
import { accountRoleProperties, accountRoleRights } from '../stages/cloudwatch-role';

/** Gives an element its logical id. */
export function named<T extends CfnElement>(element: T, logicalId: string): T {
  element.overrideLogicalId(logicalId);
  return element;
}

/** The bucket with the artefacts of the Serverless Framework, its policy and its output. */
export function makeDeploymentBucket(scope: Construct, service: string, stageName: string): void {
  const bucket = named(new s3.CfnBucket(scope, 'DeploymentBucket', {
    bucketEncryption: { serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
  }), logicalIds.deploymentBucket);
  const { partition } = Stack.of(scope);
  named(new s3.CfnBucketPolicy(scope, 'DeploymentBucketPolicy', {
    bucket: bucket.ref,
    policyDocument: {
      Statement: [{
        Action: 's3:*',
        Effect: 'Deny',
        Principal: '*',
        Resource: [`arn:${partition}:s3:::${bucket.ref}/*`, `arn:${partition}:s3:::${bucket.ref}`],
        Condition: { Bool: { 'aws:SecureTransport': false } },
      }],
    },
  }), logicalIds.deploymentBucketPolicy);
  named(new CfnOutput(scope, 'DeploymentBucketName', {
    value: bucket.ref, exportName: `sls-${service}-${stageName}-${logicalIds.deploymentBucketName}`,
  }), logicalIds.deploymentBucketName);
}

/**
 * The custom resource for the role by which API Gateway writes logs, under the ids of the Serverless Framework. Its function is ours: it
 * sets a role only if the account has none.
 */
export function makeAccountRole(scope: Construct, service: string, stageName: string): IDependable {
  const existing = scope.node.tryFindChild('AccountRole');
  if (existing) return existing;
  const made = new Construct(scope, 'AccountRole');
  const functionName = `${service}-${stageName}-custom-resource-apigw-cw-role`;
  const { partition, region, account } = Stack.of(scope);
  const rights = accountRoleRights(Stack.of(scope));
  rights.addStatements(new iam.PolicyStatement({
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [`arn:${partition}:logs:${region}:${account}:log-group:/aws/lambda/${functionName}:*`],
  }));
  const role = new iam.Role(made, 'Role', {
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { [`${stageName}-${service}-custom-resources-lambda`]: rights },
  });
  named(role.node.defaultChild as iam.CfnRole, logicalIds.customResourcesRole);
  const fn = new lambda.Function(made, 'Function', {
    functionName,
    description: 'Sets the CloudWatch role of API Gateway if this account and region has none',
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline(fs.readFileSync(path.join(LIBRARY_FOLDER, 'lambda', 'account-role.bundle.js'), 'utf8')),
    memorySize: 256,
    timeout: Duration.minutes(5),
    role,
  });
  named(fn.node.defaultChild as lambda.CfnFunction, logicalIds.accountRoleFunction);
  const resource = named(new CfnResource(made, 'Resource', {
    type: 'Custom::ApiGatewayAccountRole',
    properties: {
      ServiceToken: Token.asAny({ 'Fn::GetAtt': [logicalIds.accountRoleFunction, 'Arn'] }), ...accountRoleProperties(Stack.of(scope)),
    },
  }), logicalIds.accountRole);
  resource.applyRemovalPolicy(RemovalPolicy.DESTROY);
  resource.node.addDependency(fn);
  return made;
}
