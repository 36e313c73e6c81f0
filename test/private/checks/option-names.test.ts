import { Stack } from 'aws-cdk-lib';
import { checkOptionNames } from '../../../lib/private/checks/option-names';

const stack = new Stack(undefined, 'Stack');
const KNOWN = ['throttle', 'autoDeploy'];

test('known names pass, and so does what is undefined', () => {
  expect(() => checkOptionNames(stack, '', { autoDeploy: false, unknown: undefined }, KNOWN)).not.toThrow();
});

test('a misspelt one is told the one that was meant', () => {
  expect(() => checkOptionNames(stack, '', { autodeploy: false }, KNOWN)).toThrow(new Error(
    'Stack: autodeploy: false is for an option that there is not; did you mean `autoDeploy`?',
  ));
});

test('another one is told all, and where it is', () => {
  expect(() => checkOptionNames(stack, 'additionalStages["prod"].', { x: 1 }, KNOWN)).toThrow(new Error(
    'Stack: additionalStages["prod"].x: 1 is for an option that there is not; the options are throttle and autoDeploy',
  ));
});
