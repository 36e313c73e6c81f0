import { execFileSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { authorization, DeployedStack } from './deployed-stack';
import { emulated, Template } from './emulated-template';
import { Ministack } from './ministack';

const FIXTURES = path.join(__dirname, '..', '..', 'fixtures', 'serverless', 'takeover');
const BUCKET = 'ServerlessDeploymentBucket';

/** A service of the fixtures, in a folder of its own, and what Serverless has compiled from it. */
export class ServerlessService {
  readonly folder: string;
  readonly compiled: Template;

  constructor(readonly name: string) {
    this.folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), `takeover-${name}-`)));
    fs.cpSync(path.join(FIXTURES, name), this.folder, { recursive: true });
    this.compiled = JSON.parse(fs.readFileSync(path.join(this.folder, 'compiled.json'), 'utf8')) as Template;
  }

  /** `<service>-<stage>`, which the names of the exports contain. */
  get stackName(): string {
    const { Export } = this.compiled.Outputs![`${BUCKET}Name`];
    return /^sls-(.*)-ServerlessDeploymentBucketName$/.exec(String(Export!.Name))![1];
  }

  get stageName(): string {
    return String(this.compiled.Resources.WebsocketsDeploymentStage.Properties?.StageName);
  }

  /** Deploys as `sls deploy` does: first the bucket alone, then the code, then everything. */
  async deploy(emulator: Ministack, stack: DeployedStack): Promise<void> {
    const { Outputs, Resources, ...rest } = this.compiled;
    if (!await stack.exists()) {
      await stack.deploy({
        ...rest,
        Resources: { [BUCKET]: Resources[BUCKET], [`${BUCKET}Policy`]: Resources[`${BUCKET}Policy`] },
        Outputs: { [`${BUCKET}Name`]: Outputs![`${BUCKET}Name`] },
      });
    }
    const { [BUCKET]: { physicalId: bucket } } = await stack.resources();
    for (const key of this.codeKeys()) await upload(emulator, bucket, key, zip(this.folder));
    await stack.deploy(emulated(this.compiled));
  }

  /** Marks the code, which answers with the mark. */
  changeCode(mark: string): void {
    for (const name of fs.readdirSync(this.folder, { recursive: true, encoding: 'utf8' })) {
      const file = path.join(this.folder, name);
      if (name.endsWith('.js')) fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/(?<=const CODE = )'.*'/, `'${mark}'`));
    }
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** The keys of the code in the template. The functions of custom resources get the code of the service, since nothing invokes them. */
  private codeKeys(): Set<string> {
    const functions = Object.values(this.compiled.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    return new Set(functions.map(({ Properties }) => (Properties!.Code as { S3Key: string }).S3Key));
  }
}

async function upload(emulator: Ministack, bucket: string, key: string, body: Buffer): Promise<void> {
  const response = await fetch(`${emulator.endpoint}/${bucket}/${key}`, {
    method: 'PUT', headers: { Authorization: authorization('s3') }, body: new Uint8Array(body),
  });
  if (!response.ok) throw new Error(`s3://${bucket}/${key}: ${response.status} ${await response.text()}`);
}

function zip(folder: string): Buffer {
  const archive = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'zip-')), 'code.zip');
  execFileSync('python3', ['-m', 'zipfile', '-c', archive, ...fs.readdirSync(folder)], { cwd: folder });
  const content = fs.readFileSync(archive);
  fs.rmSync(path.dirname(archive), { recursive: true });
  return content;
}
