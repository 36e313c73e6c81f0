import * as path from 'path';
import { readAssemblyFile } from './assembly-file';
import { JsonObject, objectAt, textAt } from './json';
import { isRecord } from '../protocol/json';

/** The file assets of one manifest, found by what templates know of them: the key of the object in the bucket. */
export class Assets {
  private readonly files: ReadonlyArray<{ readonly objectKey: string; readonly file: string }>;

  /** @param manifests the asset manifests in `directory` */
  public constructor(directory: string, manifests: readonly string[]) {
    this.files = manifests.flatMap((manifest) => Object.values(objectAt(readAssemblyFile(path.join(directory, manifest)), 'files')))
      .filter(isRecord)
      .flatMap((asset) => placesOf(directory, asset));
  }

  /** The file or folder that is uploaded under a key. */
  public find(objectKey: string): string | undefined {
    return this.files.find((asset) => asset.objectKey === objectKey)?.file;
  }

  /** The file whose key ends a URL; the URL may be in pieces that intrinsic functions join. */
  public findInUrl(url: unknown): string | undefined {
    const written = JSON.stringify(url) ?? '';
    return this.files.find(({ objectKey }) => written.includes(`/${objectKey}"`))?.file;
  }
}

function placesOf(directory: string, asset: JsonObject): Array<{ objectKey: string; file: string }> {
  const source = textAt(objectAt(asset, 'source'), 'path');
  if (source === undefined) return [];
  return Object.values(objectAt(asset, 'destinations')).filter(isRecord).flatMap((destination) => {
    const objectKey = textAt(destination, 'objectKey');
    return objectKey ? [{ objectKey, file: path.resolve(directory, source) }] : [];
  });
}
