import { App, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IWebsocketService, WebsocketService, WebsocketServiceAttributes } from '../lib';
import { inlineFunction } from './_helpers/quick-app';

const HERE = { region: 'eu-west-1', account: '111111111111' };

let stack: Stack;
beforeEach(() => { stack = new Stack(new App(), 'Stack', { env: HERE }); });

function imported(attributes: Partial<WebsocketServiceAttributes> = {}): IWebsocketService {
  return WebsocketService.fromAttributes(stack, 'Chat', { apiId: 'a1b2c3d4e5', stageName: 'dev', ...attributes });
}

const join = (...parts: unknown[]): object => ({ 'Fn::Join': ['', parts] });
const SUFFIX = { Ref: 'AWS::URLSuffix' };

test('is made of nothing', () => {
  imported();
  expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
});

test('has its names, and those of the stack', () => {
  // WHEN
  const chat = imported();

  // THEN
  expect([chat.apiId, chat.stageName, chat.stageNames, chat.region, chat.account])
    .toEqual(['a1b2c3d4e5', 'dev', ['dev'], 'eu-west-1', '111111111111']);
  expect([chat.url, chat.callbackUrl].map((url) => stack.resolve(url))).toEqual([
    join('wss://a1b2c3d4e5.execute-api.eu-west-1.', SUFFIX, '/dev'), join('https://a1b2c3d4e5.execute-api.eu-west-1.', SUFFIX, '/dev'),
  ]);
});

test.each<[Partial<WebsocketServiceAttributes>, string]>([
  [{ domainName: 'ws.example.com' }, 'ws.example.com'],
  [{ domainName: 'ws.example.com', mappingKey: 'chat' }, 'ws.example.com/chat'],
  [{ domainName: 'ws.example.com', mappingKey: 'v1/chat' }, 'ws.example.com/v1/chat'],
])('its URLs are those of the custom domain: %j', (attributes, host) => {
  const { url, callbackUrl } = imported(attributes);
  expect([url, callbackUrl]).toEqual([`wss://${host}`, `https://${host}`]);
});

test('another Region and account are in ARNs, URLs and metrics', () => {
  // GIVEN
  const chat = imported({ region: 'us-east-1', account: '222222222222' });

  // WHEN
  chat.grantManageConnections(inlineFunction(stack, 'Fn'));

  // THEN
  expect([chat.region, chat.account]).toEqual(['us-east-1', '222222222222']);
  expect(stack.resolve(chat.url)).toEqual(join('wss://a1b2c3d4e5.execute-api.us-east-1.', SUFFIX, '/dev'));
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [{
        Action: 'execute-api:ManageConnections',
        Effect: 'Allow',
        Resource: join('arn:', { Ref: 'AWS::Partition' }, ':execute-api:us-east-1:222222222222:a1b2c3d4e5/dev/*/@connections/*'),
      }],
    },
  });
  expect(chat.metric('MessageCount').toMetricConfig().metricStat).toMatchObject({ region: 'us-east-1', account: '222222222222' });
});

test('what is granted is the API by its id, also behind a domain', () => {
  // WHEN
  imported({ domainName: 'ws.example.com' }).grantConnect(inlineFunction(stack, 'Fn'));

  // THEN
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: [{
        Action: 'execute-api:Invoke',
        Effect: 'Allow',
        Resource: join('arn:', { Ref: 'AWS::Partition' }, ':execute-api:eu-west-1:111111111111:a1b2c3d4e5/dev/$connect'),
      }],
    },
  });
});

test('names may be known at deployment only', () => {
  // WHEN
  const chat = imported({
    apiId: Fn.importValue('api'),
    stageName: Fn.importValue('stage'),
    domainName: Fn.importValue('domain'),
    mappingKey: Lazy.string({ produce: () => 'chat' }),
  });

  // THEN
  expect(stack.resolve(chat.url)).toEqual(join('wss://', { 'Fn::ImportValue': 'domain' }, '/chat'));
  expect(stack.resolve(chat.apiId)).toEqual({ 'Fn::ImportValue': 'api' });
});

test.each<[object, string]>([
  [{ apiId: undefined }, 'apiId: (not set) is not a string; use \'a1b2c3d4e5\''],
  [{ apiId: 'https://a1b2c3d4e5.execute-api' },
    'apiId: "https://a1b2c3d4e5.execute-api" is not the id of an API; write the first part of its execute-api host name'],
  [{ stageName: 5 }, 'stageName: 5 is not a string; use \'dev\''],
  [{ stageName: 'a b' }, 'stageName: "a b" is not a legal stage name; use 1 to 128 letters, digits, hyphens and underscores, for example "dev"'],
  [{ domainName: {} }, 'domainName: {} is not a string; use \'ws.example.com\''],
  [{ mappingKey: 'chat' }, 'mappingKey: "chat" is a path at a custom domain, but no domain is given; give `domainName` too'],
  [{ domainName: 'ws.example.com', mappingKey: '/chat' }, 'mappingKey: "/chat" has a slash at its start or end; write "chat"'],
  [{ name: 'dev' }, 'name: "dev": there is no option `name`; '
    + 'the options are apiId, stageName, domainName, mappingKey, region, account, connectionStore and fanOutFunction'],
])('fails: %j', (attributes, message) => {
  expect(() => imported(attributes)).toThrow(new Error(`Stack/Chat: ${message}`));
});
