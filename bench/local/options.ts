import { parseArgs } from 'util';
import { count } from '../options';
import { Extent } from './steps';

/** What the command line asks for. */
export interface Options extends Extent {
  readonly rounds: number;
  /** In how many of the rounds serverless-offline is measured; 0: it is not installed. */
  readonly offlineRounds: number;
}

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      'quick': { type: 'boolean', default: false },
      'rounds': { type: 'string' },
      'seconds': { type: 'string' },
      'no-offline': { type: 'boolean', default: false },
    },
  });
  const rounds = count('--rounds', values.rounds ?? (values.quick ? '2' : '6'));
  return {
    rounds,
    seconds: count('--seconds', values.seconds ?? '1'),
    many: !values.quick,
    // It takes long, and its figures are far away.
    offlineRounds: values['no-offline'] ? 0 : Math.ceil(rounds / 3),
  };
}
