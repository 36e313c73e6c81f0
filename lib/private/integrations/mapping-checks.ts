import { Token } from 'aws-cdk-lib';
import type { ServiceIntegrationOptions, WebsocketIntegrationResponse } from '../../integrations/integration-options';
import { Checks } from '../checks/checks';
import { Fault } from '../problem';

/** Checks how the options map messages to requests, and responses to messages. */
export function checkMappings(checks: Checks, options: ServiceIntegrationOptions): void {
  const { requestParameters = {}, templateSelectionExpression, responses = [] } = options;
  for (const [destination, source] of Object.entries(requestParameters)) {
    checks.that('requestParameters', destination, requestDestinationFault);
    checks.that(`requestParameters["${destination}"]`, source, requestSourceFault);
  }
  checks.that('templateSelectionExpression', templateSelectionExpression, templateSelectionFault);
  responses.forEach((response, index) => checkResponse(checks, response, responses.slice(0, index)));
}

function checkResponse(checks: Checks, response: WebsocketIntegrationResponse, before: WebsocketIntegrationResponse[]): void {
  const { key, responseParameters = {}, templateSelectionExpression } = response;
  const keyFault = responseKeyFault(key);
  if (keyFault) checks.refuse('responses', key, keyFault);
  if (before.some((other) => other.key === key)) {
    checks.refuse('responses', key, { reason: 'is the key of two integration responses', remedy: 'keep one of them' });
  }
  const own = checks.of(`responses["${key}"]`);
  for (const [destination, source] of Object.entries(responseParameters)) {
    own.that('responseParameters', destination, responseDestinationFault);
    own.that(`responseParameters["${destination}"]`, source, responseSourceFault);
  }
  own.that('templateSelectionExpression', templateSelectionExpression, templateSelectionFault);
}

const NAME = '[\\w.$-]+';
const REQUEST_DESTINATION = new RegExp(`^integration\\.request\\.(header|querystring|path)\\.${NAME}$`);
const REQUEST_SOURCES = [
  new RegExp(`^route\\.request\\.(header|querystring|multivalueheader|multivaluequerystring)\\.${NAME}$`),
  /^route\.request\.body(?:[.[].+)?$/,
  new RegExp(`^(stageVariables|context)\\.${NAME}$`),
  /^'[^']*'$/s,
];

const RESPONSE_DESTINATION = new RegExp(`^(method|route)\\.response\\.header\\.${NAME}$`);
const RESPONSE_SOURCES = [
  new RegExp(`^integration\\.response\\.(header|multivalueheader)\\.${NAME}$`), /^integration\.response\.body(?:[.[].+)?$/, /^'[^']*'$/s,
];

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html */
export function requestDestinationFault(destination: string): Fault | undefined {
  return faultUnless(destination, [REQUEST_DESTINATION], {
    reason: 'is not a parameter of a request to a backend',
    remedy: 'use integration.request.header.<name>, integration.request.querystring.<name> or integration.request.path.<name>',
  });
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html */
export function requestSourceFault(source: string): Fault | undefined {
  return faultUnless(source, REQUEST_SOURCES, {
    reason: 'is not a source of a request parameter',
    remedy: "use context.<name>, stageVariables.<name>, route.request.body.<JSONPath>, literal text in single quotes ('text'), "
      + 'or on $connect route.request.header.<name> and route.request.querystring.<name>',
  });
}

export function responseDestinationFault(destination: string): Fault | undefined {
  return faultUnless(destination, [RESPONSE_DESTINATION], {
    reason: 'is not a parameter of a response', remedy: 'use method.response.header.<name>',
  });
}

export function responseSourceFault(source: string): Fault | undefined {
  return faultUnless(source, RESPONSE_SOURCES, {
    reason: 'is not a source of a response parameter',
    remedy: "use integration.response.header.<name>, integration.response.body.<JSONPath> or literal text in single quotes ('text')",
  });
}

function faultUnless(value: string, patterns: RegExp[], fault: Fault): Fault | undefined {
  return Token.isUnresolved(value) || patterns.some((pattern) => pattern.test(value)) ? undefined : fault;
}

const SELECTION_VARIABLE = /^(request\.(body|header|querystring|path)|context|stageVariables|integration\.response)\b/;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html */
export function templateSelectionFault(expression: string): Fault | undefined {
  if (Token.isUnresolved(expression)) return undefined;
  if (expression === '$default') return { reason: 'would be read as a variable', remedy: 'write "\\$default", in code \'\\\\$default\'' };
  const variables = expression.startsWith('$') && !expression.startsWith('${')
    ? [expression.slice(1)]
    : [...expression.matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name);
  const literal = expression.replace(/^\$(?!\{).*|\$\{[^}]*\}|\\\$/gs, '');
  if (!literal.includes('$') && variables.every((name) => SELECTION_VARIABLE.test(name))) return undefined;
  return {
    reason: 'is not a selection expression',
    remedy: 'use ${request.body.<path>}, or the key of a template; a literal $ is written \\$',
  };
}

const KEY_REMEDY = 'use $default, or a regular expression between slashes such as /4\\d\\d/';

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html */
export function responseKeyFault(key: string): Fault | undefined {
  if (Token.isUnresolved(key) || key === '$default') return undefined;
  const [, pattern] = /^\/(.+)\/$/s.exec(key) ?? [];
  if (pattern === undefined) return { reason: 'is neither $default nor a /regular expression/', remedy: KEY_REMEDY };
  try {
    new RegExp(withoutJavaSyntax(pattern));
    return undefined;
  } catch {
    return { reason: 'is a broken regular expression', remedy: KEY_REMEDY };
  }
}

/** Keys are regular expressions of Java, which has inline flags and possessive quantifiers. */
function withoutJavaSyntax(pattern: string): string {
  return pattern.replace(/\(\?[a-z]+\)/g, '').replace(/([*+?}])\+/g, '$1');
}
