import { CHAT, message, printed, TIME } from './_helpers/served-app';
import { jsonReporter, TextReporter } from '../../../lib/local/terminal/reporter';
import { banner } from '../../../lib/local/terminal/served';

describe('as text', () => {
  const LINE = '14:03:07.123  L0SM9cOF  message     send -> src/messages.send   200   3.2 ms  41 B in, 12 B out\n';

  let written: string;
  let reporter: TextReporter;

  beforeEach(() => {
    jest.useFakeTimers();
    written = '';
    reporter = new TextReporter((text) => { written += text; }, false);
  });

  afterEach(() => jest.useRealTimers());

  test('the banner is what a developer reads first', () => {
    reporter.ready(CHAT);

    expect(written).toBe(banner(CHAT));
  });

  test('below a request stands the output of its handler, then why the request failed', () => {
    // WHEN
    reporter.event(printed('got it'));
    reporter.event(printed('bad: {\n  a: 1\n}', { stream: 'stderr' }));
    reporter.event(message({ invocationId: 'invocation-1', reason: 'the function failed (4.3.1)' }));

    // THEN
    expect(written).toBe(`${LINE}    got it\n    bad: {\n      a: 1\n    }\n    why: the function failed (4.3.1)\n`);
  });

  test.each<[string, boolean, string]>([['nothing of', false, ''], ['all of', true, '    {"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"cdk-websocket-service"}]}}\n']])(
    'of the metrics of the runtime %s it is printed', (_, isVerbose, shown) => {
      // GIVEN
      const metric = (namespace: string): string => `{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"${namespace}"}]}}`;
      reporter = new TextReporter((text) => { written += text; }, false, isVerbose);

      // WHEN
      for (const text of [metric('cdk-websocket-service'), metric('mine'), `say ${metric('cdk-websocket-service')}`]) reporter.event(printed(text));
      reporter.event(message({ invocationId: 'invocation-1' }));

      // THEN
      expect(written).toBe(`${LINE}${shown}    ${metric('mine')}\n    say ${metric('cdk-websocket-service')}\n`);
    },
  );

  test('no control character of a client, handler or app reaches the terminal, wherever it is printed', () => {
    // GIVEN
    const coloured = new TextReporter((text) => { written += text; }, true);
    const hostile = '\u001b]0;title\u0007\u009b2J\u202e';
    const [{ api, ...rest }] = CHAT.apis;

    // WHEN
    coloured.ready({ ...CHAT, apis: [{ ...rest, api: { ...api, name: hostile } }] });
    coloured.event({ type: 'listening', time: TIME, api: hostile, url: hostile, callbackUrl: hostile });
    coloured.event({ type: 'notice', time: TIME, code: 'x', subject: hostile, text: hostile });
    coloured.event({ type: 'rebuild', time: TIME, functions: [hostile], duration: 1, errors: [hostile] });
    coloured.event({ type: 'resynthesis', time: TIME, duration: 1, added: [hostile], removed: [hostile] });
    coloured.event({ type: 'resynthesis', time: TIME, duration: 1, added: [], removed: [], error: hostile });
    coloured.event(printed(hostile, { requestId: undefined }));
    coloured.event(message({ type: 'post', connectionId: hostile, routeKey: hostile, target: hostile, reason: hostile, event: hostile, result: hostile }));

    // THEN
    // eslint-disable-next-line no-control-regex
    expect(written.replace(/\u001b\[\d*m/g, '')).toMatch(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]*$/);
    expect(written.match(/\\x1B\]0;title/g)!.length).toBeGreaterThan(10);
  });

  test('the output of authorizer and handler stands below their handshake', () => {
    // WHEN
    reporter.event(printed('authorized', { requestId: 'invocation-0' }));
    reporter.event(printed('connected'));
    reporter.event(message({ authorizerInvocationId: 'invocation-0', invocationId: 'invocation-1' }));

    // THEN
    expect(written).toBe(`${LINE}    authorized\n    connected\n`);
  });

  test('a long invocation shows its output while it runs, without a heading for each line', () => {
    // WHEN
    reporter.event(printed('step 1'));
    jest.advanceTimersByTime(300);
    reporter.event(printed('step 2'));
    reporter.event(message());
    reporter.event(printed('step 3'));
    reporter.event(message({ invocationId: 'invocation-1' }));

    // THEN
    const heading = '14:03:07.123            running     src/messages.send\n';
    expect(written).toBe(`${heading}    step 1\n    step 2\n${LINE}${heading}    step 3\n${LINE}`);
  });

  test('a line that comes after its request stands below it', () => {
    // WHEN
    reporter.event(message({ invocationId: 'invocation-1' }));
    reporter.event(printed('late'));
    reporter.event(message());
    reporter.event(printed('later'));

    // THEN
    expect(written).toBe(`${LINE}    late\n${LINE}14:03:07.123            output      src/messages.send\n    later\n`);
  });

  test('the output of a module that loads has the function as its heading', () => {
    // WHEN
    reporter.event(printed('loading', { requestId: undefined }));
    reporter.event(printed('loaded', { requestId: undefined }));
    reporter.event(printed('me too', { requestId: undefined, functionId: 'Test/Other', target: undefined }));

    // THEN
    expect(written).toBe([
      '14:03:07.123            output      src/messages.send',
      '    loading',
      '    loaded',
      '14:03:07.123            output      Test/Other',
      '    me too',
      '',
    ].join('\n'));
  });

  test('output that is held is shown before the end', () => {
    reporter.event(printed('last words'));
    reporter.stopping();
    reporter.flush();

    expect(written).toBe(
      'Stopping; Ctrl-C again ends the gateway at once.\n14:03:07.123            running     src/messages.send\n    last words\n',
    );
  });

  test('a gateway with several stages names the stage in each line', () => {
    const [chat] = CHAT.apis;
    reporter.ready({ ...CHAT, apis: [chat, chat] });
    written = '';

    reporter.event(message());

    expect(written).toBe('14:03:07.123  L0SM9cOF  message     Chat/dev  send -> src/messages.send   200   3.2 ms  41 B in, 12 B out\n');
  });

  test('lines name their stage once a synthesis has added a second one', () => {
    const served: { apis: typeof CHAT.apis; functions: typeof CHAT.functions } = { ...CHAT };
    reporter.ready(served);
    written = '';

    served.apis = [...CHAT.apis, ...CHAT.apis];
    reporter.event({ type: 'resynthesis', time: TIME, duration: 812, added: ['Games'], removed: [] });
    reporter.event(message());

    expect(written).toBe([
      '14:03:07.123  synthesized again in 812 ms',
      '    + Games',
      '14:03:07.123  L0SM9cOF  message     Chat/dev  send -> src/messages.send   200   3.2 ms  41 B in, 12 B out',
      '',
    ].join('\n'));
  });

  test('the banner shows the first APIs, a later API has a line of its own', () => {
    const listening = { type: 'listening', time: TIME, api: 'Chat', url: 'ws://x/dev', callbackUrl: 'http://x/dev' } as const;

    reporter.event(listening);
    expect(written).toBe('');
    reporter.ready(CHAT);
    written = '';
    reporter.event(listening);

    expect(written).toBe('14:03:07.123  Chat is served at ws://x/dev, callback http://x/dev\n');
  });

  test('a notice is a line', () => {
    reporter.event({ type: 'notice', time: TIME, code: 'permission-missing', subject: 'Test/Send', text: 'Test/Send may not be invoked' });

    expect(written).toBe('! Test/Send may not be invoked\n');
  });

  describe('a rebuild', () => {
    const rebuild = { type: 'rebuild', time: TIME, duration: 23.4, functions: [], errors: [] } as const;
    const handlers = ['a', 'b', 'c', 'd'].map((name) => `Test/Chat/Handler-src%2F${name}.handle`);

    test('names the handlers', () => {
      reporter.event({ ...rebuild, functions: handlers.slice(0, 3) });

      expect(written).toBe('14:03:07.123  rebuilt src/a.handle, src/b.handle, src/c.handle in 23 ms\n');
    });

    test('counts many handlers', () => {
      reporter.event({ ...rebuild, functions: handlers });

      expect(written).toBe('14:03:07.123  rebuilt 4 functions in 23 ms\n');
    });

    test('says if no handler changed', () => {
      reporter.event(rebuild);

      expect(written).toBe('14:03:07.123  built again: no handler changed\n');
    });

    test('shows the errors beside what was built', () => {
      reporter.event({
        ...rebuild,
        functions: handlers.slice(0, 1),
        errors: ['X [ERROR] Unexpected ";"\n\n    src/b.ts:1:8:\n      1 | const = ;\n        |       ^\n'],
      });

      expect(written).toBe([
        '14:03:07.123  rebuilt src/a.handle in 23 ms',
        '14:03:07.123  build failed; the old code keeps running',
        '    X [ERROR] Unexpected ";"',
        '',
        '        src/b.ts:1:8:',
        '          1 | const = ;',
        '            |       ^',
        '',
      ].join('\n'));
    });
  });

  describe('a finished synthesis', () => {
    const resynthesis = { type: 'resynthesis', time: TIME, duration: 812, added: [], removed: [] } as const;

    test('lists what was added and removed', () => {
      reporter.event({ ...resynthesis, added: ['Test/Chat/Handler-src%2Fnew.handle'], removed: ['Test/Old'] });

      expect(written).toBe('14:03:07.123  synthesized again in 812 ms\n    + src/new.handle\n    - Test/Old\n');
    });

    test('that failed shows the output of the app', () => {
      reporter.ready(CHAT);
      written = '';
      reporter.event({ ...resynthesis, error: 'The app failed\nError: no such thing' });

      expect(written).toBe('14:03:07.123  synthesis failed; the old app keeps running\n    The app failed\n    Error: no such thing\n');
    });
  });

  test('a terminal gets colours', () => {
    reporter = new TextReporter((text) => { written += text; }, true);

    reporter.event(message({ status: 403, bytesIn: 0, bytesOut: 0, reason: 'no' }));

    expect(written).toBe(
      '\u001b[90m14:03:07.123\u001b[39m  \u001b[36mL0SM9cOF\u001b[39m  message     send -> src/messages.send  ' +
      '\u001b[33m 403\u001b[39m   3.2 ms\n    \u001b[33mwhy: no\u001b[39m\n',
    );
  });

  test('the start of a synthesis is shown at once, and after a failure that a save tries again', () => {
    // GIVEN
    let text = '';
    const starting = new TextReporter((more) => { text += more; }, false);

    // WHEN
    starting.event({ type: 'synthesis', time: TIME, command: 'npx tsx bin/app.ts' });
    starting.event({ type: 'resynthesis', time: TIME, duration: 812, added: [], removed: [], error: 'no luck' });
    starting.event({ type: 'synthesis', time: TIME, command: 'npx tsx bin/app.ts' });
    starting.ready(CHAT);
    const before = text.length;
    starting.event({ type: 'synthesis', time: TIME, command: 'npx tsx bin/app.ts' });

    // THEN
    expect(text.slice(0, before)).toBe(`14:03:07.123  synthesizing with npx tsx bin/app.ts ...
14:03:07.123  synthesis failed; the next save of the app tries again
    no luck
14:03:07.123  synthesizing with npx tsx bin/app.ts ...
${banner(CHAT)}`);
    expect(text.slice(before)).toBe('14:03:07.123  the app changed: synthesizing it\n');
  });
});

