import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ServiceIntegrationOptions } from '../../integrations/integration-options';
import { Checks } from '../checks/checks';
import { DURATION, Kind, OBJECT } from '../checks/kind';
import { StructName } from '../option-names';
import { Fault } from '../problem';
import { ApiStages, IntegrationSpec } from './make-integration';
import { checkMappings } from './mapping-checks';

/** An integration before it has an API: the arguments of a factory of `RouteIntegration`, their checks and the template. */
export interface IntegrationPlan {
  /** The name of the factory, for messages. */
  readonly factory: string;
  readonly struct: StructName;
  readonly options: ServiceIntegrationOptions;
  readonly target?: IntegrationTarget;
  /** For a proxy integration, which has no templates: the name of the factory that has. */
  readonly templatedFactory?: string;
  /** Checks the options that only this integration has. */
  readonly check?: (checks: Checks) => void;
  readonly define: (scope: Construct, api: ApiStages) => IntegrationSpec;
}

/** The first argument of a factory, such as a queue or a URL. */
export interface IntegrationTarget {
  /** The name of the parameter. */
  readonly name: string;
  readonly value: unknown;
  readonly kind: Kind;
}

/** @param property the path of the integration in the props */
export function checkPlan(scope: Construct, property: string, { factory, struct, options, target, ...plan }: IntegrationPlan): void {
  const checks = new Checks(scope, property);
  if (target) checks.required(target.name, target.value, target.kind);
  checks.required('', options, { ...OBJECT, example: `the options of RouteIntegration.${factory}` });
  if (plan.templatedFactory) checkProxy(checks, options, factory, plan.templatedFactory);
  checks.names(struct, options);
  checks.shapes(struct, options);
  checks.description('description', options.description);
  checks.kind('timeout', options.timeout, DURATION);
  checks.that('timeout', options.timeout, integrationTimeoutFault);
  checkMappings(checks, options);
  plan.check?.(checks);
  checks.values(struct, options);
}

const TEMPLATE_OPTIONS = ['requestTemplates', 'templateSelectionExpression', 'responses', 'passthroughBehavior'] as const;

function checkProxy(checks: Checks, options: ServiceIntegrationOptions, factory: string, templatedFactory: string): void {
  const found = TEMPLATE_OPTIONS.find((option) => options[option] !== undefined);
  if (found === undefined) return;
  checks.refuse(found, options[found], {
    reason: 'is not an option of a proxy integration, which passes message and response through unchanged',
    remedy: `leave it out, or use ${templatedFactory} instead of ${factory}`,
  });
}

const SHORTEST = Duration.millis(50);
const LONGEST = Duration.seconds(29);

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export function integrationTimeoutFault(timeout: Duration): Fault | undefined {
  if (timeout.isUnresolved()) {
    return timeout.unitLabel() === 'millis' ? undefined : {
      reason: 'is known only at deployment, and cannot be converted to milliseconds before that',
      remedy: 'make it with Duration.millis()',
    };
  }
  const milliseconds = timeout.toMilliseconds({ integral: false });
  if (milliseconds >= SHORTEST.toMilliseconds() && milliseconds <= LONGEST.toMilliseconds()) return undefined;
  return {
    reason: 'is not between 50 milliseconds and 29 seconds, the bounds of API Gateway',
    remedy: 'choose a time between them; a function may run on for longer, and answer through the callback URL',
  };
}
