/** What handlers of a test write, by lines. */
export interface CapturedLog {
  readonly errors: Array<Record<string, unknown>>;
  readonly warnings: Array<Record<string, unknown>>;
  readonly metrics: Array<Record<string, unknown>>;
}

/** Captures what is logged in each test of a suite. Each line must be JSON. */
export function captureLog(): CapturedLog {
  const log: CapturedLog = { errors: [], warnings: [], metrics: [] };
  const into = (list: Array<Record<string, unknown>>) => (line: unknown): boolean => {
    const text = String(line).replace(/\n$/, '');
    expect(text).not.toMatch(/[\r\n]/);
    list.push(JSON.parse(text) as Record<string, unknown>);
    return true;
  };
  beforeEach(() => {
    for (const list of Object.values(log) as unknown[][]) list.length = 0;
    jest.spyOn(console, 'error').mockImplementation(into(log.errors));
    jest.spyOn(console, 'warn').mockImplementation(into(log.warnings));
    jest.spyOn(process.stdout, 'write').mockImplementation(into(log.metrics) as never);
  });
  afterEach(() => jest.restoreAllMocks());
  return log;
}
