import { Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { RouteIntegration, WebsocketStepFunctionsIntegrationOptions } from '../../lib';
import { HOSTILE_TEXTS } from '../_helpers/hostile-texts';
import { CONTEXT, IntegrationParts, REQUEST_CONTEXT, serviceCall } from '../_helpers/integration-parts';
import { quickStack } from '../_helpers/quick-app';

const ARN = 'arn:aws:states:eu-central-1:111111111111:stateMachine:orders';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function parts(options: WebsocketStepFunctionsIntegrationOptions = {}, machine: sfn.IStateMachine = imported()): IntegrationParts {
  return new IntegrationParts(stack, RouteIntegration.stepFunctions(machine, options));
}

function imported(): sfn.IStateMachine {
  return sfn.StateMachine.fromStateMachineArn(stack, 'Machine', ARN);
}

function machineOf(stateMachineType: sfn.StateMachineType): sfn.StateMachine {
  return new sfn.StateMachine(stack, 'Machine', { stateMachineType, definitionBody: sfn.DefinitionBody.fromString('{}') });
}

test('the integration, and a role that may start this state machine and nothing else', () => {
  // WHEN
  const made = parts();

  // THEN
  expect(made.integration).toMatchObject(serviceCall({ 'integration.request.header.Content-Type': "'application/x-amz-json-1.0'" }));
  expect(made.uri).toBe('arn:AWS::Partition:apigateway:eu-central-1:states:action/StartExecution');
  expect(made.statements).toEqual([{ Action: 'states:StartExecution', Effect: 'Allow', Resource: ARN }]);
});

test.each(['', ...HOSTILE_TEXTS])('the message is a string in the input, and nothing else of the client is: %j', (body) => {
  // WHEN
  const { input, ...rest } = JSON.parse(parts().request(body)) as Record<string, string>;

  // THEN
  expect(rest).toEqual({ stateMachineArn: ARN });
  expect(JSON.parse(input)).toEqual({ requestContext: REQUEST_CONTEXT, body });
});

test('the name of the execution and attributes of its input are the user\'s', () => {
  // WHEN
  const made = parts({ executionName: '$context.requestId', attributes: { room: "$input.path('$.room')" } });

  // THEN
  const { name, input } = JSON.parse(made.request('{"room":"a"}')) as Record<string, string>;
  expect([name, JSON.parse(input)]).toEqual([CONTEXT.requestId, { requestContext: REQUEST_CONTEXT, room: 'a', body: '{"room":"a"}' }]);
});

describe('sync', () => {
  test('waits for an Express state machine, and the role may do that only', () => {
    // GIVEN
    const machine = machineOf(sfn.StateMachineType.EXPRESS);

    // WHEN
    const made = parts({ sync: true }, machine);

    // THEN
    expect(made.uri).toBe('arn:AWS::Partition:apigateway:AWS::Region:states:action/StartSyncExecution');
    expect(made.statements.find((statement) => JSON.stringify(statement).includes('states:'))).toEqual({
      Action: 'states:StartSyncExecution', Effect: 'Allow', Resource: stack.resolve(machine.stateMachineArn),
    });
  });

  test('answers with the output, and says nothing of a failure', () => {
    // GIVEN
    const made = parts({ sync: true });

    // THEN
    expect(made.response(JSON.stringify({ status: 'SUCCEEDED', output: '{"price":"5$ \\"#set"}' }))).toBe('{"price":"5$ \\"#set"}');
    expect(JSON.parse(made.response(JSON.stringify({ status: 'FAILED', error: 'Secret', cause: 'arn:aws:...' })))).toEqual({
      message: 'Internal server error', connectionId: CONTEXT.connectionId, requestId: CONTEXT.requestId,
    });
    expect(JSON.parse(made.response('{"__type":"AccessDeniedException"}'))).toMatchObject({ message: 'Internal server error' });
  });

  test('is refused for a standard state machine', () => {
    expect(() => parts({ sync: true }, machineOf(sfn.StateMachineType.STANDARD))).toThrow(new Error(
      'Stack/Home: integration.sync: true is for Express state machines, and this is a standard one, which cannot be invoked synchronously; '
      + 'leave it out, or make the state machine with `stateMachineType: StateMachineType.EXPRESS`',
    ));
  });
});

test('refused is an attribute in the place of the message', () => {
  expect(() => parts({ attributes: { requestContext: 'x' } })).toThrow(new Error(
    'Stack/Home: integration.attributes: "requestContext" is already a member of the event; choose another name',
  ));
});
