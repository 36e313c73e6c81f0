import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const VARIABLE = /^(request\.(body|header|querystring|path)|context|stageVariables|integration\.response)\b/;

/**
 * What is wrong with a template selection expression, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 */
export function templateSelectionFault(expression: string): Fault | undefined {
  if (Token.isUnresolved(expression)) return undefined;
  if (expression === '$default') return { reason: 'is read as a variable', remedy: 'write "\\$default", in code \'\\\\$default\'' };
  const variables = expression.startsWith('$') && !expression.startsWith('${')
    ? [expression.slice(1)]
    : [...expression.matchAll(/\$\{([^}]*)\}/g)].map(([, name]) => name);
  const literal = expression.replace(/^\$(?!\{).*|\$\{[^}]*\}|\\\$/gs, '');
  if (!literal.includes('$') && variables.every((name) => VARIABLE.test(name))) return undefined;
  return { reason: 'is no selection expression', remedy: 'use ${request.body.<path>}, or the key of a template; a literal $ is written \\$' };
}
