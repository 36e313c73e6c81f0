import { nearest } from '../../private/nearest';
import { GatewayError } from '../gateway-error';
import { show } from '../protocol/json';

/** How `end` ends a connection. */
export const ENDS = ['idle', 'duration', 'deployment', 'delete', 'cut', 'half-open', 'stall'] as const;
export const REFUSALS = [403, 429, 500, 503] as const;
export const POST_STATUSES = [410, 429, 500, 504] as const;

export interface EndFault {
  readonly how: (typeof ENDS)[number];
  /**
   * The id of a connection.
   * @default all that are open
   */
  readonly connection?: string;
  /**
   * How long a `stall` lasts.
   * @default until `clear()`
   */
  readonly seconds?: number;
}

export interface RefuseFault {
  readonly status: (typeof REFUSALS)[number];
  /**
   * How many handshakes are refused.
   * @default all until `clear()`
   */
  readonly times?: number;
}

export interface PostsFault {
  readonly status: (typeof POST_STATUSES)[number];
  /**
   * The id of a connection.
   * @default posts to all
   */
  readonly connection?: string;
  /**
   * The share of the posts, up to 1. Which ones is the same in each run.
   * @default 1
   */
  readonly share?: number;
  /**
   * How many posts are answered so.
   * @default all until `clear()`
   */
  readonly times?: number;
}

/** One of `delay` and `kill`. */
export interface HandlerFault {
  /** The key of a route. */
  readonly route: string;
  /** Milliseconds. */
  readonly delay?: number;
  readonly kill?: true;
}

/** One of `delay` and `lose`. */
export interface DisconnectFault {
  /** Milliseconds. */
  readonly delay?: number;
  readonly lose?: true;
}

export interface ColdStartFault {
  readonly milliseconds: number;
}

export interface ThrottleFault {
  readonly perSecond: number;
}

export interface RandomFault {
  readonly seed: number;
}

/** The arguments of each fault. */
export interface FaultArguments {
  readonly end: EndFault;
  readonly refuse: RefuseFault;
  readonly posts: PostsFault;
  readonly handler: HandlerFault;
  readonly disconnect: DisconnectFault;
  readonly coldStart: ColdStartFault;
  readonly throttle: ThrottleFault;
  readonly random: RandomFault;
  readonly advance: { readonly milliseconds: number };
  readonly clear: object;
}

export type FaultName = keyof FaultArguments;

interface Check {
  readonly isMet: (value: unknown) => boolean;
  readonly what: string;
  readonly names?: readonly string[];
}

interface Shape {
  readonly takes: Readonly<Record<string, Check>>;
  /** Each is required; of several names in one entry, exactly one is. */
  readonly needs: readonly (readonly string[])[];
}

const DAY = 86_400_000;

const text: Check = { isMet: (value) => typeof value === 'string' && value !== '', what: 'a non-empty string' };
const yes: Check = { isMet: (value) => value === true, what: 'true' };
const count = integer(1, 1_000_000);
const milliseconds = integer(1, DAY);

const SHAPES: Readonly<Record<FaultName, Shape>> = {
  end: { takes: { how: oneOf(ENDS), connection: text, seconds: number(0.001, 86_400) }, needs: [['how']] },
  refuse: { takes: { status: oneOf(REFUSALS), times: count }, needs: [['status']] },
  posts: { takes: { status: oneOf(POST_STATUSES), connection: text, share: number(0.000_001, 1), times: count }, needs: [['status']] },
  handler: { takes: { route: text, delay: milliseconds, kill: yes }, needs: [['route'], ['delay', 'kill']] },
  disconnect: { takes: { delay: milliseconds, lose: yes }, needs: [['delay', 'lose']] },
  coldStart: { takes: { milliseconds }, needs: [['milliseconds']] },
  throttle: { takes: { perSecond: number(0, 100_000) }, needs: [['perSecond']] },
  random: { takes: { seed: integer(0, Number.MAX_SAFE_INTEGER) }, needs: [['seed']] },
  advance: { takes: { milliseconds }, needs: [['milliseconds']] },
  clear: { takes: {}, needs: [] },
};

/** @throws GatewayError INVALID_FAULT */
export function faultName(name: unknown): FaultName {
  const names = Object.keys(SHAPES);
  if (typeof name === 'string' && Object.hasOwn(SHAPES, name)) return name as FaultName;
  throw invalid(`there is no fault ${shown(name)}; ${wayOut(name, names)}`);
}

/**
 * The arguments of a fault, without those that are undefined.
 *
 * @throws GatewayError INVALID_FAULT
 */
export function checked<Name extends FaultName>(name: Name, given: unknown = {}): FaultArguments[Name] {
  const { takes, needs } = SHAPES[name];
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid(`${name} takes an object, got ${shown(given)}`);
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [argument, value] of entries) {
    if (!Object.hasOwn(takes, argument)) throw invalid(`${name} takes no \`${argument}\`; ${wayOut(argument, Object.keys(takes))}`);
    const { isMet, what, names = [] } = takes[argument];
    if (isMet(value)) continue;
    const meant = typeof value === 'string' ? nearest(value, names) : undefined;
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
    throw invalid(`${name}: \`${argument}\` must be ${what}, got ${shown(value)}${hint}`);
  }
  const has = entries.map(([argument]) => argument);
  for (const need of needs) {
    if (need.filter((argument) => has.includes(argument)).length === 1) continue;
    const wanted = need.map((argument) => `\`${argument}\` (${takes[argument].what})`).join(' or ');
    throw invalid(need.length === 1 ? `${name} needs ${wanted}` : `${name} needs either ${wanted}`);
  }
  return Object.fromEntries(entries) as unknown as FaultArguments[Name];
}

export function invalid(message: string): GatewayError {
  return new GatewayError('INVALID_FAULT', `faults: ${message}`);
}

/** What to write instead of an unknown name. */
export function wayOut(name: unknown, names: readonly string[]): string {
  const meant = typeof name === 'string' ? nearest(name, names) : undefined;
  if (meant !== undefined) return `did you mean \`${meant}\`?`;
  return names.length === 0 ? 'it takes nothing' : `there are ${names.join(', ')}`;
}

export function shown(value: unknown): string {
  return value === undefined ? 'nothing' : show(value);
}

function oneOf(values: readonly (string | number)[]): Check {
  const names = values.filter((value): value is string => typeof value === 'string');
  const what = `one of ${values.map((each) => JSON.stringify(each)).join(', ')}`;
  return { isMet: (value) => values.includes(value as string), what, names };
}

function number(least: number, most: number): Check {
  return { isMet: (value) => typeof value === 'number' && value >= least && value <= most, what: `a number from ${least} to ${most}` };
}

function integer(least: number, most: number): Check {
  return { isMet: (value) => Number.isSafeInteger(value) && number(least, most).isMet(value), what: `an integer from ${least} to ${most}` };
}
