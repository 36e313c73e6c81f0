import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as kms from 'aws-cdk-lib/aws-kms';

/**
 * The log of each room, for clients that come back: `join` with `since` sends them what they have missed.
 *
 * @example
 * WebsocketConnectionStore.dynamoDb({ history: { duration: Duration.hours(1), maxMessages: 200 } });
 */
export interface WebsocketHistoryOptions {
  /** How long a message is kept: from a minute to a year, in whole seconds. */
  readonly duration: Duration;

  /** The most messages that a join sends again, from 1 to 10,000. A client that has missed more is told so, and gets none of them. */
  readonly maxMessages: number;
}

/**
 * Options of every connection store.
 *
 * @example
 * WebsocketConnectionStore.table(table, { userFrom: 'email' });
 */
export interface WebsocketConnectionStoreOptions {
  /**
   * The log of each room. Each `emit` to a room then gets a number, and costs two more writes.
   *
   * @default - no log and no numbers
   */
  readonly history?: WebsocketHistoryOptions;

  /**
   * The key of the authorizer's context that holds the user of a connection, instead of `principalId` and `sub`.
   *
   * A connection without it has no user. The value must identify one person: everybody with the same value is the same user.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
   * @default - `principalId`, else `sub`
   */
  readonly userFrom?: string;
}

/**
 * Options of a connection store with a table of its own.
 *
 * @example
 * WebsocketConnectionStore.dynamoDb({ removalPolicy: RemovalPolicy.RETAIN, pointInTimeRecovery: true });
 */
export interface WebsocketDynamoDbStoreOptions extends WebsocketConnectionStoreOptions {
  /**
   * The name of the table, 3 to 255 letters, digits, hyphens, dots and underscores.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
   * @default - a generated name
   */
  readonly tableName?: string;

  /**
   * What happens to the table when it is removed from the stack. Apart from the log, no item outlives its connection by long.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
   * @default RemovalPolicy.DESTROY, or RemovalPolicy.RETAIN with `deletionProtection`
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Whether DynamoDB refuses to delete the table.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html
   * @default false
   */
  readonly deletionProtection?: boolean;

  /**
   * The kind of key that encrypts the table.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html
   * @default - a key that DynamoDB owns, or `encryptionKey`
   */
  readonly encryption?: dynamodb.TableEncryption;

  /**
   * The KMS key that encrypts the table. Code that uses the store may use the key too, for calls by DynamoDB only.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html
   * @default - a key that DynamoDB owns; one is created for `TableEncryption.CUSTOMER_MANAGED`
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether the table can be restored to any point of the last 35 days.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
   * @default false
   */
  readonly pointInTimeRecovery?: boolean;
}
