import * as path from 'path';
import { buildHandlers, findEsbuild, loadEsbuild } from '../../../lib/private/bundling/esbuild';
import { EsbuildContext } from '../../../lib/private/bundling/esbuild-context';
import { AppFolder } from '../../_helpers/app-folder';
import { handler } from '../../_helpers/builds';
import { HANDLERS, PLAIN, SOURCES } from '../_helpers/esbuild-builds';

let app: AppFolder;
let context: EsbuildContext | undefined;

beforeEach(() => { app = new AppFolder(SOURCES); });
afterEach(async () => {
  await context?.dispose();
  context = undefined;
  app.leave();
});

function open(names: string[], options = PLAIN): EsbuildContext {
  context = new EsbuildContext(loadEsbuild(findEsbuild()!), names.map(handler), process.cwd(), options);
  return context;
}

test('builds what buildHandlers builds, again and again', async () => {
  // GIVEN
  const first = await open(HANDLERS).build();
  const alike = buildHandlers(HANDLERS.map(handler), process.cwd(), PLAIN).handlers;

  // WHEN
  app.write({ 'src/shared.ts': 'export const greet = (name?: string): string => `bye ${name}`;' });
  const second = await context!.build();

  // THEN
  expect(first).toMatchObject({ handlers: alike });
  expect(second).toMatchObject({ handlers: buildHandlers(HANDLERS.map(handler), process.cwd(), PLAIN).handlers });
});

test('a build that fails names the file, and the next one may do better', async () => {
  // GIVEN
  open(HANDLERS);
  app.write({ 'src/shared.ts': 'export const greet = ;' });

  // WHEN
  const failed = await context!.build();
  app.write({ 'src/shared.ts': 'export const greet = () => 1;' });
  const mended = await context!.build();

  // THEN
  expect(failed).toEqual({
    errors: ['✘ [ERROR] Unexpected ";"\n\n    src/shared.ts:1:21:\n      1 │ export const greet = ;\n        ╵                      ^'],
    files: [path.resolve('src/shared.ts')],
  });
  expect(mended).toHaveProperty('handlers');
});

test('files of a loader belong to no single handler', async () => {
  // GIVEN
  app.write({ 'src/legacy.js': "import icon from './icon.png';\nexport const main = () => icon;", 'src/icon.png': 'pixels' });

  // THEN
  expect(await open(HANDLERS, { ...PLAIN, loader: { '.png': 'file' } }).build()).toMatchObject({ handlers: undefined });
});

test('an option that esbuild does not take fails every time', async () => {
  const refused = { errors: ['Invalid target "nowhere" in "--target=nowhere"'], files: [] };

  expect(await open(HANDLERS, { ...PLAIN, target: 'nowhere' }).build()).toEqual(refused);
  expect(await context!.build()).toEqual(refused);
});
