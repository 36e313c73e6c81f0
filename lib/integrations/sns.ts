import * as sns from 'aws-cdk-lib/aws-sns';
import { ServiceIntegrationOptions } from './integration-options';
import { constructWith } from '../private/checks/kind';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { checkMessage, form, MESSAGE_VALUE, messageForm } from '../private/integrations/message-form';
import { allow, environmentOf, QUERY_PROTOCOL, serviceCall, serviceUri } from '../private/integrations/service-call';
import { checkValues } from '../private/integrations/template-text';

/**
 * Options of `RouteIntegration.sns`. Values may be variables of a mapping template, such as `$input.path('$.room')`.
 *
 * @example
 * RouteIntegration.sns(topic, { messageAttributes: { kind: "$input.path('$.kind')" } });
 */
export interface WebsocketSnsIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * The subject of the message for e-mail subscribers: literal text or one variable.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - no subject
   */
  readonly subject?: string;

  /**
   * The group of the message, as literal text or one variable. A FIFO topic keeps the messages of a group in order; a standard topic
   * passes the group on to standard queues.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - `$context.connectionId` for a FIFO topic, no group for a standard one
   */
  readonly messageGroupId?: string;

  /**
   * The deduplication id, as literal text or one variable. Of messages with the same id within five minutes, only the first is delivered.
   * For FIFO topics only.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - `$context.requestId` for a FIFO topic: no message is dropped
   */
  readonly messageDeduplicationId?: string;

  /**
   * Attributes of the message by name, each literal text or one variable. At most five, since SQS allows ten and every message has five.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
   * @default - the attributes of every message: connectionId, domainName, stage, routeKey and requestTimeEpoch
   */
  readonly messageAttributes?: { [name: string]: string };
}

const TOPIC = constructWith('an SNS topic', 'topicArn', "sns.Topic.fromTopicArn(this, 'Imported', arn) for an ARN");

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function snsIntegration(topic: sns.ITopic, options: WebsocketSnsIntegrationOptions): IntegrationPlan {
  return {
    factory: 'sns',
    struct: 'WebsocketSnsIntegrationOptions',
    options,
    target: { name: 'topic', value: topic, kind: TOPIC },
    check: (checks) => {
      checkValues(checks, { subject: options.subject });
      checkMessage(checks, 'topic', topic.fifo, options);
    },
    define: (scope) => serviceCall({
      uri: serviceUri(scope, 'sns', environmentOf(topic, topic.topicArn).region, 'action/Publish'),
      requestParameters: QUERY_PROTOCOL,
      requestTemplate: [
        form([['Action', 'Publish'], ['TopicArn', topic.topicArn], ['Subject', options.subject]]),
        `Message=${MESSAGE_VALUE}`,
        messageForm(topic.fifo, options, 'MessageAttributes.entry'),
      ].join('&'),
      grant: (role) => {
        allow(role, 'sns:Publish', topic.topicArn);
        topic.masterKey?.grant(role, 'kms:GenerateDataKey', 'kms:Decrypt');
      },
    }),
  };
}
