import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/** Names of an API and its stages; without Region or account, those of the stack apply. */
export interface ServiceLocation {
  readonly apiId: string;
  /** The first one is in `url` and `callbackUrl`. */
  readonly stageNames: readonly string[];
  /** Host and mapping key of the custom domain of each stage that has one, by the name of the stage. */
  readonly domains?: { readonly [stageName: string]: string | undefined };
  /** The URLs of another service, which need not be built from names. */
  readonly url?: string;
  readonly callbackUrls?: { readonly [stageName: string]: string };
  readonly region?: string;
  readonly account?: string;
}

/**
 * The names of an API and its stages in ARNs and URLs.
 *
 * ARNs and URLs are built from the id of the API and literal names only. A reference to the stage in a function's environment would
 * be a cycle, since the stage depends on the routes.
 */
export class ServiceAddress {
  public readonly apiId: string;
  public readonly stageNames: readonly string[];

  public constructor(private readonly scope: Construct, private readonly location: ServiceLocation) {
    ({ apiId: this.apiId, stageNames: this.stageNames } = location);
  }

  /** The name of the first stage. */
  public get stageName(): string {
    return this.stageNames[0];
  }

  public get url(): string {
    return this.location.url ?? `wss://${this.hostAndPath(this.stageName)}`;
  }

  public get callbackUrl(): string {
    return this.callbackUrls[this.stageName];
  }

  /** The `@connections` endpoint of each stage, by the name of the stage. */
  public get callbackUrls(): { [stageName: string]: string } {
    const { callbackUrls } = this.location;
    return Object.fromEntries(this.stageNames.map((name) => [name, callbackUrls?.[name] ?? `https://${this.hostAndPath(name)}`]));
  }

  public get region(): string {
    return this.location.region ?? Stack.of(this.scope).region;
  }

  public get account(): string {
    return this.location.account ?? Stack.of(this.scope).account;
  }

  /** Host and path of a stage at the default endpoint. */
  public executeApi(stageName: string): string {
    return `${this.apiId}.execute-api.${this.region}.${Stack.of(this.scope).urlSuffix}/${stageName}`;
  }

  /**
   * The ARN of a route, or of the connections, of a stage.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html
   */
  public arn(stageName: string, route: string): string {
    const { region, account, apiId } = this.location;
    return Stack.of(this.scope).formatArn({
      service: 'execute-api',
      region,
      account,
      resource: apiId,
      resourceName: `${stageName}/${route}`,
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  }

  /** One ARN for each stage. */
  public arns(route: string): string[] {
    return this.stageNames.map((stageName) => this.arn(stageName, route));
  }

  private hostAndPath(stageName: string): string {
    return this.location.domains?.[stageName] ?? this.executeApi(stageName);
  }
}
