import * as fs from 'fs';
import * as path from 'path';
import { isUnresolved } from './intrinsics';
import type { HandlerBuild, LambdaFunction } from './local-app';
import type { Resource, Resources } from './resource';
import { GatewayError } from '../gateway-error';
import { isRecord, JsonObject, own, scalarText, textAt } from '../protocol/json';

/** Stands for the runtime of a function whose image contains it. */
const OWN_RUNTIME = 'a container image';

/** Lambda's defaults: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const DEFAULT_SECONDS = 3;
const DEFAULT_MEGABYTES = 128;

/**
 * A function.
 *
 * @param onDemand no route invokes it: code that is missing is a reason not to run it, and no error of the app
 */
export function readFunction(resource: Resource, resources: Resources, onDemand = false): LambdaFunction {
  const { known, unresolved } = resource.knownTexts('Environment', 'Variables');
  return {
    id: resource.id,
    path: resource.path,
    name: resource.ref(),
    arn: resource.attribute('Arn'),
    region: resource.stack.environment.region,
    account: resource.stack.environment.account,
    runtime: resource.knownText('Runtime') ?? OWN_RUNTIME,
    handler: resource.knownText('Handler') ?? '',
    timeout: (numberAt(resource, 'Timeout') ?? DEFAULT_SECONDS) * 1000,
    memorySize: numberAt(resource, 'MemorySize') ?? DEFAULT_MEGABYTES,
    environment: known,
    unresolved,
    code: onDemand ? readIfThere(resource) : readCode(resource),
    layers: readLayers(resource, resources, onDemand),
    reservedConcurrency: numberAt(resource, 'ReservedConcurrentExecutions'),
    build: readBuild(resource),
    ...onDemand && { onDemand },
  };
}

/** A number that routing does not depend on: if it is unknown, Lambda's default applies. */
function numberAt(resource: Resource, property: string): number | undefined {
  const resolution = resource.resolve(property);
  if (!isUnresolved(resolution)) return resource.number(property);
  const { refersTo, reason } = resolution;
  resource.note('property-unresolved', `${property} has its default here: it refers to ${refersTo}: ${reason}`);
  return undefined;
}

/**
 * Where the code of a function is. Throws ASSET_NOT_FOUND if the asset is no longer in the assembly. Code that cannot run here is
 * not an error: the function pool gives the reason when the function is to start.
 */
function readCode(resource: Resource): LambdaFunction['code'] {
  const { value } = resource.members('Code');
  const code = isRecord(value) ? value : {};
  const inline = knownTextAt(resource, code, 'ZipFile');
  if (inline !== undefined) return { inline };
  if (own(code, 'ImageUri') !== undefined) {
    return { none: 'it is a container image, and no container is started here' };
  }
  const asset = assetAt(resource, code);
  if (asset === undefined) {
    return { none: 'it is in a bucket and not in the assembly; give the function an asset of the app' };
  }
  if (isDirectory(resource, asset)) return { directory: asset };
  return { none: `it is the archive ${asset}; give the app the folder that it was made of` };
}

function readIfThere(resource: Resource): LambdaFunction['code'] {
  try {
    return readCode(resource);
  } catch (error) {
    if (error instanceof GatewayError) return { none: error.message };
    throw error;
  }
}

/** The folders of a function's layers, in order. */
function readLayers(resource: Resource, resources: Resources, onDemand: boolean): readonly string[] {
  const { value } = resource.members('Layers');
  return Object.values(value ?? {}).flatMap((item) => {
    const arn = resource.resolveValue(item);
    const text = isUnresolved(arn) ? undefined : scalarText(arn.value);
    const layer = text === undefined ? undefined : resources.ofType('AWS::Lambda::LayerVersion').find((other) => other.knownRef() === text);
    const { value: content } = layer?.members('Content') ?? {};
    const asset = layer && isRecord(content) ? assetAt(layer, content) : undefined;
    if (layer && asset !== undefined && (onDemand ? isFolder(asset) : isDirectory(layer, asset))) return [asset];
    const name = layer?.path ?? (isUnresolved(arn) ? arn.refersTo : text ?? '?');
    resource.note('layer-not-local', `the layer ${name} is not a folder of this assembly and is left out: `
      + 'what it brings must be in the node_modules of the app');
    return [];
  });
}

/** The asset that `Code` of a function or `Content` of a layer names. */
function assetAt(resource: Resource, object: JsonObject): string | undefined {
  const key = knownTextAt(resource, object, 'S3Key');
  return key === undefined ? undefined : resource.stack.assets.find(key);
}

function knownTextAt(resource: Resource, object: JsonObject, key: string): string | undefined {
  const resolution = resource.resolveValue(own(object, key));
  return isUnresolved(resolution) ? undefined : scalarText(resolution.value);
}

function isFolder(asset: string): boolean {
  return fs.statSync(asset, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isDirectory(resource: Resource, asset: string): boolean {
  const stats = fs.statSync(asset, { throwIfNoEntry: false });
  if (stats) return stats.isDirectory();
  throw new GatewayError('ASSET_NOT_FOUND', `${resource.path}: its code ${asset} does not exist; run \`cdk synth\` again`);
}

const BUILD_METADATA = 'cdk-websocket-service:handler';

/** How our construct built the handler; the paths in the metadata are relative to the folder of the manifest. */
function readBuild(resource: Resource): HandlerBuild | undefined {
  const { stack: { directory, metadata }, constructPath } = resource;
  const data = constructPath !== undefined && metadata.find(BUILD_METADATA, constructPath);
  if (!isRecord(data)) return undefined;
  const [file, exportName, handlerId, workingDirectory] = ['file', 'exportName', 'handlerId', 'directory'].map((key) => textAt(data, key));
  const options = own(data, 'options');
  const wrapper = own(data, 'wrapper');
  if (file === undefined || exportName === undefined || handlerId === undefined || workingDirectory === undefined) return undefined;
  // If cdk.out is reached through a symbolic link, `..` leads elsewhere.
  const assembly = fs.realpathSync(directory);
  return {
    file: path.resolve(assembly, file),
    exportName,
    handlerId,
    ...(wrapper === 'tracked' || wrapper === 'invoked') && { wrapper },
    directory: path.resolve(assembly, workingDirectory),
    options: isRecord(options) ? options : {},
  };
}
