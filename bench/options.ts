import { parseArgs } from 'util';

/** What the command line asks for. */
export interface Options {
  /** How many routes the measured services have. */
  readonly routes: number[];
  /** How often the quick variants run; the slow ones run less often. */
  readonly rounds: number;
  /** Whether `osls package` is measured too. */
  readonly osls: boolean;
}

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      'routes': { type: 'string', default: '1,10,50,100' },
      'rounds': { type: 'string', default: '6' },
      'no-osls': { type: 'boolean', default: false },
    },
  });
  const routes = values.routes.split(',').map((text) => count('--routes', text));
  return {
    routes: [...new Set(routes)].sort((a, b) => a - b),
    rounds: count('--rounds', values.rounds),
    osls: !values['no-osls'],
  };
}

/** A whole number above 0. */
export function count(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${flag}: ${JSON.stringify(text)} is no whole number above 0`);
}
