import { inspect } from 'util';

const INDENT = '    ';

/** Text in lines of its own below the line of an event. */
export function below(text: string): string {
  return text.trimEnd().split('\n').map((line) => `${`${INDENT}${line}`.trimEnd()}\n`).join('');
}

/** Text that may quote a client: nobody who connects shall steer the developer's terminal. */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => (character === '\n' || character === '\t' ? character : inspect(character).slice(1, -1)));
}
