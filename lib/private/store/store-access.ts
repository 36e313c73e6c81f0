import { Duration, Token, Tokenization } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ApiGrants, manageConnections, Permission } from '../api-grants';
import { FunctionSettings } from '../handlers/function-settings';
import { presetFunction } from '../handlers/preset-function';
import { callbackUrlVariables } from '../routes/callback-url';
import { ServiceAddress } from '../service-address';

/** The environment variable with the connection store, as JSON. A contract with lib/runtime/configuration.ts. */
export const STORE_VARIABLE = 'WEBSOCKET_STORE';

/** What the runtime does with the table. No `Scan`, and no index. A transaction needs the rights to its items. */
const TABLE_ACTIONS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchWriteItem', 'ConditionCheckItem']
  .map((operation) => `dynamodb:${operation}`);

/**
 * What DynamoDB does with a KMS key on behalf of those who read and write a table.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
const KEY_ACTIONS = [
  'Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo',
].map((operation) => `kms:${operation}`);

/** The key decrypts nothing for them but the items of tables. */
const BY_DYNAMODB = { StringLike: { 'kms:ViaService': 'dynamodb.*' } };

export interface StoreSettings {
  readonly table: dynamodb.ITable;
  readonly history?: { readonly seconds: number; readonly maxMessages: number };
  readonly userFrom?: string;
  /** The function that sends what one invocation cannot send in time. */
  readonly fanOut?: lambda.IFunction;
}

/** The connection store of a service: how code reaches it. */
export class StoreAccess {
  public constructor(private readonly settings: StoreSettings) {}

  public get table(): dynamodb.ITable {
    return this.settings.table;
  }

  public get fanOut(): lambda.IFunction | undefined {
    return this.settings.fanOut;
  }

  /** @param sends whether the code may send to connections, and therefore hand over to the fan-out function */
  public permissions(sends: boolean): Permission[] {
    const { table, fanOut } = this.settings;
    return [
      { actions: TABLE_ACTIONS, resourceArns: [table.tableArn] },
      ...table.encryptionKey ? [{ actions: KEY_ACTIONS, resourceArns: [table.encryptionKey.keyArn], conditions: BY_DYNAMODB }] : [],
      ...sends && fanOut ? [{ actions: ['lambda:InvokeFunction'], resourceArns: [fanOut.functionArn] }] : [],
    ];
  }

  /** The environment of the code. */
  public variables(sends: boolean): Record<string, string> {
    const { table, history, userFrom, fanOut } = this.settings;
    // Built by hand, since values may be tokens.
    const members = [
      `"table":"${table.tableName}"`,
      `"region":"${regionOf(table)}"`,
      ...history ? [`"history":{"seconds":${number(history.seconds)},"maxMessages":${number(history.maxMessages)}}`] : [],
      ...userFrom === undefined ? [] : [`"userFrom":${Token.isUnresolved(userFrom) ? `"${userFrom}"` : JSON.stringify(userFrom)}`],
      ...sends && fanOut ? [`"fanOut":"${fanOut.functionName}"`] : [],
    ];
    return { [STORE_VARIABLE]: `{${members.join(',')}}` };
  }
}

/** One whole vCPU: with less memory, signing posts would take longer than sending them. */
const MEMORY_SIZE = 1769;

const TIMEOUT = Duration.minutes(5);

/** The access to a store, with the function that sends what one invocation cannot send before its deadline. */
export function withFanOut(
  scope: Construct, settings: StoreSettings, defaults: FunctionSettings, address: ServiceAddress, grants: ApiGrants,
): StoreAccess {
  return new StoreAccess({ ...settings, fanOut: makeFanOut(scope, new StoreAccess(settings), defaults, address, grants) });
}

/**
 * It has no alias, so that no setting for an alias of handlers applies to it, and Lambda does not repeat a failed invocation: everybody
 * would get the message again.
 */
function makeFanOut(
  scope: Construct, store: StoreAccess, defaults: FunctionSettings, address: ServiceAddress, grants: ApiGrants,
): lambda.Function {
  const { alias, provisionedConcurrentExecutions, currentVersionOptions, ...settings } = defaults;
  const fn = presetFunction(scope, 'FanOut', 'fan-out', {
    ...settings, memorySize: MEMORY_SIZE, timeout: TIMEOUT, retryAttempts: 0,
  }, { ...callbackUrlVariables(address), ...store.variables(false) });
  grants.addProducers([fn.role, ...Object.values(defaults)]);
  grants.grant(fn, [manageConnections(address), ...store.permissions(false)], true);
  return fn;
}

/** aws-cdk-lib takes a table that is imported by its ARN for one of the stack's Region. */
export function regionOf({ tableArn, env }: dynamodb.ITable): string {
  return Token.isUnresolved(tableArn) ? env.region : tableArn.split(':')[3];
}

function number(value: number): string {
  return Tokenization.stringifyNumber(value);
}
