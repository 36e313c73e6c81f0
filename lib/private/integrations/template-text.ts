import { Token } from 'aws-cdk-lib';

/** One value of `$context`, `$stageVariables` or `$input`: what an option may hold instead of a literal. */
const REFERENCE = /^\$(?:(?:context|stageVariables)(?:\.[A-Za-z][\w-]*)+|input\.(?:body|(?:path|json|params)\('[^'"]*'\)))$/;

/** Whether a value starts like a reference and is none: it would be sent as that text. */
export function isBrokenReference(value: string): boolean {
  return !Token.isUnresolved(value) && value.startsWith('$') && !REFERENCE.test(value);
}

/** The value as a JSON string of a mapping template, quotes included. */
export function jsonString(value: string): string {
  return `"${isReference(value) ? escaped(velocityText(value)) : jsonLiteral(value)}"`;
}

/** The value as a JSON string of a mapping template, in JSON that is itself the text of a JSON string. */
export function innerJsonString(value: string): string {
  const text = isReference(value) ? escaped(escaped(velocityText(value))) : jsonLiteral(value).replace(/["\\]/g, '\\$&');
  return `\\"${text}\\"`;
}

/** The value as one of a form (`application/x-www-form-urlencoded`). */
export function formValue(value: string): string {
  if (Token.isUnresolved(value)) return `$util.urlEncode('${value}')`;
  return isReference(value) ? `$util.urlEncode(${velocityText(value)})` : encodeURIComponent(value);
}

/** What is absent is empty, and what is a number becomes a text, which the methods of `$util` ask for. */
function velocityText(reference: string): string {
  return `"$!${reference.slice(1)}"`;
}

function isReference(value: string): boolean {
  return !Token.isUnresolved(value) && REFERENCE.test(value);
}

/** `escapeJavaScript` escapes `'` too, which JSON does not allow. */
function escaped(text: string): string {
  return `$util.escapeJavaScript(${text}).replaceAll("\\\\'","'")`;
}

/** A literal, with nothing in it that Velocity would read. Names and ARNs, which tokens are, need no escape. */
function jsonLiteral(value: string): string {
  if (Token.isUnresolved(value)) return value;
  return JSON.stringify(value).slice(1, -1).replace(/[$#]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}
