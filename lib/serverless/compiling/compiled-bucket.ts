import { deploymentBucketName, type Compilation } from './compilation';
import { defined, objectAt, tagList } from '../json-value';
import { logicalIds } from '../logical-ids';
import type { JsonObject } from '../template';

/** The bucket that Serverless uploads to, unless the service names one. */
export function addDeploymentBucket({ provider, resources, outputs }: Compilation): void {
  const name = deploymentBucketName(provider);
  outputs[logicalIds.deploymentBucketName] = { Value: name ? name : bucketRef() };
  if (name) return;

  const options = objectAt(provider, 'deploymentBucket');
  const tags = tagList(objectAt(options, 'tags'));
  resources[logicalIds.deploymentBucket] = {
    Type: 'AWS::S3::Bucket',
    Properties: defined({
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      Tags: tags.length > 0 ? tags : undefined,
      PublicAccessBlockConfiguration: options.blockPublicAccess ? NO_PUBLIC_ACCESS : undefined,
      VersioningConfiguration: options.versioning ? { Status: 'Enabled' } : undefined,
    }),
  };
  if (options.skipPolicySetup) return;
  resources[logicalIds.deploymentBucketPolicy] = {
    Type: 'AWS::S3::BucketPolicy',
    Properties: {
      Bucket: bucketRef(),
      PolicyDocument: {
        Statement: [{
          Action: 's3:*',
          Effect: 'Deny',
          Principal: '*',
          Resource: [bucketArn('/*'), bucketArn()],
          Condition: { Bool: { 'aws:SecureTransport': false } },
        }],
      },
    },
  };
}

const NO_PUBLIC_ACCESS: JsonObject = {
  BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
};

/** A new object each time, since `resources:` may change one of them. */
function bucketRef(): JsonObject {
  return { Ref: logicalIds.deploymentBucket };
}

function bucketArn(...rest: string[]): JsonObject {
  return { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', bucketRef(), ...rest]] };
}
