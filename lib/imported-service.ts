import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { CONNECTION_STORE } from './connection-store';
import { mappingKeyFault } from './domain';
import { Checks } from './private/checks/checks';
import { FUNCTION, OBJECT, STRING } from './private/checks/kind';
import { RouteKeys } from './private/routes/route-keys';
import { ServiceAddress } from './private/service-address';
import { StoreAccess } from './private/store/store-access';
import { stageNameFault } from './stage';
import type { WebsocketServiceAttributes } from './websocket-service-attributes';
import { WebsocketServiceBase } from './websocket-service-base';

/** A service that another stack or tool owns. */
export class ImportedService extends WebsocketServiceBase {
  /** @internal */
  public readonly _routeKeys: RouteKeys;

  /** @internal */
  public readonly _store?: StoreAccess;

  /** @internal */
  protected readonly _address: ServiceAddress;

  public constructor(scope: Construct, id: string, attributes: WebsocketServiceAttributes) {
    super(scope, id);
    this.check(attributes);
    const { apiId, stageName, domainName, mappingKey, region, account, connectionStore, fanOutFunction } = attributes;
    const domain = domainName === undefined || mappingKey === undefined ? domainName : `${domainName}/${mappingKey}`;
    this._address = new ServiceAddress(this, { apiId, stageNames: [stageName], domains: { [stageName]: domain }, region, account });
    this._routeKeys = RouteKeys.ofImported(this, apiId, this.region);
    this._store = connectionStore && new StoreAccess({ ...connectionStore._settings, fanOut: fanOutFunction });
  }

  public override grantPublish(grantee: iam.IGrantable): iam.Grant {
    if (!this._store) {
      Annotations.of(this).addWarningV2(
        'cdk-websocket-service:connectionStoreUnknown',
        '`grantPublish` gives access to connections only: the service is imported without `connectionStore`. If it has one, give '
        + '`connectionStore: WebsocketConnectionStore.table(...)` and `fanOutFunction`; if not, use `grantManageConnections`',
      );
    }
    return super.grantPublish(grantee);
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
    this.checkStore(checks, attributes);
    checks.values('WebsocketServiceAttributes', attributes);
    if (mappingKey === undefined) return;
    if (domainName === undefined) {
      checks.refuse('mappingKey', mappingKey, {
        reason: 'is a path at a custom domain, but no domain is given', remedy: 'give `domainName` too',
      });
    }
    checks.that('mappingKey', mappingKey, mappingKeyFault);
  }

  private checkStore(checks: Checks, { connectionStore, fanOutFunction, region }: WebsocketServiceAttributes): void {
    checks.kind('connectionStore', connectionStore, CONNECTION_STORE);
    checks.kind('fanOutFunction', fanOutFunction, FUNCTION);
    connectionStore?._check(checks.of('connectionStore'), region ?? Stack.of(this).region);
    if (connectionStore && !connectionStore._isExisting) {
      checks.refuse('connectionStore', 'WebsocketConnectionStore.dynamoDb()', {
        reason: 'would be a new table, and the service has one already', remedy: 'use WebsocketConnectionStore.table(...) with that one',
      });
    }
    if (fanOutFunction && !connectionStore) {
      checks.refuse('fanOutFunction', fanOutFunction, {
        reason: 'belongs to a connection store, and none is given', remedy: 'give `connectionStore` too',
      });
    }
  }
}
