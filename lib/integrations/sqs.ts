import * as sqs from 'aws-cdk-lib/aws-sqs';
import { ServiceIntegrationOptions } from './integration-options';
import { constructWith } from '../private/checks/kind';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { checkMessage, MESSAGE_VALUE, messageForm } from '../private/integrations/message-form';
import { allow, environmentOf, QUERY_PROTOCOL, serviceCall, serviceUri } from '../private/integrations/service-call';

/**
 * Options of `RouteIntegration.sqs`. Values may be variables of a mapping template, such as `$input.path('$.room')`.
 *
 * @example
 * RouteIntegration.sqs(fifo, { messageGroupId: "$input.path('$.room')" });
 */
export interface WebsocketSqsIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * The group of the message, as literal text or one variable. A FIFO queue keeps the messages of a group in order; a standard queue is
   * shared fairly among groups.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
   * @default - `$context.connectionId` for a FIFO queue, no group for a standard one
   */
  readonly messageGroupId?: string;

  /**
   * The deduplication id, as literal text or one variable. Of messages with the same id within five minutes, only the first is delivered.
   * For FIFO queues only.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
   * @default - `$context.requestId` for a FIFO queue: no message is dropped
   */
  readonly messageDeduplicationId?: string;

  /**
   * Attributes of the message by name, each literal text or one variable. At most five, since SQS allows ten and every message has five.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
   * @default - the attributes of every message: connectionId, domainName, stage, routeKey and requestTimeEpoch
   */
  readonly messageAttributes?: { [name: string]: string };
}

const QUEUE = constructWith('an SQS queue', 'queueArn', "sqs.Queue.fromQueueArn(this, 'Imported', arn) for an ARN");

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function sqsIntegration(queue: sqs.IQueue, options: WebsocketSqsIntegrationOptions): IntegrationPlan {
  return {
    factory: 'sqs',
    struct: 'WebsocketSqsIntegrationOptions',
    options,
    target: { name: 'queue', value: queue, kind: QUEUE },
    check: (checks) => checkMessage(checks, 'queue', queue.fifo, options),
    define: (scope) => {
      const { account, region } = environmentOf(queue, queue.queueArn);
      return serviceCall({
        uri: serviceUri(scope, 'sqs', region, `path/${account}/${queue.queueName}`),
        requestParameters: QUERY_PROTOCOL,
        requestTemplate: `Action=SendMessage&MessageBody=${MESSAGE_VALUE}&${messageForm(queue.fifo, options, 'MessageAttribute')}`,
        grant: (role) => {
          allow(role, 'sqs:SendMessage', queue.queueArn);
          queue.encryptionMasterKey?.grant(role, 'kms:GenerateDataKey', 'kms:Decrypt');
        },
      });
    },
  };
}
