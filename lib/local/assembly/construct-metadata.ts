import * as path from 'path';
import { readAssemblyFile } from './assembly-file';
import { JsonObject, objectAt, own, textAt } from './json';
import { isRecord } from '../protocol/json';

const LOGICAL_ID = 'aws:cdk:logicalId';

/** The resource that represents a nested stack in its parent: `Test/N.NestedStack/N.NestedStackResource` for `Test/N`. */
const NESTED_STACK = /([^/]+)\.NestedStack\/\1\.NestedStackResource$/;

/** What constructs left in the manifest about themselves. */
export class ConstructMetadata {
  private readonly byConstruct: JsonObject;
  private paths?: ReadonlyMap<string, readonly string[]>;
  private nestedStacks: readonly string[] = [];

  public constructor(directory: string, artifact: JsonObject) {
    const file = textAt(artifact, 'additionalMetadataFile');
    this.byConstruct = { ...objectAt(artifact, 'metadata'), ...(file ? readAssemblyFile(path.join(directory, file)) : {}) };
  }

  /** The metadata entries of one type at a construct path. */
  public find(type: string, constructPath: string): unknown {
    return dataOf(entriesAt(this.byConstruct, `/${constructPath}`), type);
  }

  /**
   * The path of the construct with a logical id. It works without path metadata too (`new App()` in a test).
   *
   * @param nestedStack construct path of the nested stack that contains the id; other nested stacks may have the same ids
   */
  public pathOf(logicalId: string, nestedStack?: string): string | undefined {
    this.paths ??= this.readPaths();
    const scope = nestedStack === undefined ? '' : `${nestedStack}/`;
    const inner = this.nestedStacks.filter((other) => other !== nestedStack && other.startsWith(scope));
    return this.paths.get(logicalId)?.find((candidate) => candidate.startsWith(scope) && !inner.some((other) => candidate.startsWith(`${other}/`)));
  }

  private readPaths(): ReadonlyMap<string, readonly string[]> {
    const paths = new Map<string, string[]>();
    for (const key of Object.keys(this.byConstruct)) {
      const logicalId = dataOf(entriesAt(this.byConstruct, key), LOGICAL_ID);
      if (typeof logicalId !== 'string') continue;
      const constructPath = key.slice(1);
      paths.set(logicalId, [...paths.get(logicalId) ?? [], constructPath]);
      if (NESTED_STACK.test(constructPath)) this.nestedStacks = [...this.nestedStacks, nestedStackOf(constructPath)];
    }
    return paths;
  }
}

/** The construct path of a nested stack, by that of its resource. */
export function nestedStackOf(resourcePath: string): string {
  return resourcePath.replace(NESTED_STACK, '$1');
}

function entriesAt(byConstruct: JsonObject, key: string): readonly JsonObject[] {
  const entries = own(byConstruct, key);
  return Array.isArray(entries) ? entries.filter(isRecord) : [];
}

function dataOf(entries: readonly JsonObject[], type: string): unknown {
  return entries.find((entry) => entry.type === type)?.data;
}
