import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { synthesize } from './l2-app';

// What a user of aws-cdk-lib writes.
synthesize((scope, routeKey) => new NodejsFunction(scope, routeKey, {
  entry: `src/${routeKey}.ts`,
  runtime: lambda.Runtime.NODEJS_24_X,
}));
