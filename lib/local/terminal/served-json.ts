import { RouteRow, routeRows } from './route-rows';
import type { Served } from './served';
import { wscatLine } from './wscat-line';

/** What a gateway serves, for tools. */
interface ServedApiJson {
  readonly name: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly port: number;
  readonly stages: ReadonlyArray<{ readonly name: string; readonly url: string; readonly callbackUrl: string; readonly connect: string }>;
  readonly routes: readonly RouteRow[];
}

export function servedApis({ apis, functions }: Served): readonly ServedApiJson[] {
  return apis.map(({ api, port, stages }) => ({
    name: api.name,
    stack: api.stack,
    logicalId: api.logicalId,
    port,
    stages: stages.map(({ stage, url, callbackUrl }) => ({ name: stage.name, url, callbackUrl, connect: wscatLine(api, stage, url) })),
    routes: routeRows(api, functions),
  }));
}
