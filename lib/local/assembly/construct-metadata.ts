import * as path from 'path';
import { readAssemblyFile } from './assembly-file';
import { JsonObject, objectAt, own, textAt } from './json';
import { isRecord } from '../protocol/json';

const LOGICAL_ID = 'aws:cdk:logicalId';

/** What constructs left in the manifest about themselves. */
export class ConstructMetadata {
  private readonly byConstruct: JsonObject;

  public constructor(directory: string, artifact: JsonObject) {
    const file = textAt(artifact, 'additionalMetadataFile');
    this.byConstruct = { ...objectAt(artifact, 'metadata'), ...(file ? readAssemblyFile(path.join(directory, file)) : {}) };
  }

  /**
   * The data of one type that the construct of a resource left.
   *
   * @param constructPath `aws:cdk:path`; without it (path metadata may be off) the logical id tells
   */
  public find(type: string, logicalId: string, constructPath?: string): unknown {
    const entries = constructPath === undefined ? this.entriesOf(logicalId) : entriesAt(this.byConstruct, `/${constructPath}`);
    return dataOf(entries, type);
  }

  private entriesOf(logicalId: string): readonly JsonObject[] {
    const owner = Object.keys(this.byConstruct).find((key) => dataOf(entriesAt(this.byConstruct, key), LOGICAL_ID) === logicalId);
    return owner === undefined ? [] : entriesAt(this.byConstruct, owner);
  }
}

function entriesAt(byConstruct: JsonObject, key: string): readonly JsonObject[] {
  const entries = own(byConstruct, key);
  return Array.isArray(entries) ? entries.filter(isRecord) : [];
}

function dataOf(entries: readonly JsonObject[], type: string): unknown {
  return entries.find((entry) => entry.type === type)?.data;
}
