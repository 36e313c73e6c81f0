import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { WebsocketService } from '../../lib';
import { main } from '../../lib/local/cli';
import { synthesize } from '../_helpers/assembly';

const help = main(['--help']).output;

test('prints the routes of an assembly', () => {
  const app = synthesize((stack) => {
    new WebsocketService(stack, 'Chat', { routes: { ping: { integration: new WebSocketMockIntegration('Ping') } } });
  });

  const { code, output } = main(['routes', '--app', app]);

  expect(code).toBe(0);
  expect(output.split('\n').slice(-3)).toEqual([
    '  Route  Target  Function  Authorizer  Two-way',
    '  ping   MOCK    -         -           no',
    '',
  ]);
});

test('reads cdk.out of the working directory by default', () => {
  const before = process.cwd();
  process.chdir(fs.mkdtempSync(path.join(os.tmpdir(), 'no-assembly-')));
  try {
    expect(main(['routes'])).toEqual({
      code: 1, output: 'cdk.out is no cloud assembly: it has no manifest.json; run `cdk synth` first\n',
    });
  } finally {
    process.chdir(before);
  }
});

test('fails for an assembly without a WebSocket API', () => {
  const app = synthesize(() => undefined);

  expect(main(['routes', '--app', app])).toEqual({ code: 1, output: `${app} has no WebSocket API\n` });
});

test('says how it is used', () => {
  expect(main(['--help'])).toEqual({ code: 0, output: expect.stringMatching(/^cdk-websocket-service routes \[--app DIR\]\n/) });
});

test.each([
  [[], 'Which command?'],
  [['rutes'], 'There is no command "rutes".'],
  [['routes', 'here'], 'There is no command "routes here".'],
])('fails with its usage for %j', (args, complaint) => {
  expect(main(args)).toEqual({ code: 2, output: `${complaint}\n\n${help}` });
});

test('fails with its usage for an unknown option', () => {
  const { code, output } = main(['routes', '--port', '1']);

  expect(code).toBe(2);
  expect(output.endsWith(help)).toBe(true);
});