describe('as JSON', () => {
  const NOTICE = {
    type: 'notice', time: TIME, code: 'permission-missing', subject: 'Test/Send', text: 'Test/Send may not be invoked',
  } as const;

  test('events before ready are printed behind it', () => {
    // GIVEN
    const lines: string[] = [];
    const reporter = jsonReporter((text) => lines.push(text));

    // WHEN
    reporter.event(NOTICE);
    const tables = { names: ['rooms'], where: 'in memory, by dynoxide 1.2.1' };
    reporter.ready({ ...CHAT, tables, inspectorUrl: 'http://localhost:3001/_ws' });
    reporter.event(message());
    reporter.event(printed('hello'));
    reporter.stopping();
    reporter.flush();

    // THEN
    expect(lines.every((line) => line.endsWith('}\n'))).toBe(true);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        type: 'ready',
        apis: [{
          name: 'Chat',
          stack: 'Test',
          logicalId: 'ChatApi',
          port: 3001,
          stages: [{
            name: 'dev',
            url: 'ws://localhost:3001/dev',
            callbackUrl: 'http://localhost:3001/dev',
            connect: 'npx wscat -c "ws://localhost:3001/dev?token=VALUE"',
          }],
          routes: [
            {
              routeKey: '$connect',
              target: 'Lambda',
              function: 'Test/Connect',
              authorizer: 'Test/Chat/Handler-src%2Fauth.authorize',
              twoWay: false,
            },
            { routeKey: 'ping', target: 'MOCK', twoWay: true },
            { routeKey: 'far', target: 'Lambda', function: 'far-away', twoWay: false },
          ],
        }],
        tables,
        inspector: 'http://localhost:3001/_ws',
      },
      NOTICE,
      message(),
      printed('hello'),
      { type: 'stopping' },
    ]);
  });

  test('the first synthesis and its error are printed before ready', () => {
    // GIVEN
    const lines: string[] = [];
    const reporter = jsonReporter((text) => lines.push(text));

    // WHEN
    reporter.event({ type: 'synthesis', time: TIME, command: 'npx tsx bin/app.ts' });
    reporter.event({ type: 'resynthesis', time: TIME, duration: 812, added: [], removed: [], error: 'no luck' });
    reporter.event(NOTICE);

    // THEN
    expect(lines).toEqual([
      `{"type":"synthesis","time":${TIME},"command":"npx tsx bin/app.ts"}\n`,
      `{"type":"resynthesis","time":${TIME},"duration":812,"added":[],"removed":[],"error":"no luck"}\n`,
    ]);
  });

  test('a flush prints the events before a failed start', () => {
    const lines: string[] = [];
    const reporter = jsonReporter((text) => lines.push(text));
    reporter.event(NOTICE);

    reporter.flush();

    expect(lines).toEqual([`${JSON.stringify(NOTICE)}\n`]);
  });
});
