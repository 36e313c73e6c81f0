import { Token } from 'aws-cdk-lib';
import { checkMembers, checkValues, formValue, NamedTexts } from './template-text';
import { Checks } from '../checks/checks';

/** The options that messages to SQS and SNS share. */
interface MessageOptions {
  readonly messageGroupId?: string;
  readonly messageDeduplicationId?: string;
  readonly messageAttributes?: NamedTexts;
}

/** The attributes of every message, which a consumer needs to reply to the sender. */
const CONTEXT_ATTRIBUTES: Readonly<Record<string, string>> = {
  connectionId: '$context.connectionId',
  domainName: '$context.domainName',
  stage: '$context.stage',
  routeKey: '$context.routeKey',
  requestTimeEpoch: '$context.requestTimeEpoch',
};

/** SQS's limit. */
const ATTRIBUTE_LIMIT = 10;

const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.)(?!.*\.\.)[\w-][\w.-]{0,254}(?<!\.)$/i;

/**
 * The message as the last value of a form. Without a body, as on `$connect`, the value is `{}`, since SQS and SNS reject empty messages.
 */
export const MESSAGE_VALUE = '#set($message="$!input.body")#if($message=="")%7B%7D#else$util.urlEncode($message)#end';

/** The parameters of a form, without those that have no value. */
export function form(parameters: Array<[string, string | undefined]>): string {
  return parameters.flatMap(([name, value]) => value === undefined ? [] : `${name}=${formValue(value)}`).join('&');
}

/**
 * The parameters for group, deduplication and attributes. By default, a FIFO queue or topic keeps the messages of a connection in order,
 * and drops none. A standard queue needs no group, but accepts one (fair queues).
 *
 * @param attributePrefix the service's name for attributes
 */
export function messageForm(fifo: boolean, message: MessageOptions, attributePrefix: string): string {
  const { messageGroupId, messageDeduplicationId, messageAttributes } = message;
  return form([
    ['MessageGroupId', messageGroupId ?? (fifo ? '$context.connectionId' : undefined)],
    ['MessageDeduplicationId', messageDeduplicationId ?? (fifo ? '$context.requestId' : undefined)],
    ...Object.entries({ ...CONTEXT_ATTRIBUTES, ...messageAttributes }).flatMap(([name, value], index): Array<[string, string]> => [
      [`${attributePrefix}.${index + 1}.Name`, name],
      [`${attributePrefix}.${index + 1}.Value.DataType`, 'String'],
      [`${attributePrefix}.${index + 1}.Value.StringValue`, value],
    ]),
  ]);
}

export function checkMessage(checks: Checks, kind: 'queue' | 'topic', fifo: boolean, message: MessageOptions): void {
  const { messageGroupId, messageDeduplicationId, messageAttributes } = message;
  checkValues(checks, { messageGroupId, messageDeduplicationId });
  if (!fifo && messageDeduplicationId !== undefined) {
    checks.refuse('messageDeduplicationId', messageDeduplicationId, {
      reason: `is for a FIFO ${kind}, and this one is not`, remedy: `leave it out, or make the ${kind} with \`fifo: true\``,
    });
  }
  checkAttributes(checks, messageAttributes);
}

function checkAttributes(checks: Checks, attributes: NamedTexts = {}): void {
  for (const name of Object.keys(attributes)) {
    if (Token.isUnresolved(name) || ATTRIBUTE_NAME.test(name)) continue;
    checks.refuse('messageAttributes', name, {
      reason: 'is not the name of a message attribute', remedy: 'use 1 to 256 letters, digits, hyphens, underscores and single dots',
    });
  }
  const count = Object.keys({ ...CONTEXT_ATTRIBUTES, ...attributes }).length;
  if (count > ATTRIBUTE_LIMIT) {
    const fixed = Object.keys(CONTEXT_ATTRIBUTES).length;
    checks.refuse('messageAttributes', count, {
      reason: `attributes, with the ${fixed} that every message has, are more than the ${ATTRIBUTE_LIMIT} of a message`,
      remedy: 'put some of them into the message',
    });
  }
  checkMembers(checks, 'messageAttributes', attributes);
}
