import { createHash } from 'crypto';
import * as fs from 'fs';
import * as path from 'path';
import { CfnResource, FileAssetPackaging, Stack, Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { BundleFile } from './esbuild';

/** The context key of aws-cdk-lib that changes all asset hashes of an app. */
const ASSET_HASH_SALT = '@aws-cdk/core:assetHashSalt';

/**
 * Files in memory as the code of one function.
 *
 * The files are written directly to the cloud assembly, into a folder named after their hash. `lambda.Code.fromAsset` would need a
 * temporary folder and a copy, and would import a bucket.
 */
export class AssetCode extends lambda.Code {
  public readonly isInline = false;
  private assetPath?: string;

  /** @param identity the input of the asset's hash, instead of the files */
  public constructor(private readonly files: BundleFile[], private readonly identity?: string) {
    super();
  }

  public bind(scope: Construct): lambda.CodeConfig {
    const stack = Stack.of(scope);
    const assembly = Stage.of(scope)!;
    const sourceHash = this.hash(scope.node.tryGetContext(ASSET_HASH_SALT));
    const staged = path.join(assembly.assetOutdir, `asset.${sourceHash}`);
    this.write(staged);
    this.assetPath = path.relative(assembly.outdir, staged);
    const { bucketName, objectKey } = stack.synthesizer.addFileAsset({
      fileName: this.assetPath,
      packaging: FileAssetPackaging.ZIP_DIRECTORY,
      sourceHash,
      deployTime: true,
      displayName: `${path.posix.relative(stack.node.path, scope.node.path)}/Code`,
    });
    return { s3Location: { bucketName, objectKey } };
  }

  /** Adds metadata for tools that run functions locally, as every asset of aws-cdk-lib does. */
  public bindToResource(resource: CfnResource, options: lambda.ResourceBindOptions = {}): void {
    if (!resource.node.tryGetContext(cxapi.ASSET_RESOURCE_METADATA_ENABLED_CONTEXT)) return;
    resource.cfnOptions.metadata = {
      ...resource.cfnOptions.metadata,
      [cxapi.ASSET_RESOURCE_METADATA_PATH_KEY]: this.assetPath,
      [cxapi.ASSET_RESOURCE_METADATA_IS_BUNDLED_KEY]: true,
      [cxapi.ASSET_RESOURCE_METADATA_PROPERTY_KEY]: options.resourceProperty ?? 'Code',
    };
  }

  private hash(salt: unknown): string {
    const hash = createHash('sha256');
    if (salt !== undefined) hash.update(`${salt}\0`);
    if (this.identity !== undefined) return hash.update(this.identity).digest('hex');
    for (const file of this.files) hash.update(`${file.path}\0${file.contents.length}\0`).update(file.contents);
    return hash.digest('hex');
  }

  /** An existing folder is complete, since it is renamed last. */
  private write(staged: string): void {
    if (fs.existsSync(staged)) return;
    const unfinished = `${staged}.${process.pid}`;
    try {
      for (const file of this.files) {
        const target = path.join(unfinished, file.path);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        fs.writeFileSync(target, file.contents);
      }
      fs.renameSync(unfinished, staged);
    } finally {
      fs.rmSync(unfinished, { recursive: true, force: true });
    }
  }
}
