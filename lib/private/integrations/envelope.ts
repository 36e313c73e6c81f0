import { checkMembers, innerJsonString, jsonString } from './template-text';
import { Checks } from '../checks/checks';

/** What a consumer needs to answer the sender of the message. */
const CONTEXT_NAMES = ['routeKey', 'eventType', 'connectionId', 'requestId', 'domainName', 'stage', 'apiId'];

/** The members that every envelope has. */
const OWN_MEMBERS = ['requestContext', 'body'];

type Attributes = { readonly [name: string]: string };

/**
 * The message as JSON in the shape of the event of a Lambda proxy integration: `requestContext` and `body`, beside the attributes that the
 * user adds. `body` is a string whatever the client wrote.
 */
export function envelope(attributes: Attributes = {}): string {
  return envelopeOf(attributes, jsonString);
}

/** The envelope as a JSON string in other JSON. */
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

export function checkEnvelope(checks: Checks, attributes: Attributes = {}): void {
  const taken = Object.keys(attributes).find((name) => OWN_MEMBERS.includes(name));
  if (taken !== undefined) {
    checks.refuse('attributes', taken, { reason: 'is already a member of the event', remedy: 'choose another name' });
  }
  checkMembers(checks, 'attributes', attributes);
}
