import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

/** An assembly with these templates by stack name, as no CDK app would write it: in a new folder, whose path is returned. */
export function assemblyFolder(templates: Record<string, unknown>, environment = 'aws://111111111111/eu-west-1'): string {
  const artifacts = Object.fromEntries(Object.keys(templates).map((name) => [
    name, { type: 'aws:cloudformation:stack', environment, properties: { templateFile: `${name}.json` } },
  ]));
  const files = Object.entries(templates).map(([name, template]): [string, unknown] => [`${name}.json`, template]);
  return folderOf(Object.fromEntries([['manifest.json', { artifacts }], ...files]));
}

/** A new folder with these files; what is no text is written as JSON. */
export function folderOf(files: Record<string, unknown>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'assembly-'));
  for (const [name, content] of Object.entries(files)) {
    fs.writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}
