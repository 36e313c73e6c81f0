import { tableNames, withoutArns } from '../../../lib/local/dynamodb/table-names';

const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Items-1.a_b';

test.each<[object, string[]]>([
  [{ TableName: 'a', Key: {} }, ['a']],
  [{ RequestItems: { a: [], b: [] } }, ['a', 'b']],
  [{ TransactItems: [{ Put: { TableName: 'a' } }, { ConditionCheck: { TableName: 'b' } }, { Get: { TableName: 'a' } }] }, ['a', 'b']],
  [{}, []],
])('the tables of %j', (input, names) => {
  expect(tableNames(Buffer.from(JSON.stringify(input)))).toEqual(names);
});

test.each<[unknown, unknown]>([
  [{ TableName: ARN, Item: { pk: { S: ARN } } }, { TableName: 'Items-1.a_b', Item: { pk: { S: ARN } } }],
  [{ RequestItems: { [ARN]: [{ PutRequest: { Item: { [ARN]: { S: ARN } } } }] } }, { RequestItems: { 'Items-1.a_b': [{ PutRequest: { Item: { [ARN]: { S: ARN } } } }] } }],
  [{ TransactItems: [{ Put: { TableName: ARN, Item: { a: { S: ARN } } } }, 5] }, { TransactItems: [{ Put: { TableName: 'Items-1.a_b', Item: { a: { S: ARN } } } }, 5] }],
  [{ TableName: `${ARN}/stream/x` }, { TableName: `${ARN}/stream/x` }],
  [[ARN], [ARN]],
])('%j without ARNs', (input, expected) => {
  expect(JSON.parse(withoutArns(Buffer.from(JSON.stringify(input))).toString())).toEqual(expected);
});

test.each(['', '{', `{"TableName":"${ARN}"`, '{"TableName":"a"}'])('%j stays as it is, to the byte', (text) => {
  const body = Buffer.from(text);
  expect(withoutArns(body)).toBe(body);
});
