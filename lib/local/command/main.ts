import * as fs from 'fs';
import type { Writable } from 'stream';
import { parseCommand } from './arguments';
import type { Command } from './arguments';
import { HELP } from './help';
import { runMigrate } from './migrate-command';
import type { Migration } from './migrate-command';
import { runReplay } from './replay-command';
import type { Replay } from './replay-command';
import { requestToken } from './token-command';
import { readApp } from '../assembly/read-app';
import { asyncApiDocument, UNKNOWN_REGION as ANY_REGION } from '../asyncapi/document';
import { GatewayError } from '../gateway-error';
import type { GatewayErrorCode } from '../gateway-error';
import type { GatewayOptions } from '../gateway-options';
import { harmless, harmlessReport, jsonLine, jsonText } from '../terminal/harmless';
import { Output } from '../terminal/output';
import { jsonReporter, TextReporter } from '../terminal/reporter';
import type { Reporter } from '../terminal/reporter';
import { routeTable } from '../terminal/served';
import type { Served } from '../terminal/served';

/** The world of the command line tool: a process, or a test. */
export interface Host {
  /** The version of this package. */
  readonly version: string;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether `stdout` shows colours. */
  readonly coloured: boolean;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
  /** Calls the listener when the process is asked to end. @returns a function that removes the listener */
  readonly onStop: (listener: () => void) => () => void;
  readonly start: (options: GatewayOptions) => Promise<RunningGateway>;
  readonly replay: Replay;
  readonly migration: Migration;
  /** Ends the process now. */
  readonly exit: (code: number) => void;
}

export interface RunningGateway extends Served {
  close(): Promise<void>;
}

/** Milliseconds within which signals count as one: npx forwards the Ctrl-C that the terminal has already sent to its child. */
const SAME_SIGNAL = 500;

/** By convention, the exit code of a process that SIGINT ended. */
const ENDED_BY_SIGNAL = 130;

/** Stands for the region of an app that names none. */
const UNKNOWN_REGION = '<region>';

/** Errors of usage: another command line would not have them. */
const USAGE: ReadonlySet<GatewayErrorCode> = new Set<GatewayErrorCode>([
  'INVALID_OPTION', 'PORT_REFUSED', 'HOST_NOT_FOUND', 'ENV_FILE_UNREADABLE', 'NO_SUCH_STACK', 'RECORDING_REFUSED',
]);

type AsyncApiCommand = Extract<Command, { readonly name: 'asyncapi' }>;
type LocalCommand = Extract<Command, { readonly name: 'local' }>;

/** Runs the command line tool, which touches nothing but its host, and the gateway that `token` asks. @returns the exit code */
export async function main(args: readonly string[], host: Host): Promise<number> {
  try {
    const command = parseCommand(args);
    switch (command.name) {
      case 'help':
        host.stdout.write(HELP);
        return 0;
      case 'version':
        host.stdout.write(`${host.version}\n`);
        return 0;
      case 'routes':
        host.stdout.write(routes(command.app));
        return 0;
      case 'asyncapi':
        host.stdout.write(asyncApi(command));
        return 0;
      case 'token':
        host.stdout.write(`${await requestToken(command)}\n`);
        return 0;
      case 'local':
        return await serve(command, host);
      case 'replay':
        return await runReplay(command, host);
      case 'migrate':
        return await runMigrate(command, host);
    }
  } catch (error) {
    host.stderr.write(errorText(error, args.includes('--json')));
    return exitCode(error);
  }
}

/** Runs `local`: serves until the process is asked to stop. @returns the exit code */
async function serve({ options, json }: LocalCommand, host: Host): Promise<number> {
  const write = (text: string) => output.write(text);
  const reporter = json ? jsonReporter(write) : new TextReporter(write, host.coloured, options.verbose);
  const output = new Output(host.stdout, (count) => reporter.dropped(count));
  const stop = stopRequests(host, reporter);
  let gateway: RunningGateway | undefined;
  try {
    gateway = await host.start({ ...options, signal: stop.signal, onEvent: (event) => reporter.event(event) });
    if (!stop.signal.aborted) reporter.ready(gateway);
    await stop.requested;
    await gateway.close();
    return 0;
  } catch (error) {
    // A start that was aborted has not failed.
    if (stop.signal.aborted && !gateway) return 0;
    host.stderr.write(errorText(error, json));
    return exitCode(error);
  } finally {
    reporter.flush();
    await output.flush();
    stop.dispose();
  }
}

interface StopRequests {
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
  dispose(): void;
}

/** The first request to stop closes the gateway, a second one ends the process. */
function stopRequests(host: Host, reporter: Reporter): StopRequests {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()));
  let first: number | undefined;
  const stop = () => {
    if (first !== undefined) return;
    first = host.now();
    reporter.stopping();
    controller.abort();
  };
  // The reader of the output has gone (`| head`).
  host.stdout.on('error', stop);
  const dispose = host.onStop(() => {
    if (first !== undefined && host.now() - first > SAME_SIGNAL) host.exit(ENDED_BY_SIGNAL);
    stop();
  });
  return { signal: controller.signal, requested, dispose };
}

/** The WebSocket APIs of an assembly as text. */
function routes(directory: string): string {
  const { apis, functions } = readApp(directory, { region: UNKNOWN_REGION });
  return harmless(`${apis.map((api) => routeTable(api, functions)).join('\n\n')}\n`);
}

/** The document of an API, or nothing if it is written to a file. */
function asyncApi({ app, api: wanted, out }: AsyncApiCommand): string {
  const { apis } = readApp(app, { region: ANY_REGION });
  const found = apis.filter(({ name, logicalId }) => wanted === undefined || wanted === name || wanted === logicalId);
  if (found.length !== 1) {
    const count = found.length === 0 ? 'no WebSocket API' : `${found.length} WebSocket APIs`;
    const problem = wanted === undefined ? `${count}; choose one of them with --api`
      : `${count} ${JSON.stringify(wanted)}; write the name, or else the logical id, of one of these`;
    const list = apis.map(({ name, stack, logicalId }) => `${name} (${stack}, ${logicalId})`).join(', ');
    throw new GatewayError('INVALID_OPTION', `${app} has ${problem}: ${list}`);
  }
  const text = jsonText(asyncApiDocument(found[0]));
  if (out === undefined) return text;
  try {
    fs.writeFileSync(out, text);
  } catch (error) {
    throw new GatewayError('INVALID_OPTION', `--out ${out} cannot be written: ${(error as Error).message}`);
  }
  return '';
}

function exitCode(error: unknown): 1 | 2 {
  return error instanceof GatewayError && USAGE.has(error.code) ? 2 : 1;
}

/** An error as text for people, or as a line with one JSON object. */
function errorText(error: unknown, json: boolean): string {
  const { code, message } = error instanceof GatewayError ? error : unexpected(error);
  return json ? jsonLine({ type: 'error', code, message }) : `${harmlessReport(message.trimEnd())}\n`;
}

/** An error that is a defect of the gateway: a report of it needs the stack. */
function unexpected(error: unknown): { readonly code: string; readonly message: string } {
  return { code: 'UNEXPECTED', message: error instanceof Error && error.stack ? error.stack : String(error) };
}
