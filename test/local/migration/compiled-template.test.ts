import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { serviceOf } from './_helpers/plans';
import { CompiledTemplate, compiledTemplate, TemplateSources } from '../../../lib/local/migration/compiled-template';
import type { ServerlessService } from '../../../lib/serverless/service';
import type { Template } from '../../../lib/serverless/template';

const SOURCES: TemplateSources = {
  compile: (_service, dialect) => ({ Resources: {}, Description: dialect }),
  readTemplate: (file) => JSON.parse(fs.readFileSync(file, 'utf8')) as Template,
};

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'compiled-template-'));
  write('serverless.yml', 'service: chat');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
}

function compiled(changes: Partial<ServerlessService> = {}, command: Parameters<typeof compiledTemplate>[1] = {}): CompiledTemplate {
  return compiledTemplate(serviceOf(folder, changes), command, SOURCES);
}

const BESIDE = '.serverless/cloudformation-template-update-stack.json';

test('the file of --compiled comes before the one beside the service', () => {
  write(BESIDE, '{"Description":"beside","Resources":{}}');
  write('other.json', '{"Description":"other","Resources":{}}');
  const other = path.join(folder, 'other.json');

  expect(compiled({}, { compiled: other })).toEqual({ template: { Description: 'other', Resources: {} }, source: other, notices: [] });
  expect(compiled()).toEqual({ template: { Description: 'beside', Resources: {} }, source: BESIDE, notices: [] });
});

test('a file beside the service that is older than the service is taken with a notice', () => {
  write(BESIDE, '{"Resources":{}}');
  fs.utimesSync(path.join(folder, BESIDE), 1, 1);

  expect(compiled().notices).toEqual([`${BESIDE} is older than serverless.yml: package the service again, so that the app has the last changes.`]);
});

test.each([
  ['no package.json', undefined, undefined, 'serverless'],
  ['osls', { devDependencies: { osls: '^4' } }, '4', 'osls'],
  ['osls, which reads frameworkVersion 3 too', { dependencies: { osls: '^3' } }, '3', 'osls'],
  ['both, and version 3', { devDependencies: { osls: '^4', serverless: '^3' } }, '^3.38', 'serverless'],
  ['both, and version 4', { devDependencies: { osls: '^4', serverless: '^4' } }, '4', 'osls'],
  ['Serverless 4', { devDependencies: { serverless: '^4' } }, '4', 'serverless'],
])('without a compiled template, our rules make it: %s', (_case, packages, frameworkVersion, dialect) => {
  if (packages) write('package.json', JSON.stringify(packages));

  const { template, notices } = compiled({ config: { ...frameworkVersion !== undefined && { frameworkVersion } } });

  const name = dialect === 'osls' ? 'osls 4' : 'Serverless 3';
  expect(template.Description).toBe(dialect);
  expect(notices).toEqual([
    `There is no ${BESIDE}: the app is compared with the template that ${name} makes by our own rules. `
    + `\`${dialect} package\` makes that file; --dialect names the other one.`,
  ]);
});

test('--dialect is not guessed', () => {
  expect(compiled({}, { dialect: 'osls' })).toMatchObject({
    template: { Description: 'osls' },
    notices: [`There is no ${BESIDE}: the app is compared with the template that osls 4 makes by our own rules. \`osls package\` makes that file.`],
  });
});

test('what only a compiled template can carry over needs one', () => {
  const uncovered = [
    { code: 'event', text: '"http" is an event of another kind.', position: { file: path.join(folder, 'serverless.yml'), line: 3, column: 5 } },
    { code: 'plugin', text: 'The plugin "serverless-step-functions" changes the template.' },
  ];

  expect(() => compiled({ uncovered })).toThrow(expect.objectContaining({
    code: 'SERVICE_REFUSED',
    message: `The service has parts that only its compiled template can carry over:
  serverless.yml:3:5: "http" is an event of another kind.
  The plugin "serverless-step-functions" changes the template.
Give the template that is deployed with --compiled, or let the Serverless that deploys it write ${BESIDE} (serverless package).`,
  }));
  write(BESIDE, '{"Resources":{}}');
  expect(compiled({ uncovered }).source).toBe(BESIDE);
});
