import { Stack } from 'aws-cdk-lib';
import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RouteIntegration, WebsocketKinesisIntegrationOptions } from '../../lib';
import { HOSTILE_TEXTS } from '../_helpers/hostile-texts';
import { CONTEXT, IntegrationParts, serviceCall } from '../_helpers/integration-parts';
import { quickStack } from '../_helpers/quick-app';

const ARN = 'arn:aws:kinesis:eu-central-1:111111111111:stream/clicks';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function parts(options: WebsocketKinesisIntegrationOptions = {}, stream: kinesis.IStream = kinesis.Stream.fromStreamArn(stack, 'Stream', ARN)): IntegrationParts {
  return new IntegrationParts(stack, RouteIntegration.kinesis(stream, options));
}

test('the integration, and a role that may put records into the stream and nothing else', () => {
  // WHEN
  const made = parts();

  // THEN
  expect(made.integration).toMatchObject(serviceCall({ 'integration.request.header.Content-Type': "'application/x-amz-json-1.1'" }));
  expect(made.uri).toBe('arn:AWS::Partition:apigateway:eu-central-1:kinesis:action/PutRecord');
  expect(made.statements).toEqual([{ Action: 'kinesis:PutRecord', Effect: 'Allow', Resource: ARN }]);
});

test.each(['', ...HOSTILE_TEXTS])('the record is the message, in the order of its connection: %j', (body) => {
  // WHEN
  const { Data, ...rest } = JSON.parse(parts().request(body)) as Record<string, string>;

  // THEN
  expect(rest).toEqual({ StreamName: 'clicks', PartitionKey: CONTEXT.connectionId });
  expect(Buffer.from(Data, 'base64').toString()).toBe(body);
});

test('the partition key is the user\'s', () => {
  expect(JSON.parse(parts({ partitionKey: "$input.path('$.room')" }).request('{"room":"a\\"b"}'))).toMatchObject({ PartitionKey: 'a"b' });
});

test('the key of an encrypted stream may be used for sending', () => {
  // GIVEN
  const encryptionKey = new kms.Key(stack, 'Key');

  // WHEN
  const made = parts({}, new kinesis.Stream(stack, 'Stream', { encryptionKey }));

  // THEN
  expect(made.statements[1]).toEqual({ Action: 'kms:GenerateDataKey', Effect: 'Allow', Resource: stack.resolve(encryptionKey.keyArn) });
});

test('refused is a partition key that is neither a text nor a variable', () => {
  expect(() => parts({ partitionKey: '$room' })).toThrow(new Error(
    'Stack/Home: integration.partitionKey: "$room" is neither literal text nor one variable; use $context.<name>, $stageVariables.<name>, $input.body, '
    + "$input.path('<JSONPath>') or $input.params('<name>'), or `requestTemplates` for more than that",
  ));
});
