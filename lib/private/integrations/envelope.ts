import { innerJsonString, jsonString } from './template-text';
import { Fault } from '../problem';

/** What a consumer needs to answer: where the message is from, and by which address its sender is reached. */
const CONTEXT_NAMES = ['routeKey', 'eventType', 'connectionId', 'requestId', 'domainName', 'stage', 'apiId'];

/** The members of an envelope that are not the user's. */
const OWN_MEMBERS = ['requestContext', 'body'];

type Attributes = { readonly [name: string]: string };

/**
 * The message as JSON in the shape of the event that a Lambda function gets: `requestContext` and `body`, which is a string
 * whatever the client wrote, with the user's attributes beside them.
 */
export function envelope(attributes: Attributes = {}): string {
  return envelopeOf(attributes, jsonString);
}

/** The same as a JSON string in other JSON. */
export function envelopeString(attributes: Attributes = {}): string {
  return `"${envelopeOf(attributes, innerJsonString)}"`;
}

function envelopeOf(attributes: Attributes, string: (value: string) => string): string {
  const object = (members: Array<[string, string]>): string => `{${members.map(([name, json]) => `${string(name)}:${json}`).join(',')}}`;
  return object([
    ['requestContext', object([
      ...CONTEXT_NAMES.map((name): [string, string] => [name, string(`$context.${name}`)]),
      ['requestTimeEpoch', '$context.requestTimeEpoch'],
    ])],
    ...Object.entries(attributes).map(([name, value]): [string, string] => [name, string(value)]),
    ['body', string('$input.body')],
  ]);
}

/** What is wrong with the name of an attribute of an envelope, if anything. */
export function envelopeNameFault(name: string): Fault | undefined {
  return OWN_MEMBERS.includes(name) ? { reason: 'is a member that is there already', remedy: 'choose another name' } : undefined;
}
