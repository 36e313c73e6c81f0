import * as fs from 'fs';
import * as path from 'path';
import { nameProperty, replacementRules } from '../../../lib/local/migration/replacement-rules';
import { replacementRulesText } from '../../../projenrc/replacement-rules';

const FILE = path.join(__dirname, '../../../lib/local/migration/replacement-rules.data.ts');

test('the rules are those of the specification that is installed; `npx tsx projenrc/replacement-rules.ts` writes them anew', () => {
  const text = fs.readFileSync(FILE, 'utf8');

  expect(text === replacementRulesText()).toBe(true);
  expect(text.length).toBeLessThan(150_000);
});

test('a rule is a property, or a path within one, and may depend on more than the property', () => {
  expect(replacementRules('AWS::ApiGatewayV2::Stage')).toEqual([
    { path: ['ApiId'], isConditional: false }, { path: ['StageName'], isConditional: false },
  ]);
  expect(replacementRules('AWS::DynamoDB::GlobalTable')).toContainEqual(
    { path: ['GlobalSecondaryIndexes[]', 'KeySchema[]', 'AttributeName'], isConditional: true },
  );
  expect(replacementRules('AWS::KinesisFirehose::DeliveryStream')).toContainEqual(
    { path: ['ElasticsearchDestinationConfiguration', 'VpcConfiguration'], isConditional: false },
  );
});

test('a type without such properties has no rules, a type that nobody knows has none to go by', () => {
  expect(replacementRules('AWS::IAM::Policy')).toEqual([]);
  expect(replacementRules('Acme::Chat::Bot')).toBeUndefined();
  expect(replacementRules('Custom::ApiGatewayAccountRole')).toEqual([{ path: ['ServiceToken'], isConditional: false }]);
});

test.each([
  ['AWS::Lambda::Function', 'FunctionName'], ['AWS::Lambda::Alias', 'Name'], ['AWS::Logs::LogGroup', 'LogGroupName'],
  ['AWS::ApiGatewayV2::Stage', 'StageName'], ['AWS::ApiGatewayV2::Route', undefined], ['AWS::Lambda::Permission', undefined],
  ['Acme::Chat::Bot', undefined],
])('%s is named by %s', (type, name) => {
  expect(nameProperty(type)).toBe(name);
});
