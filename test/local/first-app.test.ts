import * as fs from 'fs';
import * as path from 'path';
import { appSource } from '../../lib/local/app-source';
import { LocalApp } from '../../lib/local/assembly/local-app';
import { FirstApp, firstApp, FirstAppOptions } from '../../lib/local/first-app';
import { GatewayError } from '../../lib/local/gateway-error';
import { GatewayEvent } from '../../lib/local/gateway-event';
import { GatewayOptions, withDefaults } from '../../lib/local/gateway-options';
import { AppFolder } from '../_helpers/app-folder';
import { until } from './_helpers/local-server';

/** As little as counts as an app: it writes a manifest where the CDK wants it, once `.go` is there. */
const APP = `
const fs = require('fs');
fs.writeFileSync('.began', '');
const timer = setInterval(() => {
  if (!fs.existsSync('.go')) return;
  clearInterval(timer);
  fs.writeFileSync(require('path').join(process.env.CDK_OUTDIR, 'manifest.json'), '{}');
}, 5);`;
const BROKEN = 'console.error("no luck"); process.exit(3);';

let folder: AppFolder;
let events: GatewayEvent[];
let first: FirstApp | undefined;
beforeEach(() => {
  folder = new AppFolder({ 'cdk.json': '{ "app": "node app.js" }', 'app.js': APP, '.go': '', 'given/manifest.json': '{}' });
  events = [];
});
afterEach(async () => {
  await first?.watcher?.close();
  first = undefined;
  folder.leave();
});

async function start(options: GatewayOptions = {}, more: Partial<FirstAppOptions> = {}): Promise<FirstApp> {
  const settings = withDefaults({ directory: folder.path, watch: true, ...options });
  first = await firstApp({
    source: appSource(settings),
    settings,
    read: () => ({ apis: [] }) as unknown as LocalApp,
    emit: (event) => events.push(event),
    patient: true,
    ...more,
  });
  return first;
}

/** The files that are reported as changed once there is a listener. */
async function changed({ watcher }: FirstApp): Promise<string[]> {
  return new Promise((resolve) => {
    watcher!.listen({ broken: false, inputs: () => new Set() }, ({ files }) => resolve(files.map((file) => path.relative(folder.path, file))));
  });
}

const synthesis = { type: 'synthesis', time: expect.any(Number), command: 'node app.js' };
const failure = (error: string) => ({
  type: 'resynthesis', time: expect.any(Number), duration: expect.any(Number), added: [], removed: [], error,
});

test('an assembly is read as it is, and its version is noted', async () => {
  expect(await start({ app: 'given' })).toEqual({ app: { apis: [] }, manifest: expect.stringMatching(/^\d+,\d+,\d+,2$/) });
  expect(events).toEqual([]);
});

test('a command is announced before it runs', async () => {
  await start({}, { read: () => { throw new Error('broken'); } }).catch(() => undefined);

  expect(events).toEqual([synthesis]);
});

test('saves during the first synthesis are kept for the next listener', async () => {
  // GIVEN
  fs.rmSync('.go');
  const starting = start();
  await until(() => fs.existsSync('.began'));

  // WHEN
  folder.write({ 'lib/stack.ts': '2', '.go': '' });

  // THEN
  expect(await changed(await starting)).toEqual(['lib/stack.ts']);
});

test('a file that the synthesis writes without a change is not a save', async () => {
  // GIVEN
  const built = 'require("fs").writeFileSync("lib/built.js", "1");';
  folder.write({ 'lib/built.js': '1', 'app.js': APP.replace('clearInterval', `${built} clearInterval`) });
  fs.rmSync('.go');
  const starting = start();
  await until(() => fs.existsSync('.began'));

  // WHEN
  folder.write({ '.go': '' });
  const next = changed(await starting);
  folder.write({ 'lib/stack.ts': '2' });

  // THEN
  expect(await next).toEqual(['lib/stack.ts']);
});

test('a broken app is reported, and tried again after a save', async () => {
  // GIVEN
  folder.write({ 'app.js': BROKEN });
  const starting = start();
  await until(() => events.length === 2);

  // WHEN
  folder.write({ 'app.js': APP });
  await starting;

  // THEN
  expect(events).toEqual([synthesis, failure(`"node app.js" in ${folder.path} ended with exit code 3:\nno luck`), synthesis]);
});

test('an app that cannot be served is reported, and tried again after a save', async () => {
  // GIVEN
  let apis = 0;
  const read = (): LocalApp => {
    if (apis === 0) throw new GatewayError('NO_WEBSOCKET_API', 'it has no WebSocket API');
    return { apis: [] } as unknown as LocalApp;
  };
  const starting = start({}, { read });
  await until(() => events.length === 2);

  // WHEN
  apis = 1;
  folder.write({ 'lib/stack.ts': '2' });
  await starting;

  // THEN
  expect(events).toEqual([synthesis, failure('it has no WebSocket API'), synthesis]);
});

test.each<[string, GatewayOptions, Partial<FirstAppOptions>]>([
  ['of startGateway', {}, { patient: false }],
  ['that does not watch', { watch: false }, { patient: false }],
])('a start %s fails with it', async (_, options, more) => {
  folder.write({ 'app.js': BROKEN });

  await expect(start(options, more)).rejects.toMatchObject({ code: 'APP_FAILED' });
  expect(events).toEqual([synthesis]);
});

test('an error that no save can fix ends the start', async () => {
  const wrong = new GatewayError('NO_SUCH_STACK', 'there is none');

  await expect(start({}, { read: () => { throw wrong; } })).rejects.toBe(wrong);
});

test('a start that is aborted while it waits for a save ends', async () => {
  // GIVEN
  folder.write({ 'app.js': BROKEN });
  const stop = new AbortController();
  const starting = start({ signal: stop.signal });
  await until(() => events.length === 2);

  // WHEN
  stop.abort(new Error('stopped'));

  // THEN
  await expect(starting).rejects.toThrow('stopped');
});
