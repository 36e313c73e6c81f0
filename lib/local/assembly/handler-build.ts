import * as fs from 'fs';
import * as path from 'path';
import { own, textAt } from './json';
import type { HandlerBuild } from './model';
import type { Resource } from './resource';
import { isRecord } from '../protocol/json';

const METADATA_TYPE = 'cdk-websocket-service:handler';

/** What our construct left about the build of a handler; its paths are relative to the folder of the manifest. */
export function readHandlerBuild(resource: Resource): HandlerBuild | undefined {
  const { stack: { directory, metadata }, constructPath } = resource;
  // A link in the way of cdk.out would lead `..` elsewhere.
  const assembly = fs.realpathSync(directory);
  const data = constructPath !== undefined && metadata.find(METADATA_TYPE, constructPath);
  if (!isRecord(data)) return undefined;
  const [file, exportName, handlerId, workingDirectory] = ['file', 'exportName', 'handlerId', 'directory'].map((key) => textAt(data, key));
  const options = own(data, 'options');
  if (file === undefined || exportName === undefined || handlerId === undefined || workingDirectory === undefined) return undefined;
  return {
    file: path.resolve(assembly, file),
    exportName,
    handlerId,
    directory: path.resolve(assembly, workingDirectory),
    options: isRecord(options) ? options : {},
  };
}
