import { Lazy } from 'aws-cdk-lib';
import { stageVariableFault } from '../../../lib/private/checks/stage-variable';

const token = Lazy.string({ produce: () => 'a b' });

test.each([['table', 'chat'], ['Table_2', 'https://example.com/a?b=c&d=e,f#g'], [token, token]])('%s: %s is legal', (name, value) => {
  expect(stageVariableFault(name, value)).toBeUndefined();
});

test.each(['', 'a-b', 'a.b', 'ä'])('the name %p is not', (name) => {
  expect(stageVariableFault(name, 'x')).toEqual({
    reason: 'is of a variable whose name is not legal', remedy: 'use letters, digits and underscores in names of variables',
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
