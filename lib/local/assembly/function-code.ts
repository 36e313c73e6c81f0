import * as fs from 'fs';
import { GatewayError } from '../gateway-error';
import { JsonObject, own, scalarText } from './json';
import type { LambdaFunction } from './model';
import type { Notices } from './notices';
import { isUnresolved } from './resolution';
import type { Resource } from './resource';
import type { Resources } from './resources';
import { isRecord } from '../protocol/json';

/**
 * Where the code of a function is. Fails with ASSET_NOT_FOUND if its asset has gone from the assembly. That it has none here is told
 * by who is to run it.
 */
export function readCode(resource: Resource): LambdaFunction['code'] {
  const { value } = resource.members('Code');
  const code = isRecord(value) ? value : {};
  const inline = textOf(resource, code, 'ZipFile');
  if (inline !== undefined) return { inline };
  if (own(code, 'ImageUri') !== undefined) {
    return { none: 'it is a container image, and no container is started here' };
  }
  const key = textOf(resource, code, 'S3Key');
  const asset = key === undefined ? undefined : resource.stack.assets.find(key);
  if (asset === undefined) {
    return { none: 'it is in a bucket and not in the assembly; give the function an asset of the app' };
  }
  if (isDirectory(resource, asset)) return { directory: asset };
  return { none: `it is the archive ${asset}; give the app the folder that it was made of` };
}

/** The folders of a function's layers, in order. */
export function readLayers(resource: Resource, resources: Resources, notices: Notices): readonly string[] {
  const { value } = resource.members('Layers');
  return Object.values(value ?? {}).flatMap((item) => {
    const arn = resource.resolveValue(item);
    const layer = isUnresolved(arn) ? undefined : resources.ofType('AWS::Lambda::LayerVersion').find((other) => {
      const ref = other.resolveValue({ Ref: other.logicalId });
      return !isUnresolved(ref) && ref.value === arn.value;
    });
    const { value: content } = layer?.members('Content') ?? {};
    const key = layer && isRecord(content) ? textOf(layer, content, 'S3Key') : undefined;
    const asset = key === undefined ? undefined : layer?.stack.assets.find(key);
    if (layer && asset !== undefined && isDirectory(layer, asset)) return [asset];
    const name = layer?.path ?? (isUnresolved(arn) ? arn.refersTo : scalarText(arn.value) ?? '?');
    notices.add('layer-not-local', resource.path, `the layer ${name} is no folder of this assembly and is left out: `
      + 'what it brings must be in node_modules of the app');
    return [];
  });
}

function textOf(resource: Resource, object: JsonObject, key: string): string | undefined {
  const resolution = resource.resolveValue(own(object, key));
  return isUnresolved(resolution) ? undefined : scalarText(resolution.value);
}

function isDirectory(resource: Resource, asset: string): boolean {
  const stats = fs.statSync(asset, { throwIfNoEntry: false });
  if (stats) return stats.isDirectory();
  throw new GatewayError('ASSET_NOT_FOUND', `${resource.path}: its code ${asset} is not there; run \`cdk synth\` again`);
}
