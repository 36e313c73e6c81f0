import { packedFiles } from '../../../lib/private/serverless/packed-files';
import { readYml } from '../../serverless/_helpers/service-folder';

const SERVICE = 'service: chat\nprovider: aws\nfunctions: {conn: {handler: h.h}}\n';
const LOCK = JSON.stringify({ packages: { '': {}, 'node_modules/a': {}, 'node_modules/b': { dev: true } } });
const NEVER = ['.git/**', '.gitignore', '.DS_Store', 'npm-debug.log', '.serverless/**', '.serverless_plugins/**', 'cdk.out/**', 'serverless.yml'];

test.each([
  ['a folder', '', {}, []],
  ['development dependencies', '', { 'package-lock.json': LOCK }, ['/node_modules/b/**']],
  ['excludeDevDependencies: false', 'package: {excludeDevDependencies: false}', { 'package-lock.json': LOCK }, []],
  ['patterns, which include or exclude the other way round', 'package: {patterns: ["!src/**", "src/chat.js"]}', {}, ['src/**', '!src/chat.js']],
])('%s', (_, yml, files, further) => {
  expect(packedFiles(readYml(`${SERVICE}${yml}`, {}, files as Record<string, string>))).toEqual([...NEVER, ...further]);
});
