import type { GatewayEvent } from '../gateway-event';

const INDENT = '    ';

/**
 * What moves the cursor, rewrites the line or turns the reading direction: C0, DEL and C1, bidirectional controls, line separators. In
 * ranges, as classes by property take ten times as long.
 */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The same without line feeds and tabs, which text of several lines has. */
// eslint-disable-next-line no-control-regex
const CONTROL_IN_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Colours and the like (`SGR`), which change nothing but the looks of the characters behind them. */
// eslint-disable-next-line no-control-regex
const COLOUR = /\u001b\[[\d;:]*m/g;

const RESET = '\u001b[0m';

/** Members of events that may have several lines, wherever they are in the event; all others are one line. */
const SEVERAL_LINES: ReadonlySet<string> = new Set(['reason', 'message', 'stackTrace', 'event', 'result', 'errors', 'error']);

/** Text in lines of its own below the line of an event. */
export function below(text: string): string {
  return text.trimEnd().split('\n').map((line) => `${`${INDENT}${line}`.trimEnd()}\n`).join('');
}

/** Multi-line text that may quote a client, a handler or an app, without control characters that would reach the terminal. */
export function harmless(text: string): string {
  return text.replace(CONTROL_IN_TEXT, escaped);
}

/** What a program printed that failed, without its colours. */
export function harmlessReport(text: string): string {
  return harmless(text.replace(COLOUR, ''));
}

/** An event as it may be printed: whatever anybody outside put into it is text. */
export function harmlessEvent<E extends GatewayEvent>(event: E, coloured: boolean): E {
  if (isPlain(event)) return event;
  if (event.type === 'output') return { ...withoutControls(event, CONTROL), text: outputText(event.text, coloured) };
  const plain = withoutControls(event, CONTROL);
  return event.type === 'resynthesis' && event.error !== undefined ? { ...plain, error: harmlessReport(event.error) } : plain;
}

/** A value as JSON in a line that no terminal, and no reader of lines, takes for anything else. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(CONTROL, (character) => `\\u${hexOf(character, 4)}`)}\n`;
}

/** What a handler printed: its colours stay where there are colours, and end with it. */
function outputText(text: string, coloured: boolean): string {
  const pieces = text.split(COLOUR).map(harmless);
  const colours = coloured ? text.match(COLOUR) : null;
  if (!colours) return pieces.join('');
  return `${pieces.map((piece, index) => piece + (colours[index] ?? '')).join('')}${RESET}`;
}

/** Nearly all of thousands of events a second are: one look at all of their text takes a third of the time. */
function isPlain(event: GatewayEvent): boolean {
  let text = '';
  for (const member of Object.values(event) as unknown[]) {
    if (typeof member === 'string') text += member;
    else if (typeof member === 'object' && member !== null) return false;
  }
  return text.search(CONTROL) < 0;
}

/** The same value if there is nothing to escape. */
function withoutControls<T>(value: T, controls: RegExp): T {
  if (typeof value === 'string') return value.replace(controls, escaped) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutControls(item, controls)) as T;
  let changed: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const plain = withoutControls<unknown>(member, SEVERAL_LINES.has(name) ? CONTROL_IN_TEXT : controls);
    if (plain !== member) changed = { ...changed ?? value, [name]: plain };
  }
  return (changed ?? value) as T;
}

function escaped(character: string): string {
  return character <= '\u00ff' ? `\\x${hexOf(character, 2)}` : `\\u${hexOf(character, 4)}`;
}

function hexOf(character: string, length: number): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(length, '0');
}
