import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Kind, requireKind } from './kind';
import { problem } from '../problem';

const TEXT: Kind = { name: 'a string', example: 'a text', accepts: (value) => typeof value === 'string' };

/** A description of anything in API Gateway: characters. */
const DESCRIPTION = 1024;

/** Longer texts are not shown in full. */
const SHOWN = 100;

/**
 * Throws for a text with fewer or more characters than API Gateway takes.
 *
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/api-reference.html
 */
export function checkLength(scope: Construct, property: string, text: string | undefined, least: number, most: number): void {
  if (text === undefined || Token.isUnresolved(text)) return;
  requireKind(scope, property, text, TEXT);
  if (text.length >= least && text.length <= most) return;
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
  throw problem(scope, property, shown, { reason: `has ${text.length} characters`, remedy: `use ${least} to ${most}` });
}

/** The same for a description. */
export function checkDescription(scope: Construct, property: string, text: string | undefined): void {
  checkLength(scope, property, text, 0, DESCRIPTION);
}
