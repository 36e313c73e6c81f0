import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import { ServiceIntegrationOptions } from './integration-options';
import { constructWith } from '../private/checks/kind';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { allow, environmentOf, jsonProtocol, serviceCall, serviceUri } from '../private/integrations/service-call';
import { checkValues, jsonString } from '../private/integrations/template-text';

/**
 * Options of `RouteIntegration.kinesis`.
 *
 * @example
 * RouteIntegration.kinesis(stream, { partitionKey: '$context.authorizer.principalId' });
 */
export interface WebsocketKinesisIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * The partition key, as literal text or one variable. Records with the same key go to one shard, which keeps them in order.
   *
   * @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html
   * @default '$context.connectionId'
   */
  readonly partitionKey?: string;
}

const STREAM = constructWith('a Kinesis stream', 'streamArn', "kinesis.Stream.fromStreamArn(this, 'Imported', arn) for an ARN");

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
export function kinesisIntegration(stream: kinesis.IStream, options: WebsocketKinesisIntegrationOptions): IntegrationPlan {
  return {
    factory: 'kinesis',
    struct: 'WebsocketKinesisIntegrationOptions',
    options,
    target: { name: 'stream', value: stream, kind: STREAM },
    check: (checks) => checkValues(checks, { partitionKey: options.partitionKey }),
    define: (scope) => serviceCall({
      uri: serviceUri(scope, 'kinesis', environmentOf(stream, stream.streamArn).region, 'action/PutRecord'),
      requestParameters: jsonProtocol('1.1'),
      requestTemplate: recordOf(stream, options),
      grant: (role) => {
        allow(role, 'kinesis:PutRecord', stream.streamArn);
        stream.encryptionKey?.grant(role, 'kms:GenerateDataKey');
      },
    }),
  };
}

function recordOf(stream: kinesis.IStream, { partitionKey = '$context.connectionId' }: WebsocketKinesisIntegrationOptions): string {
  const members = [
    `"StreamName":${jsonString(stream.streamName)}`,
    `"PartitionKey":${jsonString(partitionKey)}`,
    '"Data":"$util.base64Encode("$!input.body")"',
  ];
  return `{${members.join(',')}}`;
}
