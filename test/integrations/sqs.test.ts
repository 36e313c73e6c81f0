import { Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as fc from 'fast-check';
import { RouteIntegration, WebsocketSqsIntegrationOptions } from '../../lib';
import { ANY_TEXT, HOSTILE_TEXTS } from '../_helpers/hostile-texts';
import { CONTEXT, IntegrationParts } from '../_helpers/integration-parts';
import { quickApp, quickStack } from '../_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function parts(options: WebsocketSqsIntegrationOptions = {}, queue: sqs.IQueue = new sqs.Queue(stack, 'Queue')): IntegrationParts {
  return new IntegrationParts(stack, RouteIntegration.sqs(queue, options));
}

/** A form as SQS reads it. */
const form = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

const CONTEXT_ATTRIBUTES = Object.fromEntries(['connectionId', 'domainName', 'stage', 'routeKey', 'requestTimeEpoch'].flatMap((name, index) => [
  [`MessageAttribute.${index + 1}.Name`, name],
  [`MessageAttribute.${index + 1}.Value.DataType`, 'String'],
  [`MessageAttribute.${index + 1}.Value.StringValue`, String(CONTEXT[name as keyof typeof CONTEXT])],
]));

test('a plain queue: the integration, and a role that may send to it and nothing else', () => {
  // GIVEN
  const queue = new sqs.Queue(stack, 'Queue');

  // WHEN
  const made = parts({}, queue);

  // THEN
  expect(made.integration).toEqual({
    ApiId: expect.anything(),
    IntegrationType: 'AWS',
    IntegrationMethod: 'POST',
    IntegrationUri: stack.resolve(`arn:${stack.partition}:apigateway:${stack.region}:sqs:path/${stack.account}/${queue.queueName}`),
    CredentialsArn: { 'Fn::GetAtt': [expect.stringMatching(/^HomeRole/), 'Arn'] },
    PassthroughBehavior: 'NEVER',
    RequestParameters: { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" },
    RequestTemplates: { $default: expect.any(String) },
    TemplateSelectionExpression: '\\$default',
  });
  expect(made.statements).toEqual([{ Action: 'sqs:SendMessage', Effect: 'Allow', Resource: stack.resolve(queue.queueArn) }]);
  expect(made.all('AWS::IAM::Role').map(({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument)).toEqual([{
    Statement: [expect.objectContaining({ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'apigateway.amazonaws.com' } })],
    Version: '2012-10-17',
  }]);
});

test.each(HOSTILE_TEXTS)('sends the message as it is, and nothing else of the client: %j', (body) => {
  expect(form(parts().request(body))).toEqual({ Action: 'SendMessage', MessageBody: body, ...CONTEXT_ATTRIBUTES });
});

test('sends any text', () => {
  const made = parts();
  fc.assert(fc.property(ANY_TEXT.filter((body) => body !== ''), (body) => {
    expect(form(made.request(body)).MessageBody).toBe(body);
  }));
});

test('sends {} where the client wrote nothing: SQS takes no empty message', () => {
  expect(form(parts().request('')).MessageBody).toBe('{}');
});

test('a FIFO queue keeps the messages of a connection in order, and drops none', () => {
  // WHEN
  const sent = form(parts({}, new sqs.Queue(stack, 'Fifo', { fifo: true })).request('hello'));

  // THEN
  expect(sent).toMatchObject({ MessageGroupId: CONTEXT.connectionId, MessageDeduplicationId: CONTEXT.requestId });
});

test('the group and what makes a duplicate are the user\'s', () => {
  // WHEN
  const made = parts({ messageGroupId: "$input.path('$.room')", messageDeduplicationId: 'all the same &=' }, new sqs.Queue(stack, 'Fifo', { fifo: true }));

  // THEN
  expect(form(made.request('{"room":"a&b"}'))).toMatchObject({ MessageGroupId: 'a&b', MessageDeduplicationId: 'all the same &=' });
});

test('a plain queue may have a group: it shares the queue fairly', () => {
  expect(form(parts({ messageGroupId: '$context.authorizer.principalId' }).request('x'))).toMatchObject({ MessageGroupId: 'ann' });
});

test('attributes of the user come behind those that tell where to answer, and go over them', () => {
  // WHEN
  const sent = form(parts({ messageAttributes: { stage: 'mine', size: "$input.path('$.size')", who: '$context.authorizer.principalId' } }).request('{"size":3}'));

  // THEN
  expect(sent).toEqual({
    'Action': 'SendMessage',
    'MessageBody': '{"size":3}',
    ...CONTEXT_ATTRIBUTES,
    'MessageAttribute.3.Value.StringValue': 'mine',
    'MessageAttribute.6.Name': 'size',
    'MessageAttribute.6.Value.DataType': 'String',
    'MessageAttribute.6.Value.StringValue': '3',
    'MessageAttribute.7.Name': 'who',
    'MessageAttribute.7.Value.DataType': 'String',
    'MessageAttribute.7.Value.StringValue': 'ann',
  });
});

test('the key of an encrypted queue may be used for sending', () => {
  // GIVEN
  const key = new kms.Key(stack, 'Key');

  // WHEN
  const made = parts({}, new sqs.Queue(stack, 'Queue', { encryptionMasterKey: key }));

  // THEN
  expect(made.statements[1]).toEqual({ Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Effect: 'Allow', Resource: stack.resolve(key.keyArn) });
});

test('a queue of another Region and account has the URI of that', () => {
  // GIVEN
  stack = new Stack(quickApp(), 'Stack', { env: { region: 'eu-west-1', account: '111111111111' } });
  const queue = sqs.Queue.fromQueueArn(stack, 'Queue', 'arn:aws:sqs:us-east-1:222222222222:far.fifo');

  // WHEN
  const made = parts({}, queue);

  // THEN
  expect(made.uri).toBe('arn:AWS::Partition:apigateway:us-east-1:sqs:path/222222222222/far.fifo');
  expect(form(made.request('x'))).toMatchObject({ MessageGroupId: CONTEXT.connectionId });
});

describe('refused is', () => {
  test.each<[string, WebsocketSqsIntegrationOptions, string]>([
    ['a deduplication id for a plain queue', { messageDeduplicationId: 'x' },
      'messageDeduplicationId: "x" is for a FIFO queue, and this one is not; leave it out, or make the queue with `fifo: true`'],
    ['what is neither a text nor a variable', { messageGroupId: '$input.room' },
      'messageGroupId: "$input.room" is neither literal text nor one variable; use $context.<name>, $stageVariables.<name>, $input.body, '
      + "$input.path('<JSONPath>') or $input.params('<name>'), or `requestTemplates` for more than that"],
    ['the same in an attribute', { messageAttributes: { a: '$' } },
      'messageAttributes["a"]: "$" is neither literal text nor one variable; use $context.<name>, $stageVariables.<name>, $input.body, '
      + "$input.path('<JSONPath>') or $input.params('<name>'), or `requestTemplates` for more than that"],
    ['what is no string', { messageGroupId: 5 as never },
      "messageGroupId: 5 is not a string; use literal text, or one variable such as '$context.connectionId'"],
    ['a name that SQS refuses', { messageAttributes: { 'AWS.x': 'y' } },
      'messageAttributes: "AWS.x" is not the name of a message attribute; use 1 to 256 letters, digits, hyphens, underscores and single dots'],
    ['one attribute too many', { messageAttributes: { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' } },
      'messageAttributes: 11 attributes, with the 5 that every message has, are more than the 10 of a message; '
      + 'put some of them into the message'],
  ])('%s', (_case, options, message) => {
    expect(() => parts(options)).toThrow(new Error(`Stack/Home: integration.${message}`));
  });
});
