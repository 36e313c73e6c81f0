import * as path from 'path';
import { isObject, own, textAt } from './json';
import type { HandlerBuild } from './model';
import type { Resource } from './resource';

const METADATA_TYPE = 'cdk-websocket-service:handler';

/** What our construct left about the build of a handler; its paths are relative to the folder of the manifest. */
export function readHandlerBuild(resource: Resource): HandlerBuild | undefined {
  const { stack: { directory: assembly, metadata }, logicalId, constructPath } = resource;
  const data = metadata.find(METADATA_TYPE, logicalId, constructPath);
  if (!isObject(data)) return undefined;
  const [file, exportName, handlerId, directory] = ['file', 'exportName', 'handlerId', 'directory'].map((key) => textAt(data, key));
  const options = own(data, 'options');
  if (file === undefined || exportName === undefined || handlerId === undefined || directory === undefined) return undefined;
  return {
    file: path.resolve(assembly, file),
    exportName,
    handlerId,
    directory: path.resolve(assembly, directory),
    options: isObject(options) ? options : {},
  };
}
