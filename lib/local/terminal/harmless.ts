import type { GatewayEvent } from '../gateway-event';

/*
 * Everything that is printed passes this file. Clients, handlers and apps choose much of what the gateway prints, and none of it may move
 * the cursor, set the title or write to the clipboard: reporters and commands print such text only after one of the functions below.
 */

/**
 * Characters that move the cursor, rewrite the line or reverse the reading direction: C0, DEL and C1, bidirectional controls, line
 * separators. Written as ranges, since character classes by property take ten times as long.
 */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `CONTROL` without line feeds and tabs, which text of several lines has. */
// eslint-disable-next-line no-control-regex
const CONTROL_IN_TEXT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Escape sequences for colours and the like (`SGR`): they change nothing but the looks of the characters behind them. */
// eslint-disable-next-line no-control-regex
const COLOUR = /\u001b\[[\d;:]*m/g;

const RESET = '\u001b[0m';

/** Members of events that may have several lines, at any depth of the event. Text in all other members is one line. */
const MULTILINE: ReadonlySet<string> = new Set(['reason', 'message', 'stackTrace', 'event', 'result', 'errors', 'error']);

/** Text of several lines that may quote a client, a handler or an app, with its control characters escaped. */
export function harmless(text: string): string {
  return text.replace(CONTROL_IN_TEXT, escaped);
}

/** The output of a program that failed, without its colours. */
export function harmlessReport(text: string): string {
  return harmless(text.replace(COLOUR, ''));
}

/** An event that is safe to print: control characters in any of its members are escaped. */
export function harmlessEvent<E extends GatewayEvent>(event: E, coloured: boolean): E {
  if (isPlain(event)) return event;
  const plain = withoutControls(event, CONTROL);
  if (event.type === 'output') return { ...plain, text: handlerOutput(event.text, coloured) };
  return event.type === 'resynthesis' && event.error !== undefined ? { ...plain, error: harmlessReport(event.error) } : plain;
}

/** A value as one line of JSON, in which no terminal and no reader of lines finds a control character. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(CONTROL, (character) => `\\u${hexOf(character, 4)}`)}\n`;
}

/** The same as JSON of several lines. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2).replace(CONTROL_IN_TEXT, (character) => `\\u${hexOf(character, 4)}`)}\n`;
}

/** A handler's colours stay if the terminal shows colours, and end with the handler's text. */
function handlerOutput(text: string, coloured: boolean): string {
  const pieces = text.split(COLOUR).map(harmless);
  const colours = coloured ? text.match(COLOUR) : null;
  if (!colours) return pieces.join('');
  return `${pieces.map((piece, index) => piece + (colours[index] ?? '')).join('')}${RESET}`;
}

/** A quick look for the thousands of events a second that have nothing to escape: it takes a third of the time of `withoutControls`. */
function isPlain(event: GatewayEvent): boolean {
  let text = '';
  for (const member of Object.values(event) as unknown[]) {
    if (typeof member === 'string') text += member;
    else if (typeof member === 'object' && member !== null) return false;
  }
  return text.search(CONTROL) < 0;
}

/** A copy with the controls escaped; the value itself if it has none. */
function withoutControls<T>(value: T, controls: RegExp): T {
  if (typeof value === 'string') return value.replace(controls, escaped) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutControls(item, controls)) as T;
  let changed: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const plain = withoutControls<unknown>(member, MULTILINE.has(name) ? CONTROL_IN_TEXT : controls);
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
