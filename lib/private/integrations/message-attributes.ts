import { Token } from 'aws-cdk-lib';
import { Refuse } from './integration-plan';
import { checkValues, form, memberOptions } from './service-call';

/** What a consumer needs to answer. */
const CONTEXT_ATTRIBUTES: Readonly<Record<string, string>> = {
  connectionId: '$context.connectionId',
  domainName: '$context.domainName',
  stage: '$context.stage',
  routeKey: '$context.routeKey',
  requestTimeEpoch: '$context.requestTimeEpoch',
};

/** More than those SQS refuses. */
const LIMIT = 10;

const NAME = /^(?!aws\.|amazon\.)(?!.*\.\.)[\w-][\w.-]{0,254}(?<!\.)$/i;

type Attributes = { readonly [name: string]: string };

/** The attributes of a message in the spelling of a form; the user's own win. */
export function messageAttributes(own: Attributes | undefined, prefix: string): string {
  return Object.entries({ ...CONTEXT_ATTRIBUTES, ...own }).map(([name, value], index) => form([
    [`${prefix}.${index + 1}.Name`, name],
    [`${prefix}.${index + 1}.Value.DataType`, 'String'],
    [`${prefix}.${index + 1}.Value.StringValue`, value],
  ])).join('&');
}

export function checkMessageAttributes(refuse: Refuse, own: Attributes = {}): void {
  for (const name of Object.keys(own)) {
    if (Token.isUnresolved(name) || NAME.test(name)) continue;
    refuse('messageAttributes', name, {
      reason: 'is not the name of a message attribute', remedy: 'use 1 to 256 letters, digits, hyphens, underscores and single dots',
    });
  }
  const count = Object.keys({ ...CONTEXT_ATTRIBUTES, ...own }).length;
  if (count > LIMIT) {
    refuse('messageAttributes', count, {
      reason: `attributes, the ${Object.keys(CONTEXT_ATTRIBUTES).length} that tell where to answer among them, are more than the ${LIMIT} of a message`,
      remedy: 'put some of them into the message',
    });
  }
  checkValues(refuse, memberOptions('messageAttributes', own));
}

/**
 * The message, as the value of a form that goes on behind it. Where the client wrote nothing, as on `$connect`, it is `{}`:
 * neither SQS nor SNS takes an empty message.
 */
export const MESSAGE_VALUE = '#set($message="$!input.body")#if($message=="")%7B%7D#else$util.urlEncode($message)#end';
