import { Build, buildHandlers, EsbuildOptions } from '../../../lib/private/bundling/esbuild';
import { filesOf, handler } from '../../_helpers/builds';

export const PLAIN: EsbuildOptions = { platform: 'node', format: 'cjs', target: 'node20', minify: false };

/** An app whose handlers share a file and a module. */
export const SOURCES = {
  'src/messages.ts': [
    "import { greet } from './shared';",
    "import { pad } from 'padding';",
    'export const foo = async (event: { body?: string }) => ({ statusCode: 200, body: pad(greet(event.body)) });',
    "export const bar = async () => ({ statusCode: 200, body: 'only bar' });",
  ].join('\n'),
  'src/shared.ts': "export const greet = (name?: string): string => `hello ${name ?? 'world'}`;",
  'src/lifecycle.ts': "import { greet } from './shared';\nexport default async () => greet('lifecycle');",
  'src/legacy.js': "exports.main = () => 'legacy';",
  'node_modules/padding/package.json': '{ "name": "padding", "main": "index.js" }',
  'node_modules/padding/index.js': "exports.pad = (text) => text.padEnd(20, '.');",
};
export const HANDLERS = ['src/messages.foo', 'src/messages.bar', 'src/lifecycle.default', 'src/legacy.main'];

/** A build of these handlers in the working directory. */
export function build(names: string[], options: EsbuildOptions = {}): Build {
  return buildHandlers(names.map(handler), process.cwd(), { ...PLAIN, ...options });
}

/** All files of all handlers: `src/a.main/index.js`. */
export function everything(built: Build): Record<string, string> {
  const files = [...built.handlers].flatMap(([id, one]) => Object.entries(filesOf(one)).map(([file, text]) => [`${id}/${file}`, text]));
  return Object.fromEntries(files);
}
