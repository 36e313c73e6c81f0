import * as path from 'path';
import { builtFunction } from './_helpers/built-functions';
import { BuildReport, HandlerBuilds } from '../../../lib/local/watch/handler-builds';
import { SourceWatcher } from '../../../lib/local/watch/source-watcher';
import { AppFolder } from '../../_helpers/app-folder';

test('a save becomes new code, also after a save with an error', async () => {
  // GIVEN
  const app = new AppFolder({
    'src/a.ts': "import { text } from './text';\nexport const main = () => text;",
    'src/text.ts': "export const text = 'first';",
  });
  const builds = new HandlerBuilds([builtFunction('src/a.main')], { outPrefix: path.resolve('cdk.out/.built') });
  let arrived: (report: BuildReport) => void = () => undefined;
  const watcher = new SourceWatcher({
    directory: app.path,
    assembly: path.resolve('cdk.out'),
    command: true,
  });
  watcher.listen(builds, ({ kind, files }) => { if (kind === 'handlers') void builds.rebuild(files).then((report) => arrived(report)); });
  const save = (text: string): Promise<BuildReport> => {
    const report = new Promise<BuildReport>((resolve) => { arrived = resolve; });
    app.write({ 'src/text.ts': text });
    return report;
  };
  const answer = ({ changed }: BuildReport): unknown => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(path.join(changed.get('Test/src/a.main')!.directory, 'index.js')).main();
  };

  try {
    await Promise.all([builds.rebuild(), watcher.start()]);

    // WHEN
    const second = await save("export const text = 'second';");
    const broken = await save('export const text = ;');
    const third = await save("export const text = 'third';");

    // THEN
    expect(answer(second)).toBe('second');
    expect([broken.changed.size, broken.errors.length]).toEqual([0, 1]);
    expect([answer(third), third.errors]).toEqual(['third', []]);
  } finally {
    await watcher.close();
    await builds.dispose();
    app.leave();
  }
});
