import { CHAT, message, printed, TIME } from './_helpers/served-app';
import { jsonReporter } from '../../../lib/local/terminal/json-reporter';

const NOTICE = {
  type: 'notice', time: TIME, code: 'permission-missing', subject: 'Test/Send', text: 'Test/Send may not be invoked',
} as const;

test('ready is the first line of what is served, also if something happened before', () => {
  // GIVEN
  const lines: string[] = [];
  const reporter = jsonReporter((text) => lines.push(text));

  // WHEN
  reporter.event(NOTICE);
  reporter.ready(CHAT);
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
    },
    NOTICE,
    message(),
    printed('hello'),
    { type: 'stopping' },
  ]);
});

test('that the app is synthesized, and what is wrong with it, is told before ready', () => {
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

test('what happened before a failed start is not lost', () => {
  const lines: string[] = [];
  const reporter = jsonReporter((text) => lines.push(text));
  reporter.event(NOTICE);

  reporter.flush();

  expect(lines).toEqual([`${JSON.stringify(NOTICE)}\n`]);
});
