import { RouteRow, routeRows } from './route-rows';
import type { Served } from './served';
import { domainLines, wscatLine } from './wscat-line';

/** What a gateway serves, for tools. */
interface ServedApiJson {
  readonly name: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly port: number;
  readonly stages: readonly ServedStageJson[];
  readonly routes: readonly RouteRow[];
}

interface ServedStageJson {
  readonly name: string;
  readonly url: string;
  readonly callbackUrl: string;
  /** The command that connects to it. */
  readonly connect: string;
  /** The same by its custom domains; absent if it has none. */
  readonly domains?: ReturnType<typeof domainLines>;
}

export function servedApis({ apis, functions }: Served): readonly ServedApiJson[] {
  return apis.map(({ api, port, stages }) => ({
    name: api.name,
    stack: api.stack,
    logicalId: api.logicalId,
    port,
    stages: stages.map(({ stage, url, callbackUrl }) => ({
      name: stage.name,
      url,
      callbackUrl,
      connect: wscatLine(api, stage, url),
      domains: stage.mappings.length > 0 ? domainLines(api, stage, url) : undefined,
    })),
    routes: routeRows(api, functions),
  }));
}
