/** A fault that can be put, with what it takes. */
export interface Offer {
  readonly fault: string;
  readonly title: string;
  readonly what: string;
  readonly verb: string;
  /** Of docs/fidelity.md. */
  readonly rule?: string;
  /** Arguments that this offer always has. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  readonly fields: readonly Field[];
}

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly kind: 'number' | 'choice' | 'connection' | 'route';
  readonly choices?: ReadonlyArray<readonly [value: string, label: string]>;
  /** A choice of numbers. */
  readonly isNumber?: boolean;
  readonly isRequired?: boolean;
  readonly value?: string;
  readonly placeholder?: string;
  readonly step?: number;
}

const CONNECTION: Field = { name: 'connection', label: 'Connection', kind: 'connection' };
const TIMES: Field = { name: 'times', label: 'Times', kind: 'number', placeholder: 'until cleared' };

const end = (how: string, title: string, what: string, rule?: string, fields: readonly Field[] = []): Offer => (
  { fault: 'end', title, what, verb: 'End', rule, fixed: { how }, fields: [CONNECTION, ...fields] }
);
const statuses = (...all: number[]): Field => (
  { name: 'status', label: 'Status', kind: 'choice', isNumber: true, value: String(all[0]), choices: all.map((one) => [String(one), String(one)] as const) }
);
const number = (name: string, label: string, value: string): Field => ({ name, label, kind: 'number', isRequired: true, value });

/** Sections 2 to 8 of docs/fidelity.md say what AWS does. */
export const CATALOG: readonly Offer[] = [
  end('idle', 'Close as idle', 'As after ten minutes without a message: 1001, Going away.', '7.2.2'),
  end('duration', 'Close after two hours', 'As after two hours, whatever happened.', '7.2.3'),
  end('delete', 'Close by DELETE', 'As when a backend deletes the connection.', '6.14'),
  end('deployment', 'Deploy', 'As a deployment: not known to close anything, so unverified.', '4.2.3'),
  end('cut', 'Cut', 'The network ends it without a close frame: 1006.'),
  end('half-open', 'Half-open', 'Both sides believe in the connection; nothing arrives any more.'),
  end('stall', 'Stall', 'Nothing passes for some seconds, then everything at once.', undefined, [number('seconds', 'Seconds', '10')]),
  { fault: 'refuse', title: 'Refuse handshakes', what: 'Who connects gets an HTTP status instead of 101.', verb: 'Refuse', rule: '2.4', fields: [statuses(403, 429, 500, 503), TIMES] },
  {
    fault: 'posts', title: 'Fail posts', what: 'What handlers post to @connections is answered with an error.', verb: 'Fail', rule: '6.6',
    fields: [statuses(410, 429, 500, 504), CONNECTION, { name: 'share', label: 'Share', kind: 'number', step: 0.05, placeholder: '1' }, TIMES],
  },
  { fault: 'handler', title: 'Slow a handler', what: 'It starts later, by milliseconds.', verb: 'Slow', fields: [{ name: 'route', label: 'Route', kind: 'route' }, number('delay', 'Milliseconds', '3000')] },
  { fault: 'handler', title: 'Kill a handler', what: 'Its process ends in the middle of the invocation.', verb: 'Kill', fixed: { kill: true }, fields: [{ name: 'route', label: 'Route', kind: 'route' }] },
  { fault: 'disconnect', title: 'Delay $disconnect', what: 'AWS promises no time for it.', verb: 'Delay', fields: [number('delay', 'Milliseconds', '30000')] },
  { fault: 'disconnect', title: 'Lose $disconnect', what: 'AWS promises best effort: it may never come.', verb: 'Lose', fixed: { lose: true }, fields: [] },
  { fault: 'coldStart', title: 'Cold starts', what: 'Each new process takes longer, by milliseconds.', verb: 'Chill', fields: [number('milliseconds', 'Milliseconds', '1500')] },
  { fault: 'throttle', title: 'Throttle', what: 'More messages than this a second are answered Too Many Requests.', verb: 'Throttle', rule: '4.4.7', fields: [number('perSecond', 'A second', '5')] },
  { fault: 'random', title: 'A random mixture', what: 'Of all of these; the same seed repeats it.', verb: 'Mix', fields: [number('seed', 'Seed', '1')] },
];
