import * as path from 'path';
import { isRecord, JsonObject, objectAt, own, textAt } from '../protocol/json';

/** A stack of a synthesized app; a nested stack is a stack of its own. */
export interface Stack {
  /** The construct path (`Prod/Chat`); of a nested stack, the name of its parent and its logical id there. */
  readonly name: string;
  /** The name in CloudFormation. */
  readonly stackName: string;
  readonly environment: StackEnvironment;
  /** The folder of the manifest that lists the stack: paths of assets and metadata are relative to it. */
  readonly directory: string;
  readonly template: Template;
  readonly assets: Assets;
  readonly metadata: ConstructMetadata;
  /** The resource that a nested stack is in its parent. */
  readonly parent?: { readonly stack: Stack; readonly logicalId: string };
  /** By logical id. */
  readonly nested: ReadonlyMap<string, Stack>;
}

/** The sections of a template that values come from. */
export interface Template {
  readonly parameters: JsonObject;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly resources: JsonObject;
  readonly outputs: JsonObject;
}

export function templateOf(json: JsonObject): Template {
  return {
    parameters: objectAt(json, 'Parameters'),
    mappings: objectAt(json, 'Mappings'),
    conditions: objectAt(json, 'Conditions'),
    resources: objectAt(json, 'Resources'),
    outputs: objectAt(json, 'Outputs'),
  };
}

/** For people: the construct path without `/Resource`, or the logical id if there is no path. */
export function resourcePath(stack: Stack, logicalId: string): string {
  return constructPath(stack, logicalId)?.replace(/\/Resource$/, '') ?? logicalId;
}

/** `aws:cdk:path`, or the path from the manifest: templates have path metadata only if the CDK CLI asks for it. */
export function constructPath({ template, metadata, parent }: Stack, logicalId: string): string | undefined {
  const written = textAt(objectAt(objectAt(template.resources, logicalId), 'Metadata'), 'aws:cdk:path');
  if (written !== undefined || !parent) return written ?? metadata.pathOf(logicalId);
  const parentResource = constructPath(parent.stack, parent.logicalId);
  return parentResource && metadata.pathOf(logicalId, nestedStackOf(parentResource));
}

export function resourceType(stack: Stack, logicalId: string): string {
  return textAt(objectAt(stack.template.resources, logicalId), 'Type') ?? '';
}

/** Where a stack is deployed. */
export interface StackEnvironment {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  /** `amazonaws.com` */
  readonly urlSuffix: string;
  /** Whether the app names the region and the account; otherwise defaults stand in for what only a deployment knows. */
  readonly regionKnown: boolean;
  readonly accountKnown: boolean;
}

/** The region and account of stacks for which the app names none. */
export interface EnvironmentDefaults {
  /** @default - that of `PLACEHOLDER_ENVIRONMENT` */
  readonly region?: string;
  /** @default - that of `PLACEHOLDER_ENVIRONMENT` */
  readonly account?: string;
}

export const PLACEHOLDER_ENVIRONMENT = { region: 'us-east-1', account: '123456789012' } as const;

/** @param text the environment of a stack artifact: `aws://account/region`, either may be `unknown-...` */
export function environmentOf(text: string | undefined, defaults: EnvironmentDefaults): StackEnvironment {
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(text ?? '') ?? [];
  const known = { region: unlessUnknown(region), account: unlessUnknown(account) };
  const regionName = known.region ?? defaults.region ?? PLACEHOLDER_ENVIRONMENT.region;
  return {
    region: regionName,
    account: known.account ?? defaults.account ?? PLACEHOLDER_ENVIRONMENT.account,
    ...partitionOf(regionName),
    regionKnown: known.region !== undefined,
    accountKnown: known.account !== undefined,
  };
}

function unlessUnknown(value: string | undefined): string | undefined {
  return value?.startsWith('unknown-') ? undefined : value;
}

