import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { existingTableFault } from '../../../lib/private/store/existing-table';
import { quickStack } from '../../_helpers/quick-app';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

const text = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });
const KEYS = { partitionKey: text('pk'), sortKey: text('sk'), timeToLiveAttribute: 'ttl' };

const REMEDY = "make it with `partitionKey: { name: 'pk', type: AttributeType.STRING }`, `sortKey: { name: 'sk', type: AttributeType.STRING }` "
  + "and `timeToLiveAttribute: 'ttl'`";
const keys = (found: string): object => ({ reason: `has the keys ${found}, and the store needs pk (HASH, S), sk (RANGE, S)`, remedy: REMEDY });
const expiry = (found: string): object => ({ reason: `${found}, and connections that end unnoticed would stay for ever`, remedy: REMEDY });

describe.each<[string, (props: dynamodb.TableProps) => dynamodb.ITable]>([
  ['Table', (props) => new dynamodb.Table(stack, 'Table', props)],
  ['TableV2', (props) => new dynamodb.TableV2(stack, 'Table', props as dynamodb.TablePropsV2)],
])('a %s', (_kind, make) => {
  test.each<[string, dynamodb.TableProps, object | undefined]>([
    ['with the keys and the expiry of a store', KEYS, undefined],
    ['with an index', { ...KEYS, tableName: 'chat' }, undefined],
    ['with other names', { ...KEYS, partitionKey: text('id'), sortKey: text('sort') }, keys('id (HASH, S), sort (RANGE, S)')],
    ['with numbers', { ...KEYS, sortKey: { name: 'sk', type: dynamodb.AttributeType.NUMBER } }, keys('pk (HASH, S), sk (RANGE, N)')],
    ['without a sort key', { ...KEYS, sortKey: undefined }, keys('pk (HASH, S)')],
    ['without expiry', { ...KEYS, timeToLiveAttribute: undefined }, expiry('has no attribute for expiry')],
    ['with another expiry', { ...KEYS, timeToLiveAttribute: 'expires' }, expiry('lets items expire by "expires"')],
  ])('%s', (_case, props, fault) => {
    expect(existingTableFault(make(props))).toEqual(fault);
  });
});

test('an imported table is trusted', () => {
  expect(existingTableFault(dynamodb.Table.fromTableName(stack, 'Table', 'chat'))).toBeUndefined();
  expect(existingTableFault(dynamodb.TableV2.fromTableName(stack, 'Other', 'chat'))).toBeUndefined();
});
