import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { WebsocketConnectionStoreOptions, WebsocketDynamoDbStoreOptions, WebsocketHistoryOptions } from './connection-store-options';
import { Checks } from './private/checks/checks';
import { constructWith, DURATION, Kind, NUMBER, OBJECT, STRING, withMember } from './private/checks/kind';
import { withoutUndefined } from './private/members';
import { StructName } from './private/option-names';
import { Fault } from './private/problem';
import { claimTable, existingTableFault, regionFault } from './private/store/existing-table';
import { StoreSettings } from './private/store/store-access';

/**
 * Where a service keeps its connections, users and rooms, for `user(...)` and `room(...)` of `cdk-websocket-service/runtime`.
 *
 * The handlers of `$connect` and `$disconnect` keep it up to date without a line of code: they are wrapped when they are bundled. If one of
 * these routes is missing, a function of this library serves it. A `function` or an `integration` cannot be wrapped and causes a warning.
 *
 * @example
 * const service = new WebsocketService(this, 'Chat', {
 *   routes: { say: { handler: 'src/messages.say' } },
 *   connectionStore: WebsocketConnectionStore.dynamoDb({ history: { duration: Duration.hours(1), maxMessages: 200 } }),
 *   authorizer: ConnectAuthorizer.none(),
 * });
 * service.grantPublish(worker); // a function outside of the service that sends to users and rooms
 */
export class WebsocketConnectionStore {
  /**
   * A DynamoDB table that the service creates: on demand, with an expiry for each item.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
   */
  public static dynamoDb(options: WebsocketDynamoDbStoreOptions = {}): WebsocketConnectionStore {
    return new WebsocketConnectionStore('WebsocketDynamoDbStoreOptions', options);
  }

  /**
   * A DynamoDB table of your own, for one service: partition key `pk`, sort key `sk`, both strings, and `ttl` as the attribute for expiry.
   *
   * The table must be in the account of the service. A KMS key that encrypts it is granted too, if the construct of the table has it.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html
   */
  public static table(table: dynamodb.ITable, options: WebsocketConnectionStoreOptions = {}): WebsocketConnectionStore {
    return new WebsocketConnectionStore('WebsocketConnectionStoreOptions', options, table, true);
  }

  private constructor(
    private readonly struct: StructName,
    private readonly options: WebsocketDynamoDbStoreOptions,
    private readonly existing?: dynamodb.ITable,
    private readonly isExisting = false,
  ) {}

  /**
   * The constructs that the store depends on.
   *
   * @internal
   */
  public get _producers(): unknown[] {
    return [this.existing, this.existing?.encryptionKey, this.options.encryptionKey];
  }

  /**
   * Whether the user gave the table.
   *
   * @internal
   */
  public get _isExisting(): boolean {
    return this.isExisting;
  }

  /**
   * @param region of the service
   * @internal
   */
  public _check(checks: Checks, region: string): void {
    const { options } = this;
    checks.required('', options, { ...OBJECT, example: '{}' });
    checks.names(this.struct, options);
    if (this.isExisting) {
      checks.required('table', this.existing, TABLE);
      checks.that('table', this.existing, existingTableFault);
      checks.that('table', this.existing, (table) => regionFault(table, region));
    } else {
      checkOwn(checks, options);
    }
    checks.kind('userFrom', options.userFrom, { ...STRING, example: "'email'" });
    checks.that('userFrom', options.userFrom, userFromFault);
    checks.kind('history', options.history, { ...OBJECT, example: '{ duration: Duration.hours(1), maxMessages: 200 }' });
    if (options.history) checkHistory(checks.of('history'), options.history);
    checks.values(this.struct, options);
  }

  /**
   * Makes the table of a service, unless the user gave one. To be called after `_check`.
   *
   * @internal
   */
  public _bind(scope: Construct): StoreSettings {
    if (!this.existing) return this.settings(makeTable(scope, this.options));
    claimTable(scope, this.existing);
    return this._settings;
  }

  /**
   * The store of an imported service, which has its table.
   *
   * @internal
   */
  public get _settings(): StoreSettings {
    return this.settings(this.existing!);
  }

  private settings(table: dynamodb.ITable): StoreSettings {
    const { history, userFrom } = this.options;
    return { table, history: history && { seconds: history.duration.toSeconds(), maxMessages: history.maxMessages }, userFrom };
  }
}

export const CONNECTION_STORE = withMember(
  'a WebsocketConnectionStore', '_bind', 'WebsocketConnectionStore.dynamoDb(), or WebsocketConnectionStore.table(table) for your own table',
);

