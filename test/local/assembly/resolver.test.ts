import { Resolution } from '../../../lib/local/assembly/intrinsics';
import { readAssembly } from '../../../lib/local/assembly/read-assembly';
import { Resolver } from '../../../lib/local/assembly/resolver';
import { assemblyFolder } from '../../_helpers/assembly-folder';

/** What a value of the stack `Test` is. */
function resolve(value: unknown, template: Record<string, unknown> = {}, others: Record<string, unknown> = {}): Resolution {
  const { stacks } = readAssembly(assemblyFolder({ Test: template, ...others }), {});
  return new Resolver(stacks).resolve(stacks.find(({ name }) => name === 'Test')!, value);
}

/** The same in every run. */
const TABLE = 'Test-Table-08M9FJXNDQOE';

const TEMPLATE = {
  Parameters: {
    Name: { Type: 'String', Default: 'chat' },
    Names: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Bare: { Type: 'String' },
    Fetched: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/path' },
  },
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'Name' }, 'chat'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] },
    Unknown: { 'Fn::Equals': [{ Ref: 'Bare' }, 'x'] },
    Cycle: { 'Fn::Not': [{ Condition: 'Cycle' }] },
  },
  Mappings: { Regions: { 'eu-west-1': { limit: 3 } } },
  Resources: {
    Named: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'messages' } },
    Table: { Type: 'AWS::DynamoDB::Table', Metadata: { 'aws:cdk:path': 'Test/Table/Resource' } },
    Global: { Type: 'AWS::DynamoDB::GlobalTable' },
    Bucket: { Type: 'AWS::S3::Bucket', Metadata: { 'aws:cdk:path': 'Test/Bucket/Resource' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { 'Fn::Sub': '${Name}-topic' } } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } },
    Text: { Type: 'AWS::SSM::Parameter', Properties: { Value: 'text' } },
    Custom: { Type: 'Custom::Thing', Properties: { Value: 'text' } },
    Absent: { Type: 'AWS::SNS::Topic', Condition: 'No', Properties: { TopicName: 'x' } },
    Loop: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Loop', 'QueueName'] } } },
    Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'send' } },
    Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Fn' }, Name: 'live' } },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { 'Fn::GetAtt': ['Fn', 'Arn'] } } },
    Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: {} },
  },
  Outputs: { Own: { Value: 'own', Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Own' } } } },
};

const OTHER = { Outputs: { Far: { Value: { Ref: 'AWS::StackName' }, Export: { Name: 'far' } } } };

describe('a value is known before deployment:', () => {
  test.each<[string, unknown, unknown]>([
    ['a literal', { a: [1, 'x', null] }, { a: [1, 'x', null] }],
    ['a parameter', { Ref: 'Name' }, 'chat'],
    ['a list parameter', { Ref: 'Names' }, ['a', 'b']],
    ['the Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['the account', { Ref: 'AWS::AccountId' }, '111111111111'],
    ['the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['the URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['the name of the stack', { Ref: 'AWS::StackName' }, 'Test'],
    ['the id of the stack', { Ref: 'AWS::StackId' },
      expect.stringMatching(/^arn:aws:cloudformation:eu-west-1:111111111111:stack\/Test\/\w{12}$/)],
    ['no value', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Name' }, 1]] }, 'a-chat-1'],
    ['Fn::Join of a list parameter', { 'Fn::Join': ['-', { Ref: 'Names' }] }, 'a-b'],
    ['Fn::Sub', { 'Fn::Sub': '${Name}/${!Name}/${Named.Arn}' }, 'chat/${Name}/arn:aws:dynamodb:eu-west-1:111111111111:table/messages'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${x}-${Name}', { x: { Ref: 'AWS::Region' } }] }, 'eu-west-1-chat'],
    ['Fn::Select', { 'Fn::Select': ['1', { Ref: 'Names' }] }, 'b'],
    ['Fn::Select beside what is unknown', { 'Fn::Select': [0, ['a', { Ref: 'Bare' }]] }, 'a'],
    ['Fn::Split', { 'Fn::Split': ['a', 'chat'] }, ['ch', 't']],
    ['Fn::If', { 'Fn::If': ['Yes', 'then', { Ref: 'Bare' }] }, 'then'],
    ['Fn::If of a negation', { 'Fn::If': ['No', 'then', 'else'] }, 'else'],
    ['Fn::If of a conjunction', { 'Fn::If': ['Both', 'then', 'else'] }, 'else'],
    ['Fn::If of a disjunction', { 'Fn::If': ['Either', 'then', 'else'] }, 'then'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'limit'] }, 3],
    ['Fn::FindInMap with a default', { 'Fn::FindInMap': ['Regions', 'mars', 'limit', { DefaultValue: 1 }] }, 1],
    ['Fn::Base64', { 'Fn::Base64': 'chat' }, 'Y2hhdA=='],
    ['Fn::Length', { 'Fn::Length': { Ref: 'Names' } }, 2],
    ['Fn::ToJsonString', { 'Fn::ToJsonString': { a: { Ref: 'Name' } } }, '{"a":"chat"}'],
    ['an export of another stack', { 'Fn::ImportValue': 'far' }, 'Other'],
    ['an export of the stack itself', { 'Fn::ImportValue': { 'Fn::Join': [':', ['Test', 'Own']] } }, 'own'],
    ['an output of another stack', { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Far', Region: 'eu-west-1' } }, 'Other'],
    ['the name of a table', { Ref: 'Named' }, 'messages'],
    ['the ARN of a topic', { Ref: 'Topic' }, 'arn:aws:sns:eu-west-1:111111111111:chat-topic'],
    ['the URL of a queue', { Ref: 'Queue' }, 'https://sqs.eu-west-1.amazonaws.com/111111111111/jobs'],
    ['an attribute that is a property', { 'Fn::GetAtt': 'Text.Value' }, 'text'],
    ['a table without a name', { Ref: 'Table' }, TABLE],
    ['its ARN', { 'Fn::GetAtt': ['Table', 'Arn'] }, `arn:aws:dynamodb:eu-west-1:111111111111:table/${TABLE}`],
    ['its stream', { 'Fn::GetAtt': ['Table', 'StreamArn'] }, `arn:aws:dynamodb:eu-west-1:111111111111:table/${TABLE}/stream/2026-01-01T00:00:00.000`],
    ['the id of a table', { 'Fn::GetAtt': ['Global', 'TableId'] }, expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)],
    ['a function', { Ref: 'Fn' }, 'send'],
    ['an alias', { Ref: 'Alias' }, 'arn:aws:lambda:eu-west-1:111111111111:function:send:live'],
    ['a version', { Ref: 'Version' }, 'arn:aws:lambda:eu-west-1:111111111111:function:send:1'],
    ['a layer', { Ref: 'Layer' }, 'arn:aws:lambda:eu-west-1:111111111111:layer:Layer:1'],
  ])('%s', (_, value, expected) => {
    expect(resolve(value, TEMPLATE, { Other: OTHER })).toEqual({ value: expected });
  });
});

describe('a value is known only after deployment:', () => {
  test.each<[string, unknown, string, string]>([
    ['a name that is made', { Ref: 'Bucket' }, 'Test/Bucket (AWS::S3::Bucket)', 'its name is made at deployment'],
    ['an ARN of such a name', { 'Fn::GetAtt': ['Bucket', 'Arn'] }, 'Test/Bucket (AWS::S3::Bucket)', 'its name is made at deployment'],
    ['an attribute', { 'Fn::GetAtt': ['Named', 'Cost'] }, 'Named (AWS::DynamoDB::Table)', 'its Cost is made at deployment'],
    ['what a provider returns', { 'Fn::GetAtt': ['Custom', 'Value'] }, 'Custom (Custom::Thing)', 'its Value is made at deployment'],
    ['an id', { Ref: 'Custom' }, 'Custom (Custom::Thing)', 'its name or id is made at deployment'],
    ['a parameter without default', { 'Fn::Join': ['', ['a', { Ref: 'Bare' }]] }, 'parameter Bare', 'it has no default'],
    ['a parameter of Parameter Store', { Ref: 'Fetched' }, 'parameter Fetched', 'its value is in Parameter Store and read at deployment'],
    ['a dynamic reference', { a: 'x-{{resolve:ssm:/path}}' }, 'ssm:/path', 'it is looked up at deployment'],
    ['a dynamic reference in pieces', { 'Fn::Join': ['', ['{{resolve:', 'ssm:/path}}']] }, 'ssm:/path', 'it is looked up at deployment'],
    ['a condition', { 'Fn::If': ['Unknown', 1, 2] }, 'parameter Bare', 'it has no default'],
    ['an import', { 'Fn::ImportValue': 'nowhere' }, 'export nowhere', 'no stack of the app exports it'],
    ['an output', { 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'x' } }, 'output x of Other', 'no stack of the app has it'],
    ['a resource that is not there', { Ref: 'Absent' }, 'Absent (AWS::SNS::Topic)', 'its condition is false'],
    ['a name that nobody has', { Ref: 'constructor' }, 'constructor', 'Test has no such resource'],
    ['a mapping', { 'Fn::FindInMap': ['Regions', 'mars', 'limit'] }, 'Fn::FindInMap', 'there is no Regions/mars/limit in the mappings'],
    ['an item', { 'Fn::Select': [5, { Ref: 'Names' }] }, 'Fn::Select', 'its list has no item 5'],
    ['Fn::GetAZs', { 'Fn::GetAZs': '' }, 'Fn::GetAZs', 'only CloudFormation can evaluate it'],
    ['a transform', { 'Fn::Transform': { Name: 'x' } }, 'Fn::Transform', 'only CloudFormation can evaluate it'],
    ['a loop', { 'a': 1, 'Fn::ForEach::X': [] }, 'Fn::ForEach::X', 'only CloudFormation can evaluate it'],
    ['a cycle', { Ref: 'Loop' }, 'Loop.QueueName', 'it refers to itself'],
    ['a condition of itself', { 'Fn::If': ['Cycle', 1, 2] }, 'Cycle', 'it refers to itself'],
    ['what makes no sense', { 'Fn::Join': 'x' }, 'Fn::Join', '"x" is not what it takes'],
    ['an object in a text', { 'Fn::Join': ['', [{ a: 1 }]] }, 'Fn::Join', '{"a":1} is not what it takes'],
  ])('%s', (_, value, refersTo, reason) => {
    expect(resolve(value, TEMPLATE, { Other: OTHER })).toEqual({ refersTo, reason });
  });
});

test('names of tables that are on AWS are known only after deployment', () => {
  // GIVEN
  const { stacks } = readAssembly(assemblyFolder({ Test: TEMPLATE }), {});
  const resolver = new Resolver(stacks, false);

  // THEN
  expect(resolver.resolve(stacks[0], { Ref: 'Named' })).toEqual({ value: 'messages' });
  expect(resolver.resolve(stacks[0], { Ref: 'Table' })).toEqual({ refersTo: 'Test/Table (AWS::DynamoDB::Table)', reason: 'its name is made at deployment' });
  expect(resolver.resolve(stacks[0], { 'Fn::GetAtt': ['Named', 'StreamArn'] })).toEqual({
    refersTo: 'Named (AWS::DynamoDB::Table)', reason: 'its StreamArn is made at deployment',
  });
});

test('of several stages with the same export, the own stage is meant', () => {
  // GIVEN
  const output = { Far: { Value: { Ref: 'AWS::StackName' }, Export: { Name: 'far' } } };

  // WHEN
  const resolution = resolve({ 'Fn::ImportValue': 'far' }, {}, { First: { Outputs: output }, Second: { Outputs: output } });

  // THEN
  expect(resolution).toEqual({ value: 'First' });
});

test('exports whose names need each other are not found', () => {
  // GIVEN
  const Outputs = {
    A: { Value: 1, Export: { Name: { 'Fn::ImportValue': 'b' } } },
    B: { Value: 1, Export: { Name: { 'Fn::ImportValue': 'a' } } },
  };

  // WHEN
  const resolution = resolve({ 'Fn::ImportValue': 'a' }, { Outputs });

  // THEN
  expect(resolution).toEqual({ refersTo: 'export a', reason: 'no stack of the app exports it' });
});
