import { Duration, Token } from 'aws-cdk-lib';
import { integrationTimeoutFault } from '../../../lib/private/checks/integration-timeout';

test.each([
  Duration.millis(50), Duration.millis(51), Duration.seconds(1), Duration.millis(28_999), Duration.seconds(29),
])('%s is a timeout', (timeout) => {
  expect(integrationTimeoutFault(timeout)).toBeUndefined();
});

test('a token in milliseconds is let through', () => {
  expect(integrationTimeoutFault(Duration.millis(Token.asNumber({ Ref: 'Millis' })))).toBeUndefined();
});

test('a token in another unit is refused: the template has milliseconds', () => {
  expect(integrationTimeoutFault(Duration.seconds(Token.asNumber({ Ref: 'Seconds' })))).toEqual({
    reason: 'is known when the stack is deployed, and cannot be converted into milliseconds before that',
    remedy: 'make it with Duration.millis()',
  });
});

test.each([
  Duration.millis(0), Duration.millis(49), Duration.millis(29_001), Duration.seconds(30), Duration.minutes(1),
])('%s is refused', (timeout) => {
  expect(integrationTimeoutFault(timeout)).toEqual({
    reason: 'is not between 50 milliseconds and 29 seconds, the bounds of API Gateway',
    remedy: 'choose a time between them; a function may run on for longer, and answer through the callback URL',
  });
});
