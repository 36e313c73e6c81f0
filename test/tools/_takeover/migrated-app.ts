import * as fs from 'fs';
import * as path from 'path';
import { App } from 'aws-cdk-lib';
import { emulated, Template } from './emulated-template';
import { ServerlessStack } from '../../../lib';

/** Synthesizes the CDK app of the service in a folder, without what the emulator cannot deploy. */
export function synthesizeMigrated(folder: string, outdir: string): void {
  const app = new App({ outdir });
  const stack = new ServerlessStack(app, 'Moved', { path: path.join(folder, 'serverless.yml') });
  app.synth();
  const file = path.join(outdir, stack.templateFile);
  fs.writeFileSync(file, JSON.stringify(emulated(JSON.parse(fs.readFileSync(file, 'utf8')) as Template)));
}
