import type { HandshakeParameters } from './integration';
import { TemplateObject } from './java-methods';
import { checkSize, templateText as javaText } from './template-bounds';
import { parsedJson } from '../protocol/json';
import { payloadPath } from '../protocol/json-path';
import { UNVERIFIED } from '../protocol/unverified';

/** `$input`: the payload, and on `$connect` the parameters of the handshake (5.3.3). */
export function inputVariable(body: string, handshake?: HandshakeParameters): TemplateObject {
  let json: unknown;
  const path = (expression: unknown): unknown => {
    json ??= payload(body);
    return payloadPath(json, javaText(expression)) ?? UNVERIFIED.missingTemplatePath;
  };
  const params = { path: {}, querystring: { ...handshake?.query }, header: { ...handshake?.headers } };
  return new TemplateObject({
    path,
    json: (expression) => {
      const found = path(expression);
      checkSize(found);
      return JSON.stringify(found);
    },
    params: (name) => name === undefined ? params : parameter(params, javaText(name)),
  }, { body });
}

/** `$util` (5.3.3). */
export const UTIL_VARIABLE = new TemplateObject({
  escapeJavaScript: (text) => escapedJavaScript(plain(text)),
  parseJson: (text) => {
    const json = parsedJson(plain(text));
    if (json === undefined) throw new Error('$util.parseJson was given a text that is not JSON');
    return json;
  },
  urlEncode: (text) => formEncoded(plain(text)),
  urlDecode: (text) => decodeURIComponent(plain(text).replace(/\+/g, ' ')),
  base64Encode: (text) => Buffer.from(plain(text)).toString('base64'),
  base64Decode: (text) => Buffer.from(plain(text), 'base64').toString(),
});

function payload(body: string): unknown {
  // As in REST APIs, a missing body is an empty object.
  if (body === '') return {};
  const json = parsedJson(body);
  if (json === undefined) throw new Error('$input.json and $input.path need a body that is JSON: read $input.body instead');
  return json;
}

/** A parameter of the path, the query string or the headers, in that order, as in REST APIs. */
function parameter(params: Readonly<Record<string, Readonly<Record<string, string>>>>, name: string): string {
  const holder = Object.values(params).find((values) => Object.hasOwn(values, name));
  return holder ? holder[name] : '';
}

function plain(value: unknown): string {
  return value === undefined || value === null ? '' : javaText(value);
}

const NAMED_ESCAPES: Readonly<Record<string, string>> = { '\b': '\\b', '\n': '\\n', '\t': '\\t', '\f': '\\f', '\r': '\\r' };

/** Like `escapeEcmaScript` of Apache Commons. API Gateway documents only that `'` is escaped, which JSON does not allow. */
function escapedJavaScript(text: string): string {
  return text
    .replace(/['"\\/]/g, '\\$&')
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u001f\u007f-\uffff]/g, (character) => NAMED_ESCAPES[character]
      ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

/** Text as `application/x-www-form-urlencoded`. */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
