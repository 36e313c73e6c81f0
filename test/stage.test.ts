import { Lazy, Stack } from 'aws-cdk-lib';
import { IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { WebsocketStageOptions } from '../lib';
import { Checks } from '../lib/private/checks/checks';
import { WebsocketLoggingLevel } from '../lib/route-settings';
import { checkStageNames, planAdditionalStage, planStage, stageNameFault, stageVariableFault } from '../lib/stage';

const stack = new Stack(undefined, 'Stack');
const CERTIFICATE = 'arn:aws:acm:eu-west-1:111111111111:certificate/1';

describe('planStage', () => {
  test('deploys itself, and sets nothing else', () => {
    expect(planStage(new Checks(stack), 'dev', {})).toEqual({ name: 'dev', settings: {}, autoDeploy: true });
  });

  test('keeps every option', () => {
    // GIVEN
    const options: Required<WebsocketStageOptions> = {
      throttle: { rateLimit: 1 },
      detailedMetricsEnabled: true,
      loggingLevel: WebsocketLoggingLevel.INFO,
      dataTraceEnabled: false,
      stageVariables: { a: 'b' },
      stageDescription: 'about it',
      clientCertificateId: 'c1',
      autoDeploy: false,
      accessLog: {},
      domain: { domainName: 'ws.example.com', certificate: acm.Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE), mappingKey: 'chat' },
    };

    // THEN
    expect(planStage(new Checks(stack), 'dev', options, IpAddressType.DUAL_STACK)).toEqual({
      name: 'dev',
      settings: { throttle: { rateLimit: 1 }, detailedMetricsEnabled: true, loggingLevel: 'INFO', dataTraceEnabled: false },
      variables: { a: 'b' },
      description: 'about it',
      clientCertificateId: 'c1',
      autoDeploy: false,
      makeAccessLog: expect.any(Function),
      domain: expect.objectContaining({ address: 'ws.example.com/chat', ipAddressType: 'dualstack' }),
    });
  });

  test.each([['', ''], ['additionalStages["prod"]', 'additionalStages["prod"].']])('refuses an illegal value of a variable: %s', (property, prefix) => {
    expect(() => planStage(new Checks(stack, property), 'dev', { stageVariables: { a: '' } })).toThrow(new Error(
      `Stack: ${prefix}stageVariables["a"]: "" is empty, or has a character that a stage variable cannot have; `
      + 'use letters, digits and -._~:/?#&=, or put the value into `environment`',
    ));
  });

  test('lets variables through that only a deployment knows', () => {
    const stageVariables = Lazy.any({ produce: () => ({ a: 'b' }) }) as unknown as Record<string, string>;
    expect(planStage(new Checks(stack), 'dev', { stageVariables }).variables).toBe(stageVariables);
  });
});

test('planAdditionalStage is the same for options that stand by themselves', () => {
  expect(planAdditionalStage(stack, 'prod', { autoDeploy: false })).toEqual({ name: 'prod', settings: {}, autoDeploy: false });
  expect(() => planAdditionalStage(stack, 'prod', null as unknown as WebsocketStageOptions)).toThrow(new Error(
    'Stack: additionalStages["prod"]: null is not an object; use {}',
  ));
});

describe('checkStageNames', () => {
  test('accepts nine in addition to the first', () => {
    const others = [...Array(9).keys()].map((index) => `s${index}`);
    expect(() => checkStageNames(new Checks(stack), 'dev', others)).not.toThrow();
    expect(() => checkStageNames(new Checks(stack), 'dev', [...others, 's9'])).toThrow(new Error(
      'Stack: additionalStages: 10 stages and the first are more than the 10 that API Gateway allows for one API; make a second service',
    ));
  });

  test('accepts any if the first name is a token', () => {
    expect(() => checkStageNames(new Checks(stack), Lazy.string({ produce: () => 'dev' }), ['dev'])).not.toThrow();
  });
});

describe('names of stages', () => {
  const remedy = 'use 1 to 128 letters, digits, hyphens and underscores, for example "dev"';

  test.each(['dev', 'v1', 'PROD', 'a-b_c', '-', '0', 'x'.repeat(128)])('%s is a stage name', (name) => {
    expect(stageNameFault(name)).toBeUndefined();
  });

  test('a token is let through', () => {
    expect(stageNameFault(Lazy.string({ produce: () => '$default' }))).toBeUndefined();
  });

  test('$default is refused', () => {
    expect(stageNameFault('$default')).toEqual({ reason: 'is a stage of HTTP APIs, and a WebSocket API cannot have it', remedy });
  });

  test.each(['', ' ', 'my stage', 'dev\n', 'a/b', 'a.b', '$dev', 'größe', 'x'.repeat(129)])('%j is refused', (name) => {
    expect(stageNameFault(name)).toEqual({ reason: 'is not a legal stage name', remedy });
  });
});

describe('stage variables', () => {
  const token = Lazy.string({ produce: () => 'a b' });

  test.each([['table', 'chat'], ['Table_2', 'https://example.com/a?b=c&d=e,f#g'], [token, token]])('%s: %s is legal', (name, value) => {
    expect(stageVariableFault(name, value)).toBeUndefined();
  });

  test.each(['', 'a-b', 'a.b', 'ä'])('the name %p is not', (name) => {
    expect(stageVariableFault(name, 'x')).toEqual({
      reason: 'belongs to a variable whose name is not legal', remedy: 'use letters, digits and underscores in names of variables',
    });
  });

  test.each(['', 'a b', 'ä', '{"a":1}', 'a$b'])('the value %p is not', (value) => {
    expect(stageVariableFault('a', value)).toEqual({
      reason: 'is empty, or has a character that a stage variable cannot have',
      remedy: 'use letters, digits and -._~:/?#&=, or put the value into `environment`',
    });
  });

  test.each<[unknown, string]>([[3, '"3"'], [true, '"true"'], [undefined, '"undefined"']])('%p is no string', (value, remedy) => {
    expect(stageVariableFault('a', value)).toEqual({ reason: 'is not a string', remedy: `write ${remedy}` });
  });
});
