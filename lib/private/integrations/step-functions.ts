import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { envelopeString } from './envelope';
import { checkEnvelope } from './event-bridge';
import { IntegrationSpec, Refuse } from './integration-plan';
import { allow, checkValues, environmentOf, jsonProtocol, serviceCall, serviceUri } from './service-call';
import { jsonString } from './template-text';

interface Execution {
  readonly sync?: boolean;
  readonly executionName?: string;
  readonly attributes?: { [name: string]: string };
}

/** What API Gateway itself sends for a failure: neither error nor cause is for a client to see. */
const OUTPUT = '#set($execution=$input.path(\'$\'))#if($execution.status!="SUCCEEDED")'
  + '{"message":"Internal server error","connectionId":"$context.connectionId","requestId":"$context.requestId"}#else$execution.output#end';

/**
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
 */
export function stepFunctionsCall(scope: Construct, machine: sfn.IStateMachine, execution: Execution): IntegrationSpec {
  const action = execution.sync ? 'StartSyncExecution' : 'StartExecution';
  const members = [
    `"stateMachineArn":${jsonString(machine.stateMachineArn)}`,
    ...execution.executionName === undefined ? [] : [`"name":${jsonString(execution.executionName)}`],
    `"input":${envelopeString(execution.attributes)}`,
  ];
  return serviceCall({
    uri: serviceUri(scope, 'states', environmentOf(machine, machine.stateMachineArn).region, `action/${action}`),
    requestParameters: jsonProtocol('1.0'),
    requestTemplate: `{${members.join(',')}}`,
    responseTemplate: execution.sync ? OUTPUT : undefined,
    grant: (role) => allow(role, `states:${action}`, machine.stateMachineArn),
  });
}

export function checkStepFunctions(refuse: Refuse, machine: sfn.IStateMachine, execution: Execution): void {
  checkValues(refuse, { executionName: execution.executionName });
  checkEnvelope(refuse, execution.attributes);
  // Of one that is imported nobody knows. Not asked by `instanceof`, which would load Step Functions into every app.
  const { stateMachineType } = machine as Partial<sfn.StateMachine>;
  if (!execution.sync || String(stateMachineType) !== 'STANDARD') return;
  refuse('sync', true, {
    reason: 'is for an Express state machine, and this is a standard one, whose end nobody can wait for',
    remedy: 'leave it out, or make the state machine with `stateMachineType: StateMachineType.EXPRESS`',
  });
}
