/** A fault that can be put, with what it takes. */
export interface Offer {
  readonly fault: string;
  readonly title: string;
  readonly what: string;
  readonly verb: string;
  /** Of docs/fidelity.md. */
  readonly rule: string;
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

const statuses = (...all: number[]): Field => ({
  name: 'status',
  label: 'Status',
  kind: 'choice',
  isNumber: true,
  value: String(all[0]),
  choices: all.map((one) => [String(one), String(one)] as const),
});
const number = (name: string, label: string, value: string): Field => ({ name, label, kind: 'number', isRequired: true, value });

/** The ways in which a connection ends or fails. */
export const ENDS: ReadonlyArray<{ readonly how: string; readonly title: string; readonly what: string; readonly rule: string }> = [
  { how: 'idle', title: 'Idle', what: 'as after ten minutes without a message', rule: 'rule 7.2.2' },
  { how: 'duration', title: 'Two hours', what: 'as after two hours, whatever happened', rule: 'rule 7.2.3' },
  { how: 'delete', title: 'DELETE', what: 'as when a backend deletes the connection', rule: 'rule 6.14' },
  { how: 'deployment', title: 'Deployment', what: 'AWS is not known to close anything', rule: 'rule 4.2.3' },
  { how: 'cut', title: 'Cut', what: 'reset without a close frame: 1006', rule: 'rule 7.3' },
  { how: 'half-open', title: 'Half-open', what: 'stays open, and nothing arrives any more', rule: 'rule 6.13' },
  { how: 'stall', title: 'Stall', what: 'nothing passes for the seconds above', rule: 'rule 6.13' },
];

/** Sections 2 to 8 of docs/fidelity.md say what AWS does. */
export const CATALOG: readonly Offer[] = [
  {
    fault: 'refuse',
    title: 'Refuse handshakes',
    what: 'Who connects gets an HTTP status instead of 101.',
    verb: 'Refuse',
    rule: '3.6, 4.4.7, 2.5, 7.4',
    fields: [statuses(403, 429, 500, 503), TIMES],
  },
  {
    fault: 'posts',
    title: 'Fail posts',
    what: 'What handlers post to @connections is answered with an error.',
    verb: 'Fail',
    rule: '6.6, 6.9',
    fields: [
      statuses(410, 429, 500, 504),
      CONNECTION,
      { name: 'share', label: 'Share', kind: 'number', step: 0.05, placeholder: '1' },
      TIMES,
    ],
  },
  {
    fault: 'handler',
    title: 'Slow a handler',
    what: 'It answers later, by milliseconds.',
    verb: 'Slow',
    rule: '4.4.5',
    fields: [{ name: 'route', label: 'Route', kind: 'route' }, number('delay', 'Milliseconds', '3000')],
  },
  {
    fault: 'handler',
    title: 'Kill a handler',
    what: 'Its process ends in the middle of the invocation.',
    verb: 'Kill',
    rule: '4.4.2',
    fixed: { kill: true },
    fields: [{ name: 'route', label: 'Route', kind: 'route' }],
  },
  {
    fault: 'disconnect',
    title: 'Delay $disconnect',
    what: 'AWS promises no time for it.',
    verb: 'Delay',
    rule: '1.5.2',
    fields: [number('delay', 'Milliseconds', '30000')],
  },
  {
    fault: 'disconnect',
    title: 'Lose $disconnect',
    what: 'AWS promises best effort: it may never come.',
    verb: 'Lose',
    rule: '1.5.2',
    fixed: { lose: true },
    fields: [],
  },
  {
    fault: 'coldStart',
    title: 'Cold starts',
    what: 'The next invocation of each function waits for a new environment.',
    verb: 'Chill',
    rule: '4.4.5',
    fields: [number('milliseconds', 'Milliseconds', '1500')],
  },
  {
    fault: 'throttle',
    title: 'Throttle',
    what: 'More messages than this a second are answered Too Many Requests.',
    verb: 'Throttle',
    rule: '8.1',
    fields: [number('perSecond', 'A second', '5')],
  },
  {
    fault: 'random',
    title: 'A random mixture',
    what: 'Of all of these; the same seed repeats it.',
    verb: 'Mix',
    rule: '7.3, 7.4',
    fields: [number('seed', 'Seed', '1')],
  },
];