function partitionOf(region: string): Pick<StackEnvironment, 'partition' | 'urlSuffix'> {
  if (region.startsWith('cn-')) return { partition: 'aws-cn', urlSuffix: 'amazonaws.com.cn' };
  return { partition: region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws', urlSuffix: 'amazonaws.com' };
}

/** The file assets of one manifest. Templates refer to an asset by its object key in the bucket. */
export class Assets {
  private readonly files: ReadonlyArray<{ readonly objectKey: string; readonly file: string }>;

  /** @param directory the folder that the paths in the asset manifests are relative to */
  public constructor(directory: string, manifests: readonly JsonObject[]) {
    this.files = manifests.flatMap((manifest) => Object.values(objectAt(manifest, 'files')))
      .filter(isRecord)
      .flatMap((asset) => uploads(directory, asset));
  }

  /** The file or folder that is uploaded under a key. */
  public find(objectKey: string): string | undefined {
    return this.files.find((asset) => asset.objectKey === objectKey)?.file;
  }

  /** The file whose key ends a URL; intrinsic functions may join the URL from pieces. */
  public findInUrl(url: unknown): string | undefined {
    const json = JSON.stringify(url) ?? '';
    return this.files.find(({ objectKey }) => json.includes(`/${objectKey}"`))?.file;
  }
}

function uploads(directory: string, asset: JsonObject): Array<{ objectKey: string; file: string }> {
  const source = textAt(objectAt(asset, 'source'), 'path');
  if (source === undefined) return [];
  return Object.values(objectAt(asset, 'destinations')).filter(isRecord).flatMap((destination) => {
    const objectKey = textAt(destination, 'objectKey');
    return objectKey ? [{ objectKey, file: path.resolve(directory, source) }] : [];
  });
}

const LOGICAL_ID = 'aws:cdk:logicalId';

/** The resource that represents a nested stack in its parent: `Test/N.NestedStack/N.NestedStackResource` for `Test/N`. */
const NESTED_STACK = /([^/]+)\.NestedStack\/\1\.NestedStackResource$/;

/** The metadata of constructs in the manifest. */
export class ConstructMetadata {
  private paths?: ReadonlyMap<string, readonly string[]>;
  private nestedStacks: readonly string[] = [];

  /** @param byConstruct lists of `{ type, data }` by construct path, with a slash before it */
  public constructor(private readonly byConstruct: JsonObject) {}

  /** The metadata of one type at a construct path. */
  public find(type: string, at: string): unknown {
    return this.data(`/${at}`, type);
  }

  /**
   * The path of the construct with a logical id. The manifest has it even if the template has no path metadata (`new App()` in a test).
   *
   * @param nestedStack construct path of the nested stack that contains the id; other nested stacks may have the same ids
   */
  public pathOf(logicalId: string, nestedStack?: string): string | undefined {
    this.paths ??= this.readPaths();
    const scope = nestedStack === undefined ? '' : `${nestedStack}/`;
    const inner = this.nestedStacks.filter((other) => other !== nestedStack && other.startsWith(scope));
    const isInScope = (candidate: string): boolean =>
      candidate.startsWith(scope) && !inner.some((other) => candidate.startsWith(`${other}/`));
    return this.paths.get(logicalId)?.find(isInScope);
  }

  private readPaths(): ReadonlyMap<string, readonly string[]> {
    const paths = new Map<string, string[]>();
    for (const key of Object.keys(this.byConstruct)) {
      const logicalId = this.data(key, LOGICAL_ID);
      if (typeof logicalId !== 'string') continue;
      const found = key.slice(1);
      paths.set(logicalId, [...paths.get(logicalId) ?? [], found]);
      if (NESTED_STACK.test(found)) this.nestedStacks = [...this.nestedStacks, nestedStackOf(found)];
    }
    return paths;
  }

  private data(key: string, type: string): unknown {
    const entries = own(this.byConstruct, key);
    return (Array.isArray(entries) ? entries : []).filter(isRecord).find((entry) => entry.type === type)?.data;
  }
}

/** The construct path of a nested stack, from that of its resource. */
function nestedStackOf(resource: string): string {
  return resource.replace(NESTED_STACK, '$1');
}