const TABLE = constructWith(
  'a DynamoDB table', 'tableArn', "dynamodb.Table.fromTableArn(this, 'Connections', arn) for an ARN",
);

const KEY: Kind = withMember('a KMS key', 'keyArn', "kms.Key.fromKeyArn(this, 'Key', arn) for an ARN");

/**
 * Not a `TableV2`, whose replicas would be of no use: a connection id belongs to one Region, and the strongly consistent reads and the
 * transactions that the store needs work within one.
 */
function makeTable(scope: Construct, options: WebsocketDynamoDbStoreOptions): dynamodb.Table {
  const { tableName, encryption, encryptionKey, deletionProtection, pointInTimeRecovery } = options;
  const { removalPolicy = deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY } = options;
  return new dynamodb.Table(scope, 'ConnectionTable', withoutUndefined({
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
    timeToLiveAttribute: 'ttl',
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    tableName,
    removalPolicy,
    encryption,
    encryptionKey,
    deletionProtection,
    pointInTimeRecoverySpecification: pointInTimeRecovery === undefined ? undefined : { pointInTimeRecoveryEnabled: pointInTimeRecovery },
  }));
}

function checkOwn(checks: Checks, options: WebsocketDynamoDbStoreOptions): void {
  const { tableName, encryption, encryptionKey, removalPolicy, deletionProtection } = options;
  checks.length('tableName', tableName, 3, 255);
  checks.that('tableName', tableName, tableNameFault);
  checks.kind('encryptionKey', encryptionKey, KEY);
  if (encryptionKey && encryption !== undefined && encryption !== dynamodb.TableEncryption.CUSTOMER_MANAGED) {
    checks.refuse('encryption', encryption, {
      reason: 'is for a table without a key of its own, but `encryptionKey` is given',
      remedy: 'leave one of them out, or set TableEncryption.CUSTOMER_MANAGED',
    });
  }
  if (removalPolicy === RemovalPolicy.SNAPSHOT) {
    checks.refuse('removalPolicy', removalPolicy, {
      reason: 'is not for tables of DynamoDB, which CloudFormation makes no snapshots of', remedy: 'use RemovalPolicy.RETAIN',
    });
  }
  if (removalPolicy === RemovalPolicy.DESTROY && deletionProtection) {
    checks.refuse('removalPolicy', removalPolicy, {
      reason: 'deletes the table with its stack, but `deletionProtection` makes DynamoDB refuse that', remedy: 'leave one of them out',
    });
  }
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
function tableNameFault(name: string): Fault | undefined {
  if (Token.isUnresolved(name) || /^[\w.-]+$/.test(name)) return undefined;
  return { reason: 'is not a legal name of a table', remedy: 'use letters, digits, hyphens, dots and underscores' };
}

/** What API Gateway itself puts into the context of every authorizer. */
const NO_USER = 'integrationLatency';

function userFromFault(key: string): Fault | undefined {
  if (Token.isUnresolved(key) || (/^\S+$/.test(key) && key !== NO_USER)) return undefined;
  const reason = key === NO_USER ? 'is the time that the authorizer took' : 'is not a key of the context that an authorizer returns';
  return { reason, remedy: "name a key of that context, without white space, for example 'email'" };
}

const SHORTEST = Duration.minutes(1).toSeconds();
const LONGEST = Duration.days(365).toSeconds();
const MOST_MESSAGES = 10_000;

function checkHistory(checks: Checks, { duration, maxMessages }: WebsocketHistoryOptions): void {
  checks.required('duration', duration, DURATION);
  checks.that('duration', duration, durationFault);
  checks.required('maxMessages', maxMessages, NUMBER);
  if (Token.isUnresolved(maxMessages) || (Number.isInteger(maxMessages) && maxMessages >= 1 && maxMessages <= MOST_MESSAGES)) return;
  checks.refuse('maxMessages', maxMessages, {
    reason: 'is not a number of messages that a join sends again', remedy: `use a whole number from 1 to ${MOST_MESSAGES}`,
  });
}

function durationFault(duration: Duration): Fault | undefined {
  if (duration.isUnresolved()) {
    return duration.unitLabel() === 'seconds' ? undefined : {
      reason: 'is known only at deployment, and is converted to seconds before that', remedy: 'use Duration.seconds(...) for a token',
    };
  }
  const seconds = duration.toSeconds({ integral: false });
  if (Number.isInteger(seconds) && seconds >= SHORTEST && seconds <= LONGEST) return undefined;
  return { reason: 'is not a time for which messages are kept', remedy: 'use whole seconds, from a minute to 365 days' };
}
