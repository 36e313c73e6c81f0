import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { builtFunction, OPTIONS } from './_helpers/built-functions';
import { HandlerBuilds } from '../../../lib/local/watch/handler-builds';
import { SourceMaps } from '../../../lib/local/watch/source-maps';
import { AppFolder } from '../../_helpers/app-folder';

let app: AppFolder;
let builds: HandlerBuilds;
let maps: SourceMaps;

beforeEach(() => {
  app = new AppFolder({
    'src/a.ts': 'export const main = async (): Promise<object> => {\n  throw new Error("mine");\n};',
    'src/b.ts': 'export const main = async () => "b";',
  });
  maps = new SourceMaps(app.path);
  builds = new HandlerBuilds([builtFunction('src/a.main', OPTIONS, 'tracked'), builtFunction('src/b.main')], {
    outPrefix: path.resolve('built'), sourceMaps: maps,
  });
});
afterEach(async () => {
  await builds.dispose();
  app.leave();
});

test('a rebuild wraps what the construct has wrapped, and nothing else', async () => {
  // WHEN
  const start = await builds.rebuild();
  app.write({ 'src/a.ts': 'export const main = async () => "later";', 'src/b.ts': 'export const main = async () => "also later";' });
  const { changed, errors } = await builds.rebuild();

  // THEN
  expect([...start.changed, ...errors]).toEqual([]);
  const wrapped = [...changed].map(([id, { directory }]) => (
    [id, fs.readFileSync(path.join(directory, 'index.js'), 'utf8').includes('cdk-websocket-service.process')]
  ));
  expect(wrapped).toEqual([['Test/src/a.main', true], ['Test/src/b.main', false]]);
  expect([...builds.inputs()].map((file) => path.relative(app.path, file)).sort()).toEqual(['src/a.ts', 'src/b.ts']);
});

test('a stack leads to the sources of the user first', async () => {
  // GIVEN
  await builds.rebuild();
  const bundle = path.resolve('cdk.out', `asset.${encodeURIComponent('src/a.main')}`, 'index.js');
  const event = { requestContext: { eventType: 'MESSAGE', connectionId: 'a' } };
  const script = `require(${JSON.stringify(bundle)}).main(${JSON.stringify(event)}, {}).catch((error) => console.log(error.stack))`;

  // WHEN
  const lines = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).split('\n');

  // THEN
  expect(maps.mapStack('Test/src/a.main', lines).slice(0, 3)).toEqual([
    'Error: mine',
    expect.stringMatching(/ src\/a\.ts:2:9\)?$|\(src\/a\.ts:2:9\)$/),
    expect.stringContaining('node_modules/cdk-websocket-service/lib/runtime/'),
  ]);
});
