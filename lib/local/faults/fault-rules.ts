/** What a fault is, in the words of docs/faults.md, whose table a test compares with this one, and of `GET /_ws/faults`. */
export interface FaultRule {
  /** The call, without what all calls of it may have. */
  readonly fault: string;
  /** What clients and handlers see. */
  readonly text: string;
  /** The rule of docs/fidelity.md that it stands for. */
  readonly rule: string;
  /** Whether AWS is not known to do so. */
  readonly unverified?: true;
}

/** By the name of the fault, and the value of the argument that decides what it does. */
export const FAULT_RULES = {
  'end idle': {
    fault: "end({ how: 'idle' })",
    text: 'closes with 1001 `Going away`, as after ten minutes without a message; `$disconnect` gets the same',
    rule: '7.2.2',
  },
  'end duration': {
    fault: "end({ how: 'duration' })",
    text: 'closes with 1001 `Going away`, as after two hours, whatever was said; `$disconnect` gets the same',
    rule: '7.2.3',
  },
  'end deployment': {
    fault: "end({ how: 'deployment' })",
    text: 'closes with 1001 `Going away`; as far as is known, a deployment on AWS closes no connection',
    rule: '4.2.3',
    unverified: true,
  },
  'end delete': {
    fault: "end({ how: 'delete' })",
    text: 'closes with 1000 `Connection Closed Normally`, as `DELETE @connections` does; a client should not come back',
    rule: '6.14',
  },
  'end cut': {
    fault: "end({ how: 'cut' })",
    text: 'resets the TCP connection without a close frame: the client sees 1006, `$disconnect` gets 1006 at once',
    rule: '7.3',
  },
  'end half-open': {
    fault: "end({ how: 'half-open' })",
    text: 'the socket stays, and nothing passes it any more: posts are answered 200 and lost, the client hears nothing; it ends '
      + 'when it is idle for too long or too old, and only then `$disconnect` runs',
    rule: '6.13',
  },
  'end stall': {
    fault: "end({ how: 'stall', seconds: 5 })",
    text: 'nothing is read or written for so long, or until `clear()`; then everything goes on, in order, and nothing is lost',
    rule: '6.13',
  },
  'refuse 403': { fault: 'refuse({ status: 403 })', text: 'refuses handshakes with 403; `$connect` does not run', rule: '3.6' },
  'refuse 429': { fault: 'refuse({ status: 429 })', text: 'refuses handshakes with 429, as throttling does', rule: '4.4.7' },
  'refuse 500': { fault: 'refuse({ status: 500 })', text: 'refuses handshakes with 500, as if no function could be invoked', rule: '2.5' },
  'refuse 503': {
    fault: 'refuse({ status: 503 })', text: 'refuses handshakes with 503, as if the service were down', rule: '7.4', unverified: true,
  },
  'posts 410': {
    fault: 'posts({ status: 410 })', text: 'answers posts with 410 `GoneException`, although the connection is open', rule: '6.6',
  },
  'posts 429': {
    fault: 'posts({ status: 429 })', text: 'answers posts with 429 `LimitExceededException`; nothing is sent to the client', rule: '6.9',
  },
  'posts 500': {
    fault: 'posts({ status: 500 })', text: 'answers posts with 500; nothing is sent to the client', rule: '6.9', unverified: true,
  },
  'posts 504': {
    fault: 'posts({ status: 504 })', text: 'answers posts with 504; nothing is sent to the client', rule: '6.9', unverified: true,
  },
  'handler delay': {
    fault: "handler({ route: 'send', delay: 2000 })",
    text: 'the function of the route answers so many milliseconds later; they count against its own timeout and that of the integration: '
      + '`Internal server error` or `Endpoint request timed out`',
    rule: '4.4.5',
  },
  'handler kill': {
    fault: "handler({ route: 'send', kill: true })",
    text: 'the process is killed when the handler would have answered, at most 100 ms after it began: what it did until then is done, '
      + 'the client gets `Internal server error`, `$connect` a 502, and the next invocation a new process',
    rule: '4.4.2',
  },
  'disconnect delay': {
    fault: 'disconnect({ delay: 5000 })', text: '`$disconnect` runs so many milliseconds after the connection has ended', rule: '1.5.2',
  },
  'disconnect lose': {
    fault: 'disconnect({ lose: true })', text: '`$disconnect` never runs: AWS promises its best effort only', rule: '1.5.2',
  },
  'coldStart': {
    fault: 'coldStart({ milliseconds: 3000 })',
    text: 'the next invocation of each function, and whatever comes while it waits, waits that long for a new environment; it counts '
      + 'against the timeout of the integration',
    rule: '4.4.5',
  },
  'throttle': {
    fault: 'throttle({ perSecond: 10 })',
    text: 'each route of a stage takes so many messages a second, and as many at once, whatever its settings say: `Too Many Requests`, '
      + 'and 429 for handshakes',
    rule: '8.1',
  },
  'random': {
    fault: 'random({ seed: 7 })',
    text: 'a mixture of the faults that a client and its server must survive, the same for the same seed',
    rule: '7.3, 7.4',
  },
} as const satisfies Readonly<Record<string, FaultRule>>;

export type FaultKind = keyof typeof FAULT_RULES;

export function ruleOf(kind: FaultKind): FaultRule {
  return FAULT_RULES[kind];
}
