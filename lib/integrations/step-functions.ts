import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { ServiceIntegrationOptions } from './integration-options';
import { Checks } from '../private/checks/checks';
import { constructWith } from '../private/checks/kind';
import { checkEnvelope, envelopeString } from '../private/integrations/envelope';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { allow, environmentOf, jsonProtocol, serviceCall, serviceUri } from '../private/integrations/service-call';
import { checkValues, jsonString } from '../private/integrations/template-text';

/**
 * Options of `RouteIntegration.stepFunctions`.
 *
 * @example
 * service.addRoute('quote', { integration: RouteIntegration.stepFunctions(express, { sync: true }), returnResponse: true });
 */
export interface WebsocketStepFunctionsIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * Whether to wait for the end of the execution, so that a two-way route sends its output to the client. For Express state machines only.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
   * @default false
   */
  readonly sync?: boolean;

  /**
   * The name of the execution: literal text or one variable.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   * @default - Step Functions generates one
   */
  readonly executionName?: string;

  /**
   * More members of the input, in addition to `requestContext` and `body`, each literal text or one variable.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - no more members
   */
  readonly attributes?: { [name: string]: string };
}

const MACHINE = constructWith(
  'a state machine', 'stateMachineArn', "sfn.StateMachine.fromStateMachineArn(this, 'Imported', arn) for an ARN",
);

/** The client gets API Gateway's own error for a failed execution, without the error and cause of the execution. */
const OUTPUT = '#set($execution=$input.path(\'$\'))#if($execution.status!="SUCCEEDED")'
  + '{"message":"Internal server error","connectionId":"$context.connectionId","requestId":"$context.requestId"}#else$execution.output#end';

/**
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html
 */
export function stepFunctionsIntegration(machine: sfn.IStateMachine, options: WebsocketStepFunctionsIntegrationOptions): IntegrationPlan {
  return {
    factory: 'stepFunctions',
    struct: 'WebsocketStepFunctionsIntegrationOptions',
    options,
    target: { name: 'machine', value: machine, kind: MACHINE },
    check: (checks) => checkExecution(checks, machine, options),
    define: (scope) => {
      const action = options.sync ? 'StartSyncExecution' : 'StartExecution';
      return serviceCall({
        uri: serviceUri(scope, 'states', environmentOf(machine, machine.stateMachineArn).region, `action/${action}`),
        requestParameters: jsonProtocol('1.0'),
        requestTemplate: executionOf(machine, options),
        responseTemplate: options.sync ? OUTPUT : undefined,
        grant: (role) => allow(role, `states:${action}`, machine.stateMachineArn),
      });
    },
  };
}

function executionOf(machine: sfn.IStateMachine, { executionName, attributes }: WebsocketStepFunctionsIntegrationOptions): string {
  const members = [
    `"stateMachineArn":${jsonString(machine.stateMachineArn)}`,
    ...executionName === undefined ? [] : [`"name":${jsonString(executionName)}`],
    `"input":${envelopeString(attributes)}`,
  ];
  return `{${members.join(',')}}`;
}

function checkExecution(checks: Checks, machine: sfn.IStateMachine, options: WebsocketStepFunctionsIntegrationOptions): void {
  const { sync, executionName, attributes } = options;
  checkValues(checks, { executionName });
  checkEnvelope(checks, attributes);
  // The type of an imported state machine is unknown. `instanceof` would load Step Functions into every app.
  const { stateMachineType } = machine as Partial<sfn.StateMachine>;
  if (!sync || String(stateMachineType) !== 'STANDARD') return;
  checks.refuse('sync', true, {
    reason: 'is for Express state machines, and this is a standard one, which cannot be invoked synchronously',
    remedy: 'leave it out, or make the state machine with `stateMachineType: StateMachineType.EXPRESS`',
  });
}
