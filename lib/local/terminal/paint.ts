import { inspect } from 'util';

type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'grey';

export type Paint = (colour: Colour, text: string) => string;

/** Whether to print colours to a stream: https://no-color.org, and FORCE_COLOR as Node.js itself reads it. */
export function isColoured({ isTTY }: { readonly isTTY?: boolean }, { NO_COLOR, FORCE_COLOR }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false;
  return FORCE_COLOR === undefined ? isTTY === true : FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
}

/**
 * Colours text for a terminal, or leaves it as it is.
 *
 * Not `util.styleText`: from Node 22.13 on it asks `process.stdout` at each call whether it is a terminal.
 */
export function painter(coloured: boolean): Paint {
  return coloured ? paint : (_, text) => text;
}

function paint(colour: Colour, text: string): string {
  const [on, off] = inspect.colors[colour] ?? [0, 0];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
