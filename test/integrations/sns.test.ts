import { Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { RouteIntegration, WebsocketSnsIntegrationOptions } from '../../lib';
import { HOSTILE_TEXTS } from '../_helpers/hostile-texts';
import { CONTEXT, IntegrationParts, serviceCall } from '../_helpers/integration-parts';
import { quickStack } from '../_helpers/quick-app';

const ARN = 'arn:aws:sns:eu-central-1:111111111111:news';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function parts(options: WebsocketSnsIntegrationOptions = {}, topic: sns.ITopic = sns.Topic.fromTopicArn(stack, 'Topic', ARN)): IntegrationParts {
  return new IntegrationParts(stack, RouteIntegration.sns(topic, options));
}

/** A form as SNS reads it. */
const form = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

test('a plain topic: the integration, and a role that may publish to it and nothing else', () => {
  // WHEN
  const made = parts();

  // THEN
  expect(made.integration).toMatchObject(serviceCall({ 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" }));
  expect(made.uri).toBe('arn:AWS::Partition:apigateway:eu-central-1:sns:action/Publish');
  expect(made.statements).toEqual([{ Action: 'sns:Publish', Effect: 'Allow', Resource: ARN }]);
});

test.each(HOSTILE_TEXTS)('publishes the message as it is, and nothing else of the client: %j', (body) => {
  expect(form(parts().request(body))).toEqual({
    Action: 'Publish',
    TopicArn: ARN,
    Message: body,
    ...Object.fromEntries(['connectionId', 'domainName', 'stage', 'routeKey', 'requestTimeEpoch'].flatMap((name, index) => [
      [`MessageAttributes.entry.${index + 1}.Name`, name],
      [`MessageAttributes.entry.${index + 1}.Value.DataType`, 'String'],
      [`MessageAttributes.entry.${index + 1}.Value.StringValue`, String(CONTEXT[name as keyof typeof CONTEXT])],
    ])),
  });
});

test('publishes {} where the client wrote nothing: SNS takes no empty message', () => {
  expect(form(parts().request('')).Message).toBe('{}');
});

test('a topic of this app is known by its ARN at deployment only', () => {
  // GIVEN
  const topic = new sns.Topic(stack, 'Topic');

  // WHEN
  const sent = form(parts({}, topic).request('x'));

  // THEN
  expect(sent.TopicArn).toBe(stack.getLogicalId(topic.node.defaultChild as sns.CfnTopic));
});

test('a FIFO topic keeps the messages of a connection in order, and drops none', () => {
  // WHEN
  const sent = form(parts({}, sns.Topic.fromTopicArn(stack, 'Fifo', `${ARN}.fifo`)).request('hello'));

  // THEN
  expect(sent).toMatchObject({ MessageGroupId: CONTEXT.connectionId, MessageDeduplicationId: CONTEXT.requestId });
});

test('subject, group, what makes a duplicate and attributes are the user\'s', () => {
  // GIVEN
  const options = { subject: 'News & more', messageGroupId: '$stageVariables.group', messageDeduplicationId: 'x', messageAttributes: { kind: "$input.path('$.kind')" } };

  // WHEN
  const made = parts(options, sns.Topic.fromTopicArn(stack, 'Fifo', `${ARN}.fifo`));

  // THEN
  expect(form(made.request('{"kind":"a"}', { stageVariables: { group: 'g' } }))).toMatchObject({
    'Subject': 'News & more',
    'MessageGroupId': 'g',
    'MessageDeduplicationId': 'x',
    'MessageAttributes.entry.6.Name': 'kind',
    'MessageAttributes.entry.6.Value.StringValue': 'a',
  });
});

test('the key of an encrypted topic may be used for publishing', () => {
  // GIVEN
  const key = new kms.Key(stack, 'Key');

  // WHEN
  const made = parts({}, new sns.Topic(stack, 'Topic', { masterKey: key }));

  // THEN
  expect(made.statements[1]).toEqual({ Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Effect: 'Allow', Resource: stack.resolve(key.keyArn) });
});

describe('refused is', () => {
  test.each<[string, WebsocketSnsIntegrationOptions, string]>([
    ['a deduplication id for a plain topic', { messageDeduplicationId: 'x' },
      'messageDeduplicationId: "x" is for a FIFO topic, and this one is not; leave it out, or make the topic with `fifo: true`'],
    ['a subject that is neither a text nor a variable', { subject: '$5 off' },
      'subject: "$5 off" is neither literal text nor one variable; use $context.<name>, $stageVariables.<name>, $input.body, '
      + "$input.path('<JSONPath>') or $input.params('<name>'), or `requestTemplates` for more than that"],
  ])('%s', (_case, options, message) => {
    expect(() => parts(options)).toThrow(new Error(`Stack/Home: integration.${message}`));
  });
});
