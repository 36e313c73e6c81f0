import { chosenFunction, targetIn } from '../../../lib/local/integrations/function-target';

describe('5.3.8: a function named by a stage variable', () => {
  const uri = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${stageVariables.send}/invocations';
  const target = { type: 'stageVariable', uri, functions: { dev: 'Chat/Send', prod: 'Chat/Live' } } as const;

  test.each([
    ['dev', 'Chat/Send'],
    ['prod', 'Chat/Live'],
  ])('is that of the stage: in %s %s', (stage, functionId) => {
    expect(chosenFunction(targetIn(stage, target), { send: 'send' })).toEqual({ type: 'function', functionId });
  });

  test('9.4: is none in a stage that may not invoke it, though another stage may', () => {
    expect(chosenFunction(targetIn('test', target), { send: 'send:live' })).toEqual({
      reason: 'the integration URI gives arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/send:live/invocations here, which is no '
        + 'function of this app that API Gateway may invoke for this stage: a notice at the start says why',
    });
  });

  test('is none in a stage without the variable, which is named', () => {
    expect(chosenFunction(targetIn('test', target), {})).toEqual({
      reason: `the integration URI ${uri} needs the stage variable "send", which the stage does not have`,
    });
  });

  test('is none in a stage that is called like what every object has', () => {
    expect(targetIn('constructor', target)).toBe(target);
  });
});

test.each([
  [{ type: 'function', functionId: 'Chat/Send' }, { type: 'function', functionId: 'Chat/Send' }],
  [{ type: 'none', reason: 'it is a queue' }, { reason: 'it is a queue' }],
  [undefined, { reason: 'the integration names no function: give it an integration URI' }],
] as const)('other targets are the same in all stages: %j', (target, chosen) => {
  expect(chosenFunction(targetIn('dev', target), {})).toEqual(chosen);
});
