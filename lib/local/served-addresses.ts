import type { Api, LambdaFunction, LocalApp, Stage } from './assembly/local-app';
import { functionIds } from './assembly/read-app';
import type { ServedApi } from './terminal/served';
import { markedEndpoint } from './wire/management-api';

/** Where a server listens for an API: `Server`. */
interface ListeningServer {
  portOf(api: Api): number;
  /** `localhost:3001/dev` */
  addressOf(api: Api, stage: Stage): string;
}

/** The URLs of an app that a server is prepared to serve. */
export class ServedAddresses {
  public readonly apis: readonly ServedApi[];
  /** The APIs that clients can connect to: an API without a stage has no URL. */
  private readonly reachable: readonly ServedApi[];

  public constructor({ apis }: LocalApp, server: ListeningServer) {
    this.apis = apis.map((api) => ({
      api,
      port: server.portOf(api),
      stages: api.stages.map((stage) => {
        const address = server.addressOf(api, stage);
        return { stage, url: `ws://${address}`, callbackUrl: `https://${address}` };
      }),
    }));
    this.reachable = this.apis.filter(({ stages }) => stages.length > 0);
  }

  public get url(): string {
    return this.reachable[0].stages[0].url;
  }

  public get callbackUrl(): string {
    return this.reachable[0].stages[0].callbackUrl;
  }

  /** A port of the gateway. Every port serves the default endpoint of every API. */
  public get port(): number {
    return this.reachable[0].port;
  }

  /** The URL of the first stage of each API, by the API's name; if an earlier API has the name already, by stack and logical id. */
  public get urls(): Record<string, string> {
    const urls: Record<string, string> = {};
    for (const { api: { name, stack, logicalId }, stages: [{ url }] } of this.reachable) {
      urls[Object.hasOwn(urls, name) ? `${stack}/${logicalId}` : name] = url;
    }
    return urls;
  }

  /** The endpoint of SDK clients in a function. It has no TLS, so that code without an endpoint of its own needs no certificate. */
  public callbackEndpoint({ id }: LambdaFunction): string {
    const { stages: [{ callbackUrl }] } = this.reachable.find(({ api }) => functionIds(api).has(id)) ?? this.reachable[0];
    return markedEndpoint(callbackUrl.replace('https:', 'http:'), id);
  }
}
