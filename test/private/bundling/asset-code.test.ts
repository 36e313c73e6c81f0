import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { App, AppProps, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { AssetCode } from '../../../lib/private/bundling/asset-code';
import { BundleFile } from '../../../lib/private/bundling/esbuild';

const FILES = [file('index.js', 'exports.main = 1;'), file('data/icon.png', 'pixels')];

let outdir: string;

beforeEach(() => {
  outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'websocket-assembly-'));
});

afterEach(() => fs.rmSync(outdir, { recursive: true, force: true }));

function file(name: string, text: string): BundleFile {
  return { path: name, contents: Buffer.from(text) };
}

function makeApp(props: AppProps = {}): App {
  return new App({ outdir, ...props });
}

function makeFunction(scope: Construct, id: string, code: lambda.Code = new AssetCode(FILES)): lambda.Function {
  return new lambda.Function(scope, id, { runtime: lambda.Runtime.NODEJS_24_X, handler: 'index.main', code });
}

/** The folders of assets in the cloud assembly, half-written ones too. */
function assets(): string[] {
  return fs.readdirSync(outdir).filter((name) => name.startsWith('asset.'));
}

interface ManifestEntry {
  readonly displayName: string;
  readonly source: { path: string; packaging: string };
  readonly destinations: Record<string, { objectKey: string }>;
}

/** What the manifest tells the CLI to upload, the template apart. */
function manifest(name: string, folder = outdir): Record<string, ManifestEntry> {
  const { files } = JSON.parse(fs.readFileSync(path.join(folder, `${name}.assets.json`), 'utf8')) as { files: Record<string, ManifestEntry> };
  return Object.fromEntries(Object.entries(files).filter(([, entry]) => entry.source.packaging === 'zip'));
}

function hashOf(files: BundleFile[], identity?: string): string {
  const folder = fs.mkdtempSync(path.join(outdir, 'hash-'));
  makeFunction(new Stack(new App({ outdir: folder })), 'Fn', new AssetCode(files, identity));
  return fs.readdirSync(folder).filter((name) => name.startsWith('asset.')).join();
}

