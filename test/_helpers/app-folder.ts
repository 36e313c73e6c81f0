import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

/** A folder of an app with these source files, and the working directory of the test until `leave` is called. */
export class AppFolder {
  public readonly path: string;
  private readonly before = process.cwd();

  public constructor(files: Record<string, string>) {
    this.path = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'websocket-app-')));
    this.write(files);
    process.chdir(this.path);
  }

  public write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.path, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
  }

  public leave(): void {
    process.chdir(this.before);
    fs.rmSync(this.path, { recursive: true, force: true });
  }
}
