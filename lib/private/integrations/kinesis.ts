import * as kinesis from 'aws-cdk-lib/aws-kinesis';
import { Construct } from 'constructs';
import { IntegrationSpec, Refuse } from './integration-plan';
import { allow, checkValues, environmentOf, jsonProtocol, serviceCall, serviceUri } from './service-call';
import { jsonString } from './template-text';

interface StreamRecord {
  readonly partitionKey?: string;
}

/** @see https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html */
export function kinesisCall(scope: Construct, stream: kinesis.IStream, { partitionKey = '$context.connectionId' }: StreamRecord): IntegrationSpec {
  const members = [
    `"StreamName":${jsonString(stream.streamName)}`,
    `"PartitionKey":${jsonString(partitionKey)}`,
    '"Data":"$util.base64Encode("$!input.body")"',
  ];
  return serviceCall({
    uri: serviceUri(scope, 'kinesis', environmentOf(stream, stream.streamArn).region, 'action/PutRecord'),
    requestParameters: jsonProtocol('1.1'),
    requestTemplate: `{${members.join(',')}}`,
    grant: (role) => {
      allow(role, 'kinesis:PutRecord', stream.streamArn);
      stream.encryptionKey?.grant(role, 'kms:GenerateDataKey');
    },
  });
}

export function checkKinesis(refuse: Refuse, { partitionKey }: StreamRecord): void {
  checkValues(refuse, { partitionKey });
}