describe('the files', () => {
  test('are in the cloud assembly, under their hash', () => {
    makeFunction(new Stack(makeApp(), 'Api'), 'Fn');

    const [folder, ...others] = assets();
    expect(others).toEqual([]);
    expect(folder).toMatch(/^asset\.[0-9a-f]{64}$/);
    expect(fs.readdirSync(path.join(outdir, folder), { recursive: true }).sort()).toEqual(['data', 'data/icon.png', 'index.js']);
    expect(fs.readFileSync(path.join(outdir, folder, 'index.js'), 'utf8')).toEqual('exports.main = 1;');
    expect(fs.readFileSync(path.join(outdir, folder, 'data/icon.png'), 'utf8')).toEqual('pixels');
  });

  test('are there once, however many functions and stacks have them', () => {
    const app = makeApp();
    const code = new AssetCode(FILES);

    makeFunction(new Stack(app, 'One'), 'Fn', code);
    makeFunction(new Stack(app, 'Two'), 'Fn', code);
    makeFunction(new Stack(app, 'Three'), 'Fn');

    expect(assets()).toHaveLength(1);
  });

  test('are not written again over those of an earlier synthesis', () => {
    makeFunction(new Stack(makeApp(), 'Api'), 'Fn');
    const written = path.join(outdir, assets()[0], 'index.js');
    const { mtimeMs, ino } = fs.statSync(written);

    makeFunction(new Stack(makeApp(), 'Api'), 'Fn');

    expect(assets()).toHaveLength(1);
    expect([fs.statSync(written).mtimeMs, fs.statSync(written).ino]).toEqual([mtimeMs, ino]);
  });

  test('fails without a trace if they cannot be written', () => {
    // A file and a folder of one name.
    const code = new AssetCode([file('a', ''), file('a/b', '')]);
    const stack = new Stack(makeApp(), 'Api');

    expect(() => makeFunction(stack, 'Fn', code)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(assets()).toEqual([]);
  });
});

describe('the hash', () => {
  test('is the same for the same files', () => {
    expect(hashOf([file('index.js', 'x')])).toEqual(hashOf([file('index.js', 'x')]));
  });

  test('is another for other files', () => {
    const variants = [
      [file('index.js', 'x')],
      [file('index.js', 'y')],
      [file('index.mjs', 'x')],
      [file('index.js', 'x'), file('b', '')],
      [file('index.js', ''), file('b', 'x')],
      [file('index.js', 'xb')],
      [file('index.jsx', '')],
    ];

    expect(new Set(variants.map((files) => hashOf(files))).size).toEqual(variants.length);
  });

  test('is made of the identity if there is one', () => {
    const [first, changed, other] = [hashOf(FILES, 'v1'), hashOf([file('index.js', 'changed')], 'v1'), hashOf(FILES, 'v2')];

    expect(changed).toEqual(first);
    expect(new Set([first, other, hashOf(FILES), hashOf(FILES, '')]).size).toEqual(4);
  });
});

describe('the salt of asset hashes', () => {
  const salted = (salt: unknown, identity?: string): string => {
    const folder = fs.mkdtempSync(path.join(outdir, 'salt-'));
    const app = new App({ outdir: folder, context: salt === undefined ? {} : { '@aws-cdk/core:assetHashSalt': salt } });
    makeFunction(new Stack(app, 'Stack'), 'Fn', new AssetCode(FILES, identity));
    return fs.readdirSync(folder).filter((name) => name.startsWith('asset.')).join();
  };

  test.each([['of the files', undefined], ['of the identity', 'v1']])('changes the hash %s', (_, identity) => {
    const [none, first, second] = [undefined, 'one', 'two'].map((salt) => salted(salt, identity));

    expect(new Set([none, first, second]).size).toEqual(3);
    expect(salted('one', identity)).toEqual(first);
  });
});

describe('the assembly', () => {
  test('says what to upload, and the function where it is', () => {
    const app = makeApp();
    const stack = new Stack(app, 'Api');
    makeFunction(new Construct(stack, 'Chat'), 'Fn');

    app.synth();

    const hash = assets()[0].slice('asset.'.length);
    expect(Object.entries(manifest('Api')).map(([id, { displayName, source }]) => ({ id, displayName, source }))).toEqual([
      { id: hash, displayName: 'Chat/Fn/Code', source: { path: `asset.${hash}`, packaging: 'zip' } },
    ]);
    const [{ objectKey }] = Object.values(manifest('Api')[hash].destinations);
    expect(objectKey).toEqual(`${hash}.zip`);
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Code: { S3Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: objectKey },
    });
  });

  test('of a stage points to the files of the app around it', () => {
    const app = makeApp();
    const stacks = ['Beta', 'Prod'].map((name) => new Stack(new Stage(app, name), 'Api'));
    for (const stack of stacks) makeFunction(new Construct(stack, 'Chat'), 'Fn');

    app.synth();

    const [folder, ...others] = assets();
    expect(others).toEqual([]);
    for (const stack of stacks) {
      const nested = Stage.of(stack)!.outdir;
      const [{ displayName, source }] = Object.values(manifest(stack.artifactId, nested));
      expect(path.dirname(nested)).toEqual(outdir);
      expect({ displayName, source }).toEqual({ displayName: 'Chat/Fn/Code', source: { path: `../${folder}`, packaging: 'zip' } });
      expect(fs.existsSync(path.join(nested, source.path, 'index.js'))).toBe(true);
      expect(fs.readdirSync(nested).filter((entry) => entry.startsWith('asset.'))).toEqual([]);
    }
  });
});

describe('asset metadata', () => {
  const WANTED = { 'aws:cdk:enable-asset-metadata': true };

  test('says where the code is if the app wants it', () => {
    const stack = new Stack(makeApp({ context: WANTED }), 'Api');
    makeFunction(stack, 'Fn');

    Template.fromStack(stack).hasResource('AWS::Lambda::Function', {
      Metadata: { 'aws:asset:path': assets()[0], 'aws:asset:is-bundled': true, 'aws:asset:property': 'Code' },
    });
  });

  test('is that of plain aws-cdk-lib', () => {
    // GIVEN
    const stack = new Stack(makeApp({ context: WANTED }), 'Api');
    const [ours, theirs] = [
      makeFunction(stack, 'Ours'),
      makeFunction(stack, 'Theirs', lambda.Code.fromAsset(path.join(outdir, assets()[0]))),
    ].map((fn) => (fn.node.defaultChild as lambda.CfnFunction).cfnOptions.metadata ?? {});

    // THEN
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    expect(ours['aws:asset:property']).toEqual(theirs['aws:asset:property']);
  });

  test('keeps what else the resource says of itself', () => {
    const stack = new Stack(makeApp({ context: WANTED }), 'Api');
    const resource = new lambda.CfnFunction(stack, 'Fn', { code: {}, role: 'role' });
    resource.cfnOptions.metadata = { mine: 1 };
    const code = new AssetCode(FILES);
    code.bind(stack);

    code.bindToResource(resource, { resourceProperty: 'Content' });

    expect(resource.cfnOptions.metadata).toEqual({
      'mine': 1, 'aws:asset:path': assets()[0], 'aws:asset:is-bundled': true, 'aws:asset:property': 'Content',
    });
  });

  test('is absent unless the app enables it', () => {
    const fn = makeFunction(new Stack(makeApp(), 'Api'), 'Fn');

    expect((fn.node.defaultChild as lambda.CfnFunction).cfnOptions.metadata).toBeUndefined();
  });
});
