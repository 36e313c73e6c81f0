import { Token } from 'aws-cdk-lib';
import { Checks } from '../checks/checks';

/** One variable of `$context`, `$stageVariables` or `$input`, which an option may have instead of literal text. */
const REFERENCE = /^\$(?:(?:context|stageVariables)(?:\.[A-Za-z][\w-]*)+|input\.(?:body|(?:path|json|params)\('[^'"]*'\)))$/;

/** Texts by name: literals, or variables of a mapping template. */
export type NamedTexts = { readonly [name: string]: string };

/** Each value is literal text or one variable. A misspelt variable would be sent as text. */
export function checkValues(checks: Checks, values: { readonly [option: string]: string | undefined }): void {
  for (const [option, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (typeof value !== 'string') {
      checks.refuse(option, value, {
        reason: 'is not a string', remedy: "use literal text, or one variable such as '$context.connectionId'",
      });
    }
    if (Token.isUnresolved(value) || !value.startsWith('$') || REFERENCE.test(value)) continue;
    checks.refuse(option, value, {
      reason: 'is neither literal text nor one variable',
      remedy: "use $context.<name>, $stageVariables.<name>, $input.body, $input.path('<JSONPath>') or $input.params('<name>'), "
        + 'or `requestTemplates` for more than that',
    });
  }
}

/** `checkValues` for the members of a map: `attributes["name"]`. */
export function checkMembers(checks: Checks, option: string, members: NamedTexts = {}): void {
  checkValues(checks, Object.fromEntries(Object.entries(members).map(([name, value]) => [`${option}["${name}"]`, value])));
}

/** The value as a JSON string in a mapping template, including the quotes. */
export function jsonString(value: string): string {
  return `"${isReference(value) ? escaped(velocityText(value)) : jsonLiteral(value)}"`;
}

/** The value as a JSON string inside another JSON string of a mapping template. */
export function innerJsonString(value: string): string {
  const text = isReference(value) ? escaped(escaped(velocityText(value))) : jsonLiteral(value).replace(/["\\]/g, '\\$&');
  return `\\"${text}\\"`;
}

/** The value in a mapping template for a form (`application/x-www-form-urlencoded`). */
export function formValue(value: string): string {
  if (Token.isUnresolved(value)) return `$util.urlEncode('${value}')`;
  return isReference(value) ? `$util.urlEncode(${velocityText(value)})` : encodeURIComponent(value);
}

/** A missing variable becomes the empty string, and a number a string, since the methods of `$util` accept only strings. */
function velocityText(reference: string): string {
  return `"$!${reference.slice(1)}"`;
}

function isReference(value: string): boolean {
  return !Token.isUnresolved(value) && REFERENCE.test(value);
}

/** `escapeJavaScript` also escapes `'`, but `\\'` is not legal in JSON. */
function escaped(text: string): string {
  return `$util.escapeJavaScript(${text}).replaceAll("\\\\'","'")`;
}

/** Escapes characters that Velocity would interpret. Tokens are names or ARNs, which need no escaping. */
function jsonLiteral(value: string): string {
  if (Token.isUnresolved(value)) return value;
  return JSON.stringify(value).slice(1, -1).replace(/[$#]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}
