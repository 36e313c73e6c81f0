import * as fs from 'fs';
import * as path from 'path';

const ROOT = path.join(__dirname, '..');

/** The first line that jsii-docgen writes. */
const TITLE = '# API Reference <a name="API Reference" id="api-reference"></a>\n';

/** Puts an index by subject at the top of API.md, which jsii-docgen orders by kind of type. */
export function writeApiIndex(): void {
  const file = path.join(ROOT, 'API.md');
  const reference = fs.readFileSync(file, 'utf8');
  if (!reference.startsWith(TITLE)) throw new Error('API.md does not begin as jsii-docgen writes it');
  fs.writeFileSync(file, reference.replace(TITLE, `${TITLE}\n${apiIndex()}`));
}

/** The subjects of lib/index.ts, each a heading with a page of the docs and the exports below it. */
export function apiIndex(): string {
  const index = fs.readFileSync(path.join(ROOT, 'lib', 'index.ts'), 'utf8');
  const subjects = index.split(/^\/\/ /m).slice(1).map((text) => {
    const [, subject, page] = /^(.+): (\S+)\n/.exec(text)!;
    const names = [...text.matchAll(/^export (?:type )?\{([^}]+)\}/gm)].flatMap(([, list]) => list.split(',').map((name) => name.trim()));
    return `| [${subject}](${page}) | ${names.filter((name) => name !== '').map(link).join(', ')} |\n`;
  });
  return `The subjects lead to the guides.\n\n| Subject | Types |\n| --- | --- |\n${subjects.join('')}`;
}

function link(name: string): string {
  return `[${name}](#cdk-websocket-service.${name})`;
}

if (require.main === module) writeApiIndex();
