import * as childProcess from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { CommandFailure, localPackages, withCommandOutput } from '../../../lib/private/bundling/package-install';
import { AppFolder } from '../../_helpers/app-folder';

describe('withCommandOutput', () => {
  const INHERIT = { stdio: ['ignore', process.stderr, 'inherit'] } as const;

  /** What aws-cdk-lib does with a command. */
  function run(script: string, options: childProcess.SpawnSyncOptions = INHERIT as unknown as childProcess.SpawnSyncOptions): string {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { spawnSync } = require('child_process') as typeof childProcess;
    const { status, error } = spawnSync(process.execPath, ['-e', script], options);
    if (error) throw error;
    if (status !== 0) throw new Error(`exited with status ${status}`);
    return 'done';
  }

  /** The error, and what reached the terminal. */
  function failureOf(work: () => unknown): { error: unknown; terminal: string } {
    const written: string[] = [];
    const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      withCommandOutput(work);
      throw new Error('did not fail');
    } catch (error) {
      return { error, terminal: written.join('') };
    } finally {
      write.mockRestore();
    }
  }

  test('the error has the output of the failed command without colours, and the terminal gets it too', () => {
    // WHEN
    const { error, terminal } = failureOf(() => run("console.log('out'); console.error('\\u001b[31mERR\\u001b[0m reason'); process.exit(3)"));

    // THEN
    expect(error).toEqual(new CommandFailure('exited with status 3', 'out\n\nERR reason'));
    expect(error).toHaveProperty('output', 'out\n\nERR reason');
    expect(terminal).toBe('out\n\u001b[31mERR\u001b[0m reason\n');
  });

  test('has the name of a missing command', () => {
    // WHEN
    const { error } = failureOf(() => {
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { spawnSync } = require('child_process') as typeof childProcess;
      throw spawnSync('no-such-package-manager', ['ci'], INHERIT as unknown as childProcess.SpawnSyncOptions).error;
    });

    // THEN
    expect(error).toMatchObject({ message: 'spawnSync no-such-package-manager ENOENT', output: '', missingCommand: 'no-such-package-manager' });
  });

  test('an error of no command is left as it is', () => {
    const own = new Error('no lock file');

    expect(failureOf(() => { run("console.log('fine')"); throw own; }).error).toBe(own);
  });

  test('commands whose output somebody reads, and those of Docker, are left alone', () => {
    // GIVEN
    const before = process.env.CDK_DOCKER;
    process.env.CDK_DOCKER = process.execPath;

    // WHEN
    const { error } = failureOf(() => run('process.exit(1)'));
    if (before === undefined) delete process.env.CDK_DOCKER;
    else process.env.CDK_DOCKER = before;

    // THEN
    expect(error).toEqual(new Error('exited with status 1'));
    expect(failureOf(() => run('process.exit(1)', { stdio: 'pipe' })).error).toEqual(new Error('exited with status 1'));
  });

  test('leaves `spawnSync` as it was', () => {
    const before = childProcess.spawnSync;

    expect(withCommandOutput(() => run(''))).toBe('done');
    failureOf(() => run('process.exit(1)'));

    expect(childProcess.spawnSync).toBe(before);
  });
});

describe('localPackages', () => {
  let app: AppFolder;

  beforeAll(() => {
    app = new AppFolder({
      'package.json': JSON.stringify({
        dependencies: { '@acme/shared': 'workspace:*', 'pg': '^8.0.0', 'linked': '*', 'stored': '1.0.0', 'beside': 'file:../beside' },
        devDependencies: { cataloged: 'catalog:' },
      }),
      'src/a.ts': '',
      'packages/linked/package.json': '{}',
      'node_modules/.pnpm/stored@1.0.0/node_modules/stored/package.json': '{}',
      'node_modules/pg/package.json': '{}',
    });
    fs.symlinkSync(path.resolve('packages/linked'), 'node_modules/linked');
    fs.symlinkSync(path.resolve('node_modules/.pnpm/stored@1.0.0/node_modules/stored'), 'node_modules/stored');
  });
  afterAll(() => app.leave());

  const WAY_OUT = 'leave it out of `nodeModules`, and it is bundled with the handler';

  test.each([
    ['by its version', '@acme/shared', [`\`@acme/shared\` is a package of this workspace (\`workspace:*\`), which no registry has: ${WAY_OUT}`]],
    ['by its link', 'linked', [`\`linked\` is a package of this workspace (\`*\`), which no registry has: ${WAY_OUT}`]],
    ['in a folder', 'beside', [`\`beside\` is a package of this workspace (\`file:../beside\`), which no registry has: ${WAY_OUT}`]],
    ['in a catalog', 'cataloged', [
      `\`cataloged\` has its version in a catalog of this workspace (\`catalog:\`), which is not available where the package is installed for the function: ${WAY_OUT}`,
    ]],
    ['not one of a registry', 'pg', []],
    ['not one in the store of pnpm', 'stored', []],
    ['not one that is unknown', 'absent', []],
  ])('knows a package %s', (_, name, expected) => {
    expect(localPackages(path.resolve('src/a.ts'), [name])).toEqual(expected);
  });
});
