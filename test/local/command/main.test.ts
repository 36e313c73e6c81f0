import * as fs from 'fs';
import * as http from 'http';
import { AddressInfo } from 'net';
import * as os from 'os';
import * as path from 'path';
import { Writable } from 'stream';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { WebsocketService } from '../../../lib';
import { HELP } from '../../../lib/local/command/help';
import { main, type Host } from '../../../lib/local/command/main';
import { GatewayError } from '../../../lib/local/gateway-error';
import type { GatewayOptions } from '../../../lib/local/gateway-options';
import { migration } from '../../../lib/local/migrate';
import { banner } from '../../../lib/local/terminal/served';
import { synthesize } from '../../_helpers/assembly';
import { CHAT, message, printed } from '../terminal/_helpers/served-app';

/** A process that runs the command: what it printed, and the signals that it gets. */
class Shell {
  public out = '';
  public err = '';
  public readonly exits: number[] = [];
  /** What the gateway was started with. */
  public started?: GatewayOptions;
  public closed = 0;
  public time = 0;
  public readonly host: Host;
  private readonly listeners = new Set<() => void>();

  public constructor(overrides: Partial<Host> = {}) {
    this.host = {
      version: '1.2.3',
      stdout: collect((text) => { this.out += text; }),
      stderr: collect((text) => { this.err += text; }),
      coloured: false,
      now: () => this.time,
      onStop: (listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
      start: async (options) => {
        this.started = options;
        return { ...CHAT, close: async () => { this.closed++; } };
      },
      replay: async () => ({ differences: [], played: 0 }),
      migration,
      exit: (code) => this.exits.push(code),
      ...overrides,
    };
  }

  /** Ctrl-C */
  public interrupt(): void {
    this.listeners.forEach((listener) => listener());
  }

  public get listening(): number {
    return this.listeners.size;
  }

  public async run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const code = await main(args, this.host);
    return { code, out: this.out, err: this.err };
  }
}

function collect(take: (text: string) => void): Writable {
  return new Writable({
    decodeStrings: false,
    write: (chunk: string, _, done) => {
      take(chunk);
      done();
    },
  });
}

