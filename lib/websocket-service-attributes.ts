import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkKind, OBJECT, requireKind, STRING } from './private/checks/kind';
import { mappingKeyComplaint } from './private/checks/mapping-key';
import { checkOptionNames, checkOptionValues } from './private/checks/options';
import { stageNameComplaint } from './private/checks/stage-name';
import { problem } from './private/problem';
import { RouteKeys } from './private/routes/route-keys';
import { ServiceAddress } from './private/service-address';
import { WebsocketServiceBase } from './websocket-service-base';

/**
 * What names a service that another stack or tool owns.
 *
 * @example
 * WebsocketService.fromAttributes(this, 'Platform', { apiId: 'a1b2c3d4e5', stageName: 'prod', domainName: 'ws.example.com' });
 */
export interface WebsocketServiceAttributes {
  /** The id of the API, 10 letters and digits. */
  readonly apiId: string;

  /** The name of its stage. */
  readonly stageName: string;

  /**
   * The custom domain that leads to the stage: its host name.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-custom-domain-names.html
   * @default - none: the URLs are those of execute-api
   */
  readonly domainName?: string;

  /**
   * The mapping key at the custom domain.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mappings.html
   * @default - none
   */
  readonly mappingKey?: string;

  /**
   * The Region of the API.
   *
   * @default - that of the stack
   */
  readonly region?: string;

  /**
   * The account of the API.
   *
   * @default - that of the stack
   */
  readonly account?: string;
}

/** A service by its names. */
export class ImportedService extends WebsocketServiceBase {
  /** @internal */
  public readonly _routeKeys: RouteKeys;

  /** @internal */
  protected readonly _address: ServiceAddress;

  public constructor(scope: Construct, id: string, attributes: WebsocketServiceAttributes) {
    super(scope, id);
    this.check(attributes);
    const { apiId, stageName, domainName, mappingKey, region, account } = attributes;
    const domain = domainName === undefined || mappingKey === undefined ? domainName : `${domainName}/${mappingKey}`;
    this._address = new ServiceAddress(this, { apiId, stageNames: [stageName], domains: { [stageName]: domain }, region, account });
    this._routeKeys = RouteKeys.ofImported(this, apiId, this.region);
  }

  private check(attributes: WebsocketServiceAttributes): void {
    requireKind(this, 'attributes', attributes, { ...OBJECT, example: "{ apiId: 'a1b2c3d4e5', stageName: 'dev' }" });
    checkOptionNames(this, '', 'WebsocketServiceAttributes', attributes);
    const { apiId, stageName, domainName, mappingKey } = attributes;
    requireKind(this, 'apiId', apiId, { ...STRING, example: "'a1b2c3d4e5'" });
    requireKind(this, 'stageName', stageName, { ...STRING, example: "'dev'" });
    checkKind(this, 'domainName', domainName, { ...STRING, example: "'ws.example.com'" });
    if (!Token.isUnresolved(apiId) && !/^[a-z0-9]+$/.test(apiId)) {
      throw problem(this, 'apiId', apiId, { reason: 'is not the id of an API', remedy: 'write the first part of its execute-api host name' });
    }
    const stageComplaint = stageNameComplaint(stageName);
    if (stageComplaint) throw problem(this, 'stageName', stageName, stageComplaint);
    checkOptionValues(this, '', 'WebsocketServiceAttributes', attributes);
    if (mappingKey === undefined) return;
    if (domainName === undefined) {
      throw problem(this, 'mappingKey', mappingKey, { reason: 'is a path at a custom domain, and there is none', remedy: 'give `domainName` too' });
    }
    const keyComplaint = mappingKeyComplaint(mappingKey);
    if (keyComplaint) throw problem(this, 'mappingKey', mappingKey, keyComplaint);
  }
}
