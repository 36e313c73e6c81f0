import { checkMembers, innerJsonString, jsonString, NamedTexts } from './template-text';
import { Checks } from '../checks/checks';

/** The variables of `$context` that a consumer needs to reply to the sender of the message. */
const CONTEXT_NAMES = ['routeKey', 'eventType', 'connectionId', 'requestId', 'domainName', 'stage', 'apiId'];

/** Members that attributes must not replace. */
const OWN_MEMBERS = ['requestContext', 'body'];

/**
 * A template for the message as JSON, in the shape of the event of a Lambda proxy integration (`requestContext` and `body`), with the
 * attributes of the user. `body` is always a string.
 */
export function envelope(attributes: NamedTexts = {}): string {
  return envelopeOf(attributes, jsonString);
}

/** The envelope as a JSON string inside other JSON. */
export function envelopeString(attributes: NamedTexts = {}): string {
  return `"${envelopeOf(attributes, innerJsonString)}"`;
}

function envelopeOf(attributes: NamedTexts, string: (value: string) => string): string {
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

export function checkEnvelope(checks: Checks, attributes: NamedTexts = {}): void {
  const taken = Object.keys(attributes).find((name) => OWN_MEMBERS.includes(name));
  if (taken !== undefined) {
    checks.refuse('attributes', taken, { reason: 'is already a member of the event', remedy: 'choose another name' });
  }
  checkMembers(checks, 'attributes', attributes);
}