/** Resolves when the callbacks of resolved promises have run. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}

describe('the tool', () => {
  test('prints nothing but a token, so that a script can take it', async () => {
    // GIVEN
    const server = http.createServer((_request, response) => response.end('{"token":"a.b.c","expiresAt":1}'));
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const { port } = server.address() as AddressInfo;

    // WHEN
    const found = await new Shell().run('token', '--port', `${port}`);
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    const gone = await new Shell().run('token', '--port', `${port}`);

    // THEN
    expect(found).toEqual({ code: 0, out: 'a.b.c\n', err: '' });
    expect(gone).toEqual({ code: 1, out: '', err: expect.stringMatching(/^no gateway answers at .*\n$/) });
  });

  test('prints its help', async () => {
    expect(await new Shell().run('--help')).toEqual({ code: 0, out: HELP, err: '' });
    expect(HELP.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test.each([[['--version']], [['-v']], [['local', '--version']], [['routes', '-v']]])('prints its version for %j', async (args) => {
    expect(await new Shell().run(...args)).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  test.each([
    [[], 'No command: local, routes, asyncapi, token, replay, migrate; see cdk-websocket-service --help\n'],
    [['rutes'], 'There is no command "rutes"; see cdk-websocket-service --help\n'],
    [['local', '--prot', '1'], 'Unknown option \'--prot\'; see cdk-websocket-service --help\n'],
    [['local', '--port', 'x', '--json'],
      '{"type":"error","code":"INVALID_OPTION",' +
      '"message":"--port must be an integer from 0 to 65535, got \\"x\\"; see cdk-websocket-service --help"}\n'],
  ])('ends with 2 for %j', async (args, err) => {
    const shell = new Shell();

    expect(await shell.run(...args)).toEqual({ code: 2, out: '', err });
    expect(shell.started).toBeUndefined();
  });
});

describe('routes', () => {
  test('prints the routes of an assembly', async () => {
    // GIVEN
    const app = synthesize((stack) => {
      new WebsocketService(stack, 'Chat', { routes: { ping: { integration: new WebSocketMockIntegration('Ping') } } });
    });

    // WHEN
    const { code, out, err } = await new Shell().run('routes', '--app', app);

    // THEN
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`Chat (Test, ChatApi86739009)
  url       wss://<ChatApi86739009>.execute-api.<region>.amazonaws.com/dev
  callback  https://<ChatApi86739009>.execute-api.<region>.amazonaws.com/dev

  Route  Target  Function  Authorizer  Two-way
  ping   MOCK    -         -           no
`);
  });

  test('fails for a folder without an assembly', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'no-assembly-'));

    expect(await new Shell().run('routes', '--app', folder)).toEqual({
      code: 1, out: '', err: `${folder} is not a cloud assembly: it has no manifest.json; run \`cdk synth\` first\n`,
    });
  });

  test('fails for an assembly without a WebSocket API', async () => {
    const app = synthesize(() => undefined);

    expect(await new Shell().run('routes', '--app', app)).toEqual({
      code: 1, out: '', err: `${app} has no WebSocket API; its stack is Test\n`,
    });
  });
});

describe('asyncapi', () => {
  const chats = (...names: string[]) => synthesize((stack) => {
    for (const name of names) new WebsocketService(stack, name, { routes: { ping: { integration: new WebSocketMockIntegration('Ping') } } });
  });

  test('prints the document of the only API', async () => {
    const { code, out, err } = await new Shell().run('asyncapi', '--app', chats('Chat'));

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ asyncapi: '3.0.0', info: { title: 'Chat' }, operations: { ping: { action: 'receive' } } });
  });

  test('writes the document of one of several APIs to a file', async () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'asyncapi-')), 'b.json');

    expect(await new Shell().run('asyncapi', '--app', chats('A', 'B'), '--api', 'B', '--out', file)).toEqual({ code: 0, out: '', err: '' });
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ info: { title: 'B' } });
  });

  test('asks which of several APIs', async () => {
    const app = chats('A', 'B');
    const list = 'A (Test, AApi41A7BA16), B (Test, BApi9DACF1FD)';

    expect(await new Shell().run('asyncapi', '--app', app)).toEqual({
      code: 2, out: '', err: `${app} has 2 WebSocket APIs; choose one of them with --api: ${list}\n`,
    });
    expect(await new Shell().run('asyncapi', '--app', app, '--api', 'C')).toEqual({
      code: 2, out: '', err: `${app} has no WebSocket API "C"; write the name, or else the logical id, of one of these: ${list}\n`,
    });
  });

  test('fails if the file cannot be written', async () => {
    const file = path.join(os.tmpdir(), 'no-such-folder', 'a.json');

    expect(await new Shell().run('asyncapi', '--app', chats('A'), '--out', file)).toEqual({
      code: 2, out: '', err: `--out ${file} cannot be written: ENOENT: no such file or directory, open '${file}'\n`,
    });
  });
});

describe('local', () => {
  test('serves until it is stopped', async () => {
    // GIVEN
    const shell = new Shell();

    // WHEN
    const run = shell.run('local', '--app', 'cdk.out', '--port', '3001');
    await settle();
    shell.started?.onEvent?.(message());
    await settle();

    // THEN
    const serving = `${banner(CHAT)}14:03:07.123  L0SM9cOF  message     send -> src/messages.send   200   3.2 ms  41 B in, 12 B out\n`;
    expect(shell.out).toBe(serving);
    expect(shell.started).toEqual({ app: 'cdk.out', port: 3001, watch: true, inspector: true, signal: expect.any(AbortSignal), onEvent: expect.any(Function) });
    expect(shell.closed).toBe(0);

    // WHEN
    shell.started?.onEvent?.(printed('last words'));
    shell.interrupt();

    // THEN
    expect(await run).toEqual({
      code: 0,
      out: `${serving}Stopping; Ctrl-C again ends the gateway at once.\n14:03:07.123            running     src/messages.send\n    last words\n`,
      err: '',
    });
    expect([shell.closed, shell.listening, shell.exits]).toEqual([1, 0, []]);
  });

  test('prints JSON for tools', async () => {
    const shell = new Shell();

    const run = shell.run('local', '--json');
    await settle();
    shell.started?.onEvent?.(message());
    shell.interrupt();
    const { code, out } = await run;

    expect(code).toBe(0);
    expect(out.trimEnd().split('\n').map((line) => JSON.parse(line).type)).toEqual(['ready', 'message', 'stopping']);
  });

  test.each([
    ['APP_FAILED', 1], ['ASSEMBLY_NOT_FOUND', 1], ['NO_WEBSOCKET_API', 1], ['PORT_IN_USE', 1], ['UNRESOLVABLE', 1],
    ['INVALID_OPTION', 2], ['PORT_REFUSED', 2], ['HOST_NOT_FOUND', 2], ['ENV_FILE_UNREADABLE', 2], ['NO_SUCH_STACK', 2],
  ] as const)('%s ends it with %d', async (errorCode, code) => {
    const shell = new Shell({ start: async () => { throw new GatewayError(errorCode, 'It is so\nas the app said\n'); } });

    expect(await shell.run('local')).toEqual({ code, out: '', err: 'It is so\nas the app said\n' });
    expect(shell.listening).toBe(0);
  });

  test('an error is JSON for tools', async () => {
    const start: Host['start'] = async () => { throw new GatewayError('PORT_IN_USE', 'in use'); };

    const { code, err } = await new Shell({ start }).run('local', '--json');

    expect({ code, err }).toEqual({ code: 1, err: '{"type":"error","code":"PORT_IN_USE","message":"in use"}\n' });
  });

  test('a defect is printed with its stack, for a report', async () => {
    const defect = new TypeError('x is undefined');

    expect(await new Shell({ start: async () => { throw defect; } }).run('local')).toEqual({ code: 1, out: '', err: `${defect.stack}\n` });
  });

  test('events before a failed start are printed', async () => {
    const start: Host['start'] = async ({ onEvent }) => {
      onEvent?.({ type: 'notice', time: 0, code: 'x', subject: 'x', text: 'a notice' });
      throw new GatewayError('PORT_IN_USE', 'in use');
    };

    expect(await new Shell({ start }).run('local')).toEqual({ code: 1, out: '! a notice\n', err: 'in use\n' });
  });
});

describe('Ctrl-C', () => {
  /** A gateway that does not end. */
  const hanging: Host['start'] = async () => ({ ...CHAT, close: () => new Promise(() => undefined) });

  test('ends everything at once the second time', async () => {
    // GIVEN
    const shell = new Shell({ start: hanging });
    void shell.run('local');
    await settle();

    // WHEN
    shell.interrupt();
    shell.time = 1_000;
    shell.interrupt();

    // THEN
    expect(shell.exits).toEqual([130]);
  });

  test('counts once if npx passes the signal on', async () => {
    // GIVEN
    const shell = new Shell({ start: hanging });
    void shell.run('local');
    await settle();

    // WHEN
    shell.interrupt();
    shell.time = 20;
    shell.interrupt();

    // THEN
    expect(shell.exits).toEqual([]);
  });

  test('during the start closes the gateway once it has started', async () => {
    // GIVEN
    let started: () => void = () => undefined;
    const close = jest.fn(async () => undefined);
    const shell = new Shell({ start: () => new Promise((resolve) => { started = () => resolve({ ...CHAT, close }); }) });
    const run = shell.run('local');

    // WHEN
    shell.interrupt();
    started();

    // THEN
    expect(await run).toEqual({ code: 0, out: 'Stopping; Ctrl-C again ends the gateway at once.\n', err: '' });
    expect(close).toHaveBeenCalledTimes(1);
  });

  test('during the start is not an error of the app that it ended', async () => {
    // GIVEN
    let fail: () => void = () => undefined;
    const start: Host['start'] = () => new Promise((_, reject) => { fail = () => reject(new GatewayError('APP_FAILED', 'killed')); });
    const shell = new Shell({ start });
    const run = shell.run('local');

    // WHEN
    shell.interrupt();
    fail();

    // THEN
    expect(await run).toEqual({ code: 0, out: 'Stopping; Ctrl-C again ends the gateway at once.\n', err: '' });
  });

  test('is implied when the reader of the output has gone', async () => {
    // GIVEN
    const shell = new Shell();
    const run = shell.run('local');
    await settle();

    // WHEN
    shell.host.stdout.destroy(new Error('EPIPE'));

    // THEN
    expect((await run).code).toBe(0);
    expect(shell.closed).toBe(1);
  });
});

