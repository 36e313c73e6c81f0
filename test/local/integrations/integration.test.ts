import { chosenFunction, targetIn } from '../../../lib/local/integrations/integration';

describe('5.3.8: a function named by a stage variable', () => {
  const uri = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${stageVariables.send}/invocations';
  const target = { type: 'stageVariable', uri, functions: { dev: 'Chat/Send', prod: 'Chat/Live' } } as const;

  test.each([
    ['dev', 'Chat/Send'],
    ['prod', 'Chat/Live'],
  ])('is chosen by the stage: in %s it is %s', (stage, functionId) => {
    expect(chosenFunction(targetIn(stage, target), { send: 'send' })).toEqual({ type: 'function', functionId });
  });

  test('9.4: cannot be invoked in a stage without permission, though another stage may invoke it', () => {
    expect(chosenFunction(targetIn('test', target), { send: 'send:live' })).toEqual({
      reason: 'the integration URI gives arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/send:live/invocations here, which is not a '
        + 'function of this app that API Gateway may invoke for this stage: a notice at the start says why',
    });
  });

  test('cannot be invoked in a stage without the variable, which the reason names', () => {
    expect(chosenFunction(targetIn('test', target), {})).toEqual({
      reason: `the integration URI ${uri} needs the stage variable "send", which the stage does not have`,
    });
  });

  test('cannot be invoked in a stage named after a member of every object', () => {
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
