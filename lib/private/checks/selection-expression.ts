import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

/** `request.body` and the JSONPath of a value in it: `.action`, `.meta.kind`, `.items[0].type`, `['my key']`. */
const BODY_PATH = /^request\.body(?=[.[])[^\s${}[]*(?:\[[^${}]+\][^\s${}]*)?(?<!\.)$/;

const REMEDY = 'use $request.body.<path>, or several as ${request.body.<path>} with literal text between them';

/**
 * What is wrong with a route selection expression, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 */
export function selectionExpressionFault(expression: string): Fault | undefined {
  if (Token.isUnresolved(expression)) return undefined;
  if (expression.trim() === '') return { reason: 'is empty', remedy: REMEDY };
  if (BODY_PATH.test(expression)) return { reason: 'is literal text without its $', remedy: `write "$${expression}"` };
  if (expression.startsWith('$') && !expression.startsWith('${')) return variableFault(expression.slice(1));

  const variables = [...expression.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]);
  const literal = expression.replace(/\$\{[^}]*\}/g, '').replace(/\\\$/g, '');
  if (literal.includes('$')) {
    return { reason: 'has a $ that begins no ${variable}', remedy: `${REMEDY}; a literal $ is written \\$` };
  }
  return variables.map(variableFault).find((fault) => fault !== undefined);
}

function variableFault(variable: string): Fault | undefined {
  if (BODY_PATH.test(variable)) return undefined;
  const root = variable.match(/^(request\.(header|querystring|path)|context|stageVariables)\b/)?.[1];
  if (root) {
    return { reason: `selects by ${root}, but a message is routed by its body alone`, remedy: REMEDY };
  }
  return { reason: `does not name a value in the body ("${variable}")`, remedy: REMEDY };
}
