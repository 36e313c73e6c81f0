import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { mappingKeyFault } from './domain';
import { Checks } from './private/checks/checks';
import { OBJECT, STRING } from './private/checks/kind';
import { RouteKeys } from './private/routes/route-keys';
import { ServiceAddress } from './private/service-address';
import { stageNameFault } from './stage';
import type { WebsocketServiceAttributes } from './websocket-service-attributes';
import { WebsocketServiceBase } from './websocket-service-base';

/** A service that another stack or tool owns. */
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
    const checks = new Checks(this);
    checks.required('attributes', attributes, { ...OBJECT, example: "{ apiId: 'a1b2c3d4e5', stageName: 'dev' }" });
    checks.names('WebsocketServiceAttributes', attributes);
    const { apiId, stageName, domainName, mappingKey } = attributes;
    checks.required('apiId', apiId, { ...STRING, example: "'a1b2c3d4e5'" });
    checks.required('stageName', stageName, { ...STRING, example: "'dev'" });
    checks.kind('domainName', domainName, { ...STRING, example: "'ws.example.com'" });
    if (!Token.isUnresolved(apiId) && !/^[a-z0-9]+$/.test(apiId)) {
      checks.refuse('apiId', apiId, { reason: 'is not the id of an API', remedy: 'write the first part of its execute-api host name' });
    }
    checks.that('stageName', stageName, stageNameFault);
    checks.values('WebsocketServiceAttributes', attributes);
    if (mappingKey === undefined) return;
    if (domainName === undefined) {
      checks.refuse('mappingKey', mappingKey, {
        reason: 'is a path at a custom domain, but no domain is given', remedy: 'give `domainName` too',
      });
    }
    checks.that('mappingKey', mappingKey, mappingKeyFault);
  }
}
