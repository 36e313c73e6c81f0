import * as sns from 'aws-cdk-lib/aws-sns';
import { ServiceIntegrationOptions } from './integration-options';
import { constructWith } from '../private/checks/kind';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { checkMessage, form, MESSAGE_VALUE, messageForm } from '../private/integrations/message-form';
import { allow, environmentOf, QUERY_PROTOCOL, serviceCall, serviceUri } from '../private/integrations/service-call';
import { checkValues } from '../private/integrations/template-text';

/**
 * Options of `RouteIntegration.sns`. Values may be variables of a mapping template, as `$input.path('$.room')`.
 *
 * @example
 * RouteIntegration.sns(topic, { messageAttributes: { kind: "$input.path('$.kind')" } });
 */
export interface WebsocketSnsIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * The subject of the message, for subscribers by e-mail. A text or one variable.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - no subject
   */
  readonly subject?: string;

  /**
   * The group of the message, whose messages a FIFO topic keeps in order. A plain topic passes it on to its plain queues.
   * A text or one variable.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - `$context.connectionId` for a FIFO topic, no group for a plain one
   */
  readonly messageGroupId?: string;

  /**
   * Messages with the same value within five minutes are duplicates, and only the first is delivered. For FIFO topics only.
   * A text or one variable.
   *
   * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
   * @default - `$context.requestId` for a FIFO topic: no message is dropped
   */
  readonly messageDeduplicationId?: string;

  /**
   * Attributes of the message by name, each a text or one variable. At most five, since a queue behind the topic takes ten.
   *
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
   * @default - only those that every message has: connectionId, domainName, stage, routeKey and requestTimeEpoch
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
