import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { IntegrationSpec, Refuse } from './integration-plan';
import { checkMessageAttributes, MESSAGE_VALUE, messageAttributes } from './message-attributes';
import { allow, checkValues, environmentOf, form, FORM, serviceCall, serviceUri } from './service-call';

interface QueueMessage {
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  readonly messageAttributes?: { [name: string]: string };
}

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function sqsCall(scope: Construct, queue: sqs.IQueue, message: QueueMessage): IntegrationSpec {
  const { account, region } = environmentOf(queue, queue.queueArn);
  return serviceCall({
    uri: serviceUri(scope, 'sqs', region, `path/${account}/${queue.queueName}`),
    requestParameters: FORM,
    requestTemplate: [
      `Action=SendMessage&MessageBody=${MESSAGE_VALUE}`, fifoForm(queue.fifo, message), messageAttributes(message.messageAttributes, 'MessageAttribute'),
    ].filter((part) => part !== '').join('&'),
    grant: (role) => {
      allow(role, 'sqs:SendMessage', queue.queueArn);
      queue.encryptionMasterKey?.grant(role, 'kms:GenerateDataKey', 'kms:Decrypt');
    },
  });
}

export function checkSqs(refuse: Refuse, queue: sqs.IQueue, message: QueueMessage): void {
  checkFifo(refuse, queue.fifo, message, 'queue');
  checkMessageAttributes(refuse, message.messageAttributes);
}

/** In order for each connection, and each message once. A plain queue or topic takes a group too, for fair queues, and needs none. */
export function fifoForm(fifo: boolean, { messageGroupId, messageDeduplicationId }: QueueMessage): string {
  return form([
    ['MessageGroupId', messageGroupId ?? (fifo ? '$context.connectionId' : undefined)],
    ['MessageDeduplicationId', messageDeduplicationId ?? (fifo ? '$context.requestId' : undefined)],
  ]);
}

export function checkFifo(refuse: Refuse, fifo: boolean, message: QueueMessage, kind: 'queue' | 'topic'): void {
  const { messageGroupId, messageDeduplicationId } = message;
  checkValues(refuse, { messageGroupId, messageDeduplicationId });
  if (fifo || messageDeduplicationId === undefined) return;
  refuse('messageDeduplicationId', messageDeduplicationId, {
    reason: `is for a FIFO ${kind}, and this is none`, remedy: `leave it out, or make the ${kind} with \`fifo: true\``,
  });
}
