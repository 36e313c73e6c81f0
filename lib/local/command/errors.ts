import { GatewayError, GatewayErrorCode } from '../gateway-error';
import { harmlessReport, jsonLine } from '../terminal/harmless';

/** Errors of usage: another command line would not have them. */
const USAGE: ReadonlySet<GatewayErrorCode> = new Set<GatewayErrorCode>([
  'INVALID_OPTION', 'PORT_REFUSED', 'HOST_NOT_FOUND', 'ENV_FILE_UNREADABLE', 'NO_SUCH_STACK',
]);

export function exitCode(error: unknown): 1 | 2 {
  return error instanceof GatewayError && USAGE.has(error.code) ? 2 : 1;
}

/** An error as text for people, or as a line with one JSON object. */
export function errorText(error: unknown, json: boolean): string {
  const { code, message } = error instanceof GatewayError ? error : unexpected(error);
  return json ? jsonLine({ type: 'error', code, message }) : `${harmlessReport(message.trimEnd())}\n`;
}

/** An error that is a defect of the gateway: a report of it needs the stack. */
function unexpected(error: unknown): { readonly code: string; readonly message: string } {
  return { code: 'UNEXPECTED', message: error instanceof Error && error.stack ? error.stack : String(error) };
}
