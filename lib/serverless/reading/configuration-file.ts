import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { ServerlessFileError } from '../file-error';
import { isObject } from '../json-value';
import type { Mutable, MutableObject, Origins } from './origins';
import { runScript } from './script';
import type { ScriptVariable } from './script';
import { isFile, readText } from './text-file';
import { locateJson, readYaml } from './yaml-document';

type Asked = Pick<ScriptVariable, 'property'> & { resolveText(text: string): Mutable };

const EXTENSIONS = ['.yml', '.yaml', '.json', '.js', '.cjs', '.mjs', '.ts', '.mts'];

/** The files that a configuration consists of. */
export class ConfigurationFiles {
  private readonly contents = new Map<string, Mutable | undefined>();
  private readonly scripts = new Map<string, Mutable | undefined>();

  constructor(
    private readonly folder: string, private readonly origins: Origins, private readonly environment: Record<string, string | undefined>,
    private readonly options: Readonly<Record<string, string | null>>) {}

  /** `serverless.yml` and the like, as it is written. */
  main(file: string): MutableObject {
    const extension = path.extname(file);
    if (isFolder(file)) throw new ServerlessFileError(file, `this is a folder; name a file.${filesIn(file)}`);
    if (!EXTENSIONS.includes(extension)) {
      throw new ServerlessFileError(file, `a configuration of the Serverless Framework ends with ${EXTENSIONS.join(', ')}.`);
    }
    const text = readText(file);
    if (text === undefined) {
      throw new ServerlessFileError(file, `the file does not exist.${filesIn(path.dirname(file))}`);
    } else if (text.trim() === '') {
      throw new ServerlessFileError(file, 'the file is empty.');
    }
    const value = isScriptFile(extension) ? this.mainScript(file, extension) : this.parse(file, text);
    if (!isObject(value)) {
      throw new ServerlessFileError(file,
        'this is not a configuration of the Serverless Framework, which is a map with "service", "provider" and "functions".');
    }
    return value;
  }

  /** What `${file(...)}` reads; `undefined` if there is no such file. Data is parsed, anything else is its text. */
  data(file: string): Mutable | undefined {
    if (!this.contents.has(file)) {
      const text = readText(file);
      this.contents.set(file, text === undefined ? undefined : this.parse(file, text));
    }
    return this.contents.get(file);
  }

  /** What `${file(x.js):key}` evaluates to. */
  script(file: string, keys: readonly string[], asked: Asked): Mutable | undefined {
    const id = JSON.stringify([file, keys]);
    if (!this.scripts.has(id)) {
      const resolve = (text: string) => asked.resolveText(`\${${text}}`);
      const value = isFile(file) ? runScript({
        file,
        folder: this.folder,
        environment: this.environment,
        variable: { keys, options: this.options, property: (names) => asked.property(names), resolve },
      }) : undefined;
      this.scripts.set(id, value);
    }
    return this.scripts.get(id);
  }

  private mainScript(file: string, extension: string): Mutable | undefined {
    if (extension === '.ts' || extension === '.mts') {
      try {
        createRequire(file).resolve('tsx/cjs/api');
      } catch {
        throw new ServerlessFileError(file, 'a configuration in TypeScript is run by "tsx", which the folder of the file does not have. '
          + 'Run "npm install --save-dev tsx", or "npx serverless print > serverless.resolved.yml" and give that file.');
      }
    }
    return runScript({ file, folder: this.folder, environment: this.environment });
  }

  private parse(file: string, text: string): Mutable {
    switch (path.extname(file)) {
      case '.yml': case '.yaml': return this.yaml(file, text);
      case '.json': case '.tfstate': return this.json(file, text);
      default: return text;
    }
  }

  private yaml(file: string, text: string): Mutable {
    try {
      return readYaml(file, text, this.origins);
    } catch (error) {
      throw error instanceof RangeError ? new ServerlessFileError(file, 'values lie too deep within each other.') : error;
    }
  }

  private json(file: string, text: string): Mutable {
    let value: Mutable;
    try {
      value = JSON.parse(text) as Mutable;
    } catch (error) {
      throw new ServerlessFileError(file, `not valid JSON: ${(error as Error).message}.`);
    }
    try {
      locateJson(file, text, value, this.origins);
    } catch (error) {
      if (error instanceof ServerlessFileError) {
        throw error;
      }
    }
    return value;
  }
}

function isScriptFile(extension: string): boolean {
  return /^\.[cm]?[jt]s$/.test(extension);
}

function isFolder(file: string): boolean {
  try {
    return fs.statSync(file).isDirectory();
  } catch {
    return false;
  }
}

/** The configurations in a folder, for one whose name was mistaken: often only the extension is another. */
function filesIn(folder: string): string {
  const found = EXTENSIONS.map((extension) => `serverless${extension}`).filter((name) => fs.existsSync(path.join(folder, name)));
  return found.length === 0 ? '' : ` The folder has ${found.join(', ')}.`;
}
