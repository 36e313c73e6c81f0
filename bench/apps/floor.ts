import * as lambda from 'aws-cdk-lib/aws-lambda';
import { synthesize } from './l2-app';

// The same resources without any bundling: what aws-cdk-lib itself takes.
synthesize((scope, routeKey) => new lambda.Function(scope, routeKey, {
  code: lambda.Code.fromInline(`exports.handler = async () => ({ statusCode: 200, body: '${routeKey}' });`),
  handler: 'index.handler',
  runtime: lambda.Runtime.NODEJS_24_X,
}));
