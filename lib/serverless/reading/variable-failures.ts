import { placeText, ServerlessFileError } from '../file-error';
import type { Mutable, Origins, Path } from './origins';

const GIVE_VALUES = 'Give each value in "variables", or by --variable NAME=VALUE, by what is between the braces. '
  + 'Only AWS knows whether it exists: if not, write the default in its place.';

/** Why a variable has no value. Other properties that need it fail for the same reason. */
export class VariableError extends Error {
  constructor(message: string, readonly keys: Path, readonly isUnknown = false) {
    super(message);
  }
}

/** The properties whose variables have no value: all of them make one error. */
export class VariableFailures {
  private readonly failures = new Map<string, VariableError>();

  has(name: string): boolean {
    return this.failures.has(name);
  }

  get(name: string): VariableError | undefined {
    return this.failures.get(name);
  }

  /** A failure is remembered: many properties may depend on one that failed. */
  remember<T>(name: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof VariableError) {
        this.failures.set(name, error);
      }
      throw error;
    }
  }

  /** Throws if there are any. */
  report(file: string, root: Mutable, origins: Origins): void {
    const failures = [...new Set(this.failures.values())];
    if (failures.length === 0) {
      return;
    }
    const problems = failures.map(({ keys, message }) => ({ place: origins.nearest(root, keys) ?? file, message }));
    const hint = failures.some(({ isUnknown }) => isUnknown) ? GIVE_VALUES : '';
    const [{ place, message }] = problems;
    const lines = problems.map((each) => `\n  ${placeText(each.place)}: ${each.message}`).join('');
    throw new ServerlessFileError(place, problems.length === 1 ? `${message}${hint === '' ? '' : ` ${hint}`}`
      : `${problems.length} variables have no value:${lines}${hint === '' ? '' : `\n${hint}`}`);
  }
}