describe('replay', () => {
  const notice = { type: 'notice', time: 1, code: 'handler-endpoints', subject: 'AWS', text: 'handlers may reach \u001b[31mAWS' } as const;
  const difference = { at: 'line 3, connection 1 sends hi: reply', expected: 'a', got: 'b\u001b[2J' };

  function shell(differences: Array<typeof difference>): Shell {
    return new Shell({
      replay: async (_file, { onEvent }) => {
        onEvent?.(notice);
        return { differences, played: 2 };
      },
    });
  }

  test('says what handlers may reach, and ends with 0 if nothing differs', async () => {
    expect(await shell([]).run('replay', 'session.jsonl')).toEqual({
      code: 0, err: '', out: expect.stringMatching(/^handlers may reach \S*AWS\nsession\.jsonl: 2 steps, 0 differences\n$/),
    });
  });

  test('shows differences, harmless for terminals, and ends with 1', async () => {
    const { code, out } = await shell([difference]).run('replay', 'session.jsonl');

    expect(code).toBe(1);
    expect(out).toContain('line 3, connection 1 sends hi: reply\n  - a\n  + b');
    expect(out).toContain('session.jsonl: 2 steps, 1 difference\n');
    expect(out).not.toContain('\u001b');
  });

  test('prints JSON with --json', async () => {
    const { code, out } = await shell([difference]).run('replay', 'session.jsonl', '--json');

    expect(code).toBe(1);
    expect(out.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      notice, { type: 'replayed', file: 'session.jsonl', played: 2, differences: [difference] },
    ]);
  });

  test('an error has its line, and ends with 1', async () => {
    const broken = new Shell({ replay: async () => { throw new GatewayError('RECORDING_BROKEN', 'x.jsonl, line 2: damaged'); } });

    expect(await broken.run('replay', 'x.jsonl')).toEqual({ code: 1, out: '', err: 'x.jsonl, line 2: damaged\n' });
    expect(broken.listening).toBe(0);
  });
});
