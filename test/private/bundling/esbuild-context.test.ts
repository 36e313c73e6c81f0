import * as path from 'path';
import { buildHandlers, Esbuild, findEsbuild, loadEsbuild } from '../../../lib/private/bundling/esbuild';
import { EsbuildContext } from '../../../lib/private/bundling/esbuild-context';
import { AppFolder } from '../../_helpers/app-folder';
import { handler } from '../../_helpers/builds';
import { killEsbuild } from '../../_helpers/esbuild-process';
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

describe('when the process of esbuild dies', () => {
  const esbuild = loadEsbuild(findEsbuild()!);

  test('the next build starts it again, for all contexts, and tells so once', async () => {
    // GIVEN
    app.write({ 'src/c.ts': 'export const main = 1;', 'src/d.ts': 'export const main = 2;' });
    let restarts = 0;
    const contexts = ['src/c.main', 'src/d.main'].map((name) => (
      new EsbuildContext(esbuild, [handler(name)], app.path, {}, { onRestart: () => { restarts++; } })
    ));
    await Promise.all(contexts.map((one) => one.build()));

    // WHEN
    expect(killEsbuild()).toBeGreaterThan(0);
    const builds = await Promise.all(contexts.map((one) => one.build()));
    await Promise.all(contexts.map((one) => one.dispose()));

    // THEN
    expect(builds).toMatchObject([{ handlers: expect.any(Map) }, { handlers: expect.any(Map) }]);
    expect(restarts).toBe(1);
  });

  test('again and again, the build fails with a line, and the next one works', async () => {
    // GIVEN
    app.write({ 'src/c.ts': 'export const main = 1;' });
    let deadly = true;
    const mortal: Esbuild = {
      ...esbuild,
      context: async (options) => {
        const opened = await esbuild.context(options);
        if (deadly) killEsbuild();
        return opened as never;
      },
    };
    context = new EsbuildContext(mortal, [handler('src/c.main')], app.path, {});

    // THEN
    expect(await context.build()).toEqual({
      errors: ["esbuild's process ended 3 times during one build: is it killed, or is there too little memory? The next save starts it again"],
      files: [],
    });
    deadly = false;
    expect(await context.build()).toMatchObject({ handlers: expect.any(Map) });
  });
});
