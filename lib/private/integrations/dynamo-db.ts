import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { IntegrationSpec, Refuse } from './integration-plan';
import { allow, checkValues, environmentOf, jsonProtocol, memberOptions, serviceCall, serviceUri } from './service-call';
import { jsonString } from './template-text';

type Members = { readonly [name: string]: string };

interface Item {
  readonly attributes?: Members;
  readonly numberAttributes?: Members;
  readonly conditionExpression?: string;
  readonly expressionAttributeNames?: Members;
  readonly expressionAttributeValues?: Members;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
export function dynamoDbPutCall(scope: Construct, table: dynamodb.ITable, item: Item): IntegrationSpec {
  const { conditionExpression, expressionAttributeNames, expressionAttributeValues } = item;
  const members = [
    `"TableName":${jsonString(table.tableName)}`,
    `"Item":{${[...typed('S', item.attributes), ...typed('N', item.numberAttributes)].join(',')}}`,
    ...conditionExpression === undefined ? [] : [`"ConditionExpression":${jsonString(conditionExpression)}`],
    ...expressionAttributeNames ? [`"ExpressionAttributeNames":{${names(expressionAttributeNames)}}`] : [],
    ...expressionAttributeValues ? [`"ExpressionAttributeValues":{${typed('S', expressionAttributeValues).join(',')}}`] : [],
  ];
  return serviceCall({
    uri: serviceUri(scope, 'dynamodb', environmentOf(table, table.tableArn).region, 'action/PutItem'),
    requestParameters: jsonProtocol('1.0'),
    requestTemplate: `{${members.join(',')}}`,
    grant: (role) => {
      allow(role, 'dynamodb:PutItem', table.tableArn);
      // DynamoDB uses the key of a table on behalf of who calls it.
      table.encryptionKey?.grant(role, 'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*');
    },
  });
}

export function checkDynamoDbPut(refuse: Refuse, item: Item): void {
  const { attributes = {}, numberAttributes = {}, conditionExpression, expressionAttributeNames, expressionAttributeValues } = item;
  if (Object.keys({ ...attributes, ...numberAttributes }).length === 0) {
    refuse('attributes', item.attributes, { reason: 'makes no item', remedy: "name its key at least, for example { connectionId: '$context.connectionId' }" });
  }
  const both = Object.keys(attributes).find((name) => name in numberAttributes);
  if (both !== undefined) {
    refuse('numberAttributes', both, { reason: 'is in `attributes` too, and an attribute has one type', remedy: 'keep one of them' });
  }
  if (conditionExpression === undefined && (expressionAttributeNames ?? expressionAttributeValues)) {
    refuse(expressionAttributeNames ? 'expressionAttributeNames' : 'expressionAttributeValues', expressionAttributeNames ?? expressionAttributeValues, {
      reason: 'is for a condition, and there is none', remedy: 'give `conditionExpression`, or leave it out',
    });
  }
  checkValues(refuse, {
    ...memberOptions('attributes', attributes),
    ...memberOptions('numberAttributes', numberAttributes),
    ...memberOptions('expressionAttributeValues', expressionAttributeValues),
  });
}

function typed(type: 'S' | 'N', members: Members = {}): string[] {
  return Object.entries(members).map(([name, value]) => `${jsonString(name)}:{"${type}":${jsonString(value)}}`);
}

function names(members: Members): string {
  return Object.entries(members).map(([placeholder, name]) => `${jsonString(placeholder)}:${jsonString(name)}`).join(',');
}
