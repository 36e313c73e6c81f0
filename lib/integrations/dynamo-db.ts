import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { ServiceIntegrationOptions } from './integration-options';
import { Checks } from '../private/checks/checks';
import { constructWith } from '../private/checks/kind';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { allow, environmentOf, jsonProtocol, serviceCall, serviceUri } from '../private/integrations/service-call';
import { checkMembers, jsonString, NamedTexts } from '../private/integrations/template-text';

/**
 * Options of `RouteIntegration.dynamoDbPut`. Values may be variables of a mapping template, such as `$context.connectionId`.
 *
 * @example
 * RouteIntegration.dynamoDbPut(table, {
 *   attributes: { connectionId: '$context.connectionId' },
 *   numberAttributes: { connectedAt: '$context.connectedAt' },
 * });
 */
export interface WebsocketDynamoDbPutIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * The string attributes of the item by name, each literal text or one variable. They must include the key of the table.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
   */
  readonly attributes: { [name: string]: string };

  /**
   * The number attributes of the item by name, each a literal number or one variable.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
   * @default - no number attributes
   */
  readonly numberAttributes?: { [name: string]: string };

  /**
   * A condition on an existing item, for example `attribute_not_exists(connectionId)`.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
   * @default - an existing item is replaced
   */
  readonly conditionExpression?: string;

  /**
   * Names of attributes by placeholder (`#name`) in the condition.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeNames.html
   * @default - no placeholders
   */
  readonly expressionAttributeNames?: { [placeholder: string]: string };

  /**
   * Strings by placeholder (`:value`) in the condition, each literal text or one variable.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ExpressionAttributeValues.html
   * @default - no placeholders
   */
  readonly expressionAttributeValues?: { [placeholder: string]: string };
}

const TABLE = constructWith('a DynamoDB table', 'tableArn', "dynamodb.Table.fromTableArn(this, 'Imported', arn) for an ARN");

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
export function dynamoDbPutIntegration(table: dynamodb.ITable, options: WebsocketDynamoDbPutIntegrationOptions): IntegrationPlan {
  return {
    factory: 'dynamoDbPut',
    struct: 'WebsocketDynamoDbPutIntegrationOptions',
    options,
    target: { name: 'table', value: table, kind: TABLE },
    check: (checks) => checkItem(checks, options),
    define: (scope) => serviceCall({
      uri: serviceUri(scope, 'dynamodb', environmentOf(table, table.tableArn).region, 'action/PutItem'),
      requestParameters: jsonProtocol('1.0'),
      requestTemplate: requestOf(table, options),
      grant: (role) => {
        allow(role, 'dynamodb:PutItem', table.tableArn);
        // DynamoDB uses the key of a table on behalf of the caller.
        table.encryptionKey?.grant(role, 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*');
      },
    }),
  };
}

function requestOf(table: dynamodb.ITable, options: WebsocketDynamoDbPutIntegrationOptions): string {
  const { attributes, numberAttributes, conditionExpression, expressionAttributeNames, expressionAttributeValues } = options;
  const members = [
    `"TableName":${jsonString(table.tableName)}`,
    `"Item":{${[...typed('S', attributes), ...typed('N', numberAttributes)].join(',')}}`,
    ...conditionExpression === undefined ? [] : [`"ConditionExpression":${jsonString(conditionExpression)}`],
    ...expressionAttributeNames ? [`"ExpressionAttributeNames":{${placeholders(expressionAttributeNames)}}`] : [],
    ...expressionAttributeValues ? [`"ExpressionAttributeValues":{${typed('S', expressionAttributeValues).join(',')}}`] : [],
  ];
  return `{${members.join(',')}}`;
}

function typed(type: 'S' | 'N', members: NamedTexts = {}): string[] {
  return Object.entries(members).map(([name, value]) => `${jsonString(name)}:{"${type}":${jsonString(value)}}`);
}

function placeholders(members: NamedTexts): string {
  return Object.entries(members).map(([placeholder, name]) => `${jsonString(placeholder)}:${jsonString(name)}`).join(',');
}

function checkItem(checks: Checks, options: WebsocketDynamoDbPutIntegrationOptions): void {
  const { attributes = {}, numberAttributes = {}, conditionExpression, expressionAttributeNames, expressionAttributeValues } = options;
  if (Object.keys({ ...attributes, ...numberAttributes }).length === 0) {
    checks.refuse('attributes', options.attributes, {
      reason: 'leaves the item without its key', remedy: "name at least the key, for example { connectionId: '$context.connectionId' }",
    });
  }
  const both = Object.keys(attributes).find((name) => name in numberAttributes);
  if (both !== undefined) {
    checks.refuse('numberAttributes', both, {
      reason: 'is in `attributes` too, and an attribute has one type', remedy: 'keep one of them',
    });
  }
  if (conditionExpression === undefined && (expressionAttributeNames ?? expressionAttributeValues)) {
    const option = expressionAttributeNames ? 'expressionAttributeNames' : 'expressionAttributeValues';
    checks.refuse(option, options[option], {
      reason: 'is for a condition, and the item has none', remedy: 'give `conditionExpression`, or leave it out',
    });
  }
  checkMembers(checks, 'attributes', attributes);
  checkMembers(checks, 'numberAttributes', numberAttributes);
  checkMembers(checks, 'expressionAttributeValues', expressionAttributeValues);
}
