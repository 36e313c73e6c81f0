import { readOverrides } from './environment-file';
import type { InvocationResult } from './functions/invoker';
import { startForReplay } from './gateway';
import { GatewayError } from './gateway-error';
import { GatewayOptions, withDefaults } from './gateway-options';
import { handlerEndpoints } from './handler-endpoints';
import { parseOrigin } from './protocol/host';
import { isRecord, parsedJson, textAt } from './protocol/json';
import type { RecordedAdmission } from './recorded-admission';
import { Difference } from './recording/differences';
import { keyOf, Player } from './recording/player';
import { readRecording, Recording } from './recording/reading';
import type { ConnectTrigger } from './recording/scenario';
import type { InvocationEntry } from './trace';

/** The options of `replay`. */
export interface ReplayOptions extends Pick<
  GatewayOptions,
  'app' | 'directory' | 'stack' | 'envVars' | 'environment' | 'functionEnvironment' | 'dynamodb' | 'concurrency' | 'lambda' | 'signal'
  | 'onEvent'
> {
  /**
   * Run the authorizers, which get tokens in place of what was masked.
   *
   * @default false: what they answered in the recording counts
   */
  readonly authorize?: boolean;
  /**
   * The token of a handshake, with `authorize`.
   *
   * @default - one of the local issuer, with the user and the claims of the recording
   */
  readonly token?: (handshake: ReplayedUser) => string | Promise<string>;
  /**
   * Milliseconds to wait for what followed in the recording.
   *
   * @default 10000
   */
  readonly patience?: number;
}

/** Who connected in the recording. */
export interface ReplayedUser {
  /** `principalId` or `sub`. */
  readonly user?: string;
  /** `event.requestContext.authorizer`, masked as everything in a recording. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
}

export interface Replayed {
  readonly differences: readonly Difference[];
  /** How many frames, posts and handshakes of clients and backends were played. */
  readonly played: number;
}

const PATIENCE = 10_000;

/**
 * Plays a recorded session against the handlers of an app: clients connect and send what they did, and what comes back is compared. Ids and
 * times count as equal. Authorizers are not run, and nothing in the file is evaluated.
 *
 * @param file a recording of `cdk-websocket-service local --record`
 * @throws GatewayError RECORDING_BROKEN; those of `startGateway`
 */
export async function replay(file: string, options: ReplayOptions = {}): Promise<Replayed> {
  const recording = await readRecording(file);
  checkPlayable(recording);
  const { authorize = false, token, patience = PATIENCE, ...rest } = options;
  const answers = new Map<string, ConnectTrigger>();
  announce(recording, rest);
  const gateway = await startForReplay(
    { ...rest, ...authorize && !token && { localIssuer: true }, allowedOrigins: originsOf(recording) },
    authorize ? undefined : (rawHeaders) => admissionOf(answers.get(keyOf(rawHeaders))),
  );
  try {
    const player = new Player(recording, {
      apis: gateway.apis,
      trace: gateway.trace,
      patience,
      signal: options.signal,
      onHandshake: (key, trigger) => answers.set(key, trigger),
      token: authorize ? (trigger) => tokenFor(trigger, token ?? ((handshake) => issuedBy(gateway as object, handshake))) : undefined,
    });
    return { differences: await player.play(), played: player.played };
  } finally {
    await gateway.close();
  }
}

/** @throws GatewayError RECORDING_BROKEN */
function checkPlayable({ file, header }: Recording): void {
  if (header.bodies === 'masked') {
    const reason = 'was recorded with --mask: without the messages of the clients there is nothing to replay';
    throw new GatewayError('RECORDING_BROKEN', `${file} ${reason}`);
  }
}

/** Says what the handlers may reach, before any of them starts. */
function announce({ file, isCutOff }: Recording, options: GatewayOptions): void {
  const settings = withDefaults(options);
  const notices = [handlerEndpoints(settings, readOverrides(settings), process.env)];
  if (isCutOff) {
    const text = `the last line of ${file} is incomplete, since the gateway was killed; what comes before it is replayed`;
    notices.unshift({ code: 'recording-cut-off', subject: file, text });
  }
  for (const notice of notices) options.onEvent?.({ type: 'notice', time: Date.now(), ...notice });
}

/** Pages that connected in the recording may do so here, whatever `--allow-origin` was. */
function originsOf({ entries }: Recording): string[] {
  const origins = new Set<string>();
  for (const { entry } of entries) {
    if (entry.type !== 'connected') continue;
    const at = entry.rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'origin');
    const origin = at < 0 ? undefined : entry.rawHeaders[at + 1];
    if (origin !== undefined && parseOrigin(origin) !== undefined) origins.add(origin);
  }
  return [...origins];
}

function admissionOf(trigger: ConnectTrigger | undefined): RecordedAdmission | undefined {
  if (!trigger) return undefined;
  const { passed, authorizer } = trigger;
  if (!authorizer) return { passed };
  const event = parsedJson(authorizer.event);
  return { passed, authorizer: resultOf(authorizer), methodArn: isRecord(event) ? textAt(event, 'methodArn') : undefined };
}

function resultOf({ answer, error, duration, invocationId: requestId }: InvocationEntry): InvocationResult {
  if (answer !== undefined) return { ok: true, payload: answer, requestId, duration };
  const { type = 'Error', message = '' } = error ?? {};
  return { ok: false, kind: 'error', errorType: String(type), errorMessage: String(message), stackTrace: [], requestId, duration };
}

/** A gateway with a local issuer. */
interface Issuing {
  readonly token?: (request: { readonly sub?: string; readonly claims?: Readonly<Record<string, unknown>> }) => Promise<string>;
}

/** What an authorizer of ours puts into the context beside the claims. */
const NO_CLAIMS = new Set(['principalId', 'integrationLatency', 'sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'client_id', 'token_use']);

/** A token for whoever connected in the recording; whoever was refused gets none. */
async function issuedBy(gateway: Issuing, { user, authorizer }: ReplayedUser): Promise<string> {
  if (user === undefined || !gateway.token) return 'refused-in-the-recording';
  const { _claims: structured, ...context } = authorizer ?? {};
  const parsed = typeof structured === 'string' ? parsedJson(structured) : undefined;
  const all = Object.entries({ ...context, ...isRecord(parsed) && parsed });
  const claims = Object.fromEntries(all.filter(([name, value]) => !NO_CLAIMS.has(name) && !/<masked:\d+>/.test(String(value))));
  return gateway.token({ sub: user, ...Object.keys(claims).length > 0 && { claims } });
}

async function tokenFor({ entry }: ConnectTrigger, token: NonNullable<ReplayOptions['token']>): Promise<string> {
  const { user, authorizer } = entry.type === 'connected' ? entry : {};
  return token({ user, authorizer });
}
