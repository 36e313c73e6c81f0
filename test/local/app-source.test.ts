import * as fs from 'fs';
import * as path from 'path';
import { appSource } from '../../lib/local/app-source';
import { GatewayError, GatewayErrorCode } from '../../lib/local/gateway-error';
import { withDefaults } from '../../lib/local/gateway-options';
import { AppFolder } from '../_helpers/app-folder';

/** As little as counts as an app: it writes a manifest where the CDK wants it. */
const APP = 'require("fs").writeFileSync(require("path").join(process.env.CDK_OUTDIR, "manifest.json"), "{}");';

let folder: AppFolder;
beforeEach(() => {
  folder = new AppFolder({
    'given/manifest.json': '{}', 'empty/.keep': '', 'app.js': APP, 'broken.js': 'console.error("no luck"); process.exit(3);',
  });
});
afterEach(() => folder.leave());

const source = (app?: string) => appSource(withDefaults({ app, directory: folder.path }));

test('an assembly is served as it is', () => {
  expect(source('given')).toEqual({ assembly: path.join(folder.path, 'given') });
});

test('a command runs, and can run again', async () => {
  // WHEN
  const { assembly, command } = source('node app.js');
  await command!.run();

  // THEN
  expect(command!.text).toBe('node app.js');
  expect(assembly).toBe(path.join(folder.path, 'cdk.out'));
  fs.rmSync(path.join(assembly, 'manifest.json'));
  await command!.run();
  expect(fs.existsSync(path.join(assembly, 'manifest.json'))).toBe(true);
});

test('without the option, the command and the folder of cdk.json are taken', () => {
  folder.write({ 'cdk.json': '{ "app": "node app.js", "output": "other.out" }' });

  expect(source().assembly).toBe(path.join(folder.path, 'other.out'));
});

test('cdk.json may name an assembly, and a program of one word is a command', () => {
  folder.write({ 'cdk.json': '{ "app": "given" }' });

  expect(source()).toEqual({ assembly: path.join(folder.path, 'given') });
  expect(source('app.js').assembly).toBe(path.join(folder.path, 'cdk.out'));
});

test('a word that is a program on the PATH is a command', async () => {
  await expect(source('true').command!.run()).rejects.toMatchObject({ code: 'APP_FAILED', message: expect.stringContaining('"true" wrote no assembly') });
});

test.each<[string | undefined, GatewayErrorCode, string]>([
  ['  ', 'INVALID_OPTION', '`app` is empty; write the command that synthesizes the app, or the folder of an assembly'],
  ['empty', 'ASSEMBLY_NOT_FOUND', 'empty is not a cloud assembly: it has no manifest.json; run `cdk synth` first'],
  ['missing', 'ASSEMBLY_NOT_FOUND', 'missing is not a cloud assembly: it has no manifest.json; run `cdk synth` first'],
])('fails with the folder %s', (app, code, message) => {
  expect(() => source(app)).toThrow(new GatewayError(code, message));
});

test('fails with the output of the app', async () => {
  const error = await source('node broken.js').command!.run().catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(GatewayError);
  expect(error).toMatchObject({ code: 'APP_FAILED', message: `"node broken.js" in ${folder.path} ended with exit code 3:\nno luck` });
});
