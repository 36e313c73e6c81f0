import { App, Stack } from 'aws-cdk-lib';
import { ServiceAddress, ServiceLocation } from '../../lib/private/service-address';

const HERE = { region: 'eu-west-1', account: '111111111111' };

function address(location: Partial<ServiceLocation> = {}, env?: typeof HERE): { stack: Stack; address: ServiceAddress } {
  const stack = new Stack(new App(), 'Stack', { env });
  return { stack, address: new ServiceAddress(stack, { apiId: 'abc', stageNames: ['dev', 'prod'], ...location }) };
}

test('is named by the first stage', () => {
  const { stack, address: made } = address({}, HERE);
  expect([made.stageName, made.region, made.account]).toEqual(['dev', 'eu-west-1', '111111111111']);
  expect([made.url, made.callbackUrl].map((url) => stack.resolve(url))).toEqual([
    { 'Fn::Join': ['', ['wss://abc.execute-api.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/dev']] },
    { 'Fn::Join': ['', ['https://abc.execute-api.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/dev']] },
  ]);
});

test('is that of the stack where nothing else is known', () => {
  const { stack, address: made } = address();
  expect([made.region, made.account].map((value) => stack.resolve(value))).toEqual([{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }]);
});

test('has the Region and account that are given in URLs and ARNs', () => {
  const { stack, address: made } = address({ region: 'us-east-1', account: '222222222222' }, HERE);
  expect(stack.resolve(made.url)['Fn::Join'][1][0]).toBe('wss://abc.execute-api.us-east-1.');
  expect(stack.resolve(made.arn('dev', '$connect'))).toEqual({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':execute-api:us-east-1:222222222222:abc/dev/$connect']],
  });
});

test('has the custom domain in its URLs, and not in ARNs', () => {
  const { stack, address: made } = address({ domains: { dev: 'ws.example.com/v1' } }, HERE);
  expect([made.url, made.callbackUrl]).toEqual(['wss://ws.example.com/v1', 'https://ws.example.com/v1']);
  expect(JSON.stringify(stack.resolve(made.arn('dev', '*')))).toContain(':abc/dev/*');
});

test('has the callback URL of each stage, at its custom domain if it has one', () => {
  const { stack, address: made } = address({ domains: { prod: 'ws.example.com/v1' } }, HERE);
  expect(stack.resolve(made.callbackUrls)).toEqual({
    dev: { 'Fn::Join': ['', ['https://abc.execute-api.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/dev']] },
    prod: 'https://ws.example.com/v1',
  });
});

test('prefers given URLs', () => {
  const { address: made } = address({ domains: { dev: 'ws.example.com' }, url: 'wss://u', callbackUrls: { dev: 'https://c', prod: 'https://p' } });
  expect([made.url, made.callbackUrl, made.callbackUrls.prod]).toEqual(['wss://u', 'https://c', 'https://p']);
});

test('names a route in every stage', () => {
  const { stack, address: made } = address({}, HERE);
  expect(made.arns('*/@connections/*').map((arn) => stack.resolve(arn)['Fn::Join'][1][2])).toEqual([
    ':execute-api:eu-west-1:111111111111:abc/dev/*/@connections/*', ':execute-api:eu-west-1:111111111111:abc/prod/*/@connections/*',
  ]);
});

test('has the execute-api host of any stage', () => {
  const { stack, address: made } = address({ domains: { dev: 'ws.example.com' } }, HERE);
  expect(stack.resolve(made.executeApi('prod'))).toEqual({ 'Fn::Join': ['', ['abc.execute-api.eu-west-1.', { Ref: 'AWS::URLSuffix' }, '/prod']] });
});
