import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { IntegrationSpec, Refuse } from './integration-plan';
import { checkMessageAttributes, MESSAGE_VALUE, messageAttributes } from './message-attributes';
import { allow, checkValues, environmentOf, form, FORM, serviceCall, serviceUri } from './service-call';
import { checkFifo, fifoForm } from './sqs';

interface TopicMessage {
  readonly subject?: string;
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  readonly messageAttributes?: { [name: string]: string };
}

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function snsCall(scope: Construct, topic: sns.ITopic, message: TopicMessage): IntegrationSpec {
  return serviceCall({
    uri: serviceUri(scope, 'sns', environmentOf(topic, topic.topicArn).region, 'action/Publish'),
    requestParameters: FORM,
    requestTemplate: [
      `${form([['Action', 'Publish'], ['TopicArn', topic.topicArn], ['Subject', message.subject]])}&Message=${MESSAGE_VALUE}`,
      fifoForm(topic.fifo, message),
      messageAttributes(message.messageAttributes, 'MessageAttributes.entry'),
    ].filter((part) => part !== '').join('&'),
    grant: (role) => {
      allow(role, 'sns:Publish', topic.topicArn);
      topic.masterKey?.grant(role, 'kms:GenerateDataKey', 'kms:Decrypt');
    },
  });
}

export function checkSns(refuse: Refuse, topic: sns.ITopic, message: TopicMessage): void {
  checkValues(refuse, { subject: message.subject });
  checkFifo(refuse, topic.fifo, message, 'topic');
  checkMessageAttributes(refuse, message.messageAttributes);
}
