import * as events from 'aws-cdk-lib/aws-events';
import { ServiceIntegrationOptions } from './integration-options';
import { Checks } from '../private/checks/checks';
import { constructWith } from '../private/checks/kind';
import { checkEnvelope, envelopeString } from '../private/integrations/envelope';
import { IntegrationPlan } from '../private/integrations/integration-plan';
import { allow, environmentOf, jsonProtocol, serviceCall, serviceUri } from '../private/integrations/service-call';
import { checkValues, jsonString } from '../private/integrations/template-text';

/**
 * Options of `RouteIntegration.eventBridge`. Values may be variables of a mapping template, such as `$context.routeKey`.
 *
 * @example
 * RouteIntegration.eventBridge(bus, { source: 'shop', detailType: 'Look' });
 */
export interface WebsocketEventBridgeIntegrationOptions extends ServiceIntegrationOptions {
  /**
   * The `source` of the event: literal text or one variable.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
   */
  readonly source: string;

  /**
   * The `detail-type` of the event: literal text or one variable.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
   * @default '$context.routeKey'
   */
  readonly detailType?: string;

  /**
   * More members of `detail`, in addition to `requestContext` and `body`, each literal text or one variable. Rules can match these
   * members, but nothing inside `body`, which is a string.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
   * @default - no more members
   */
  readonly attributes?: { [name: string]: string };
}

const BUS = constructWith('an event bus', 'eventBusArn', "events.EventBus.fromEventBusArn(this, 'Imported', arn) for an ARN");

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export function eventBridgeIntegration(bus: events.IEventBus, options: WebsocketEventBridgeIntegrationOptions): IntegrationPlan {
  return {
    factory: 'eventBridge',
    struct: 'WebsocketEventBridgeIntegrationOptions',
    options,
    target: { name: 'bus', value: bus, kind: BUS },
    check: (checks) => checkEvent(checks, options),
    define: (scope) => serviceCall({
      uri: serviceUri(scope, 'events', environmentOf(bus, bus.eventBusArn).region, 'action/PutEvents'),
      requestParameters: { ...jsonProtocol('1.1'), 'integration.request.header.X-Amz-Target': "'AWSEvents.PutEvents'" },
      requestTemplate: `{"Entries":[${entryOf(bus, options)}]}`,
      // EventBridge itself uses a key of the bus, and the policy of the key allows that.
      grant: (role) => allow(role, 'events:PutEvents', bus.eventBusArn),
    }),
  };
}

function entryOf(bus: events.IEventBus, options: WebsocketEventBridgeIntegrationOptions): string {
  const { source, detailType = '$context.routeKey', attributes } = options;
  const members = [
    `"EventBusName":${jsonString(bus.eventBusArn)}`,
    `"Source":${jsonString(source)}`,
    `"DetailType":${jsonString(detailType)}`,
    `"Detail":${envelopeString(attributes)}`,
  ];
  return `{${members.join(',')}}`;
}

function checkEvent(checks: Checks, { source, detailType, attributes }: WebsocketEventBridgeIntegrationOptions): void {
  if (typeof source !== 'string' || source === '') {
    checks.refuse('source', source, {
      reason: 'does not name the source of the events', remedy: 'name what sends them, for example "chat"',
    });
  }
  if (/^aws\./i.test(source)) {
    checks.refuse('source', source, {
      reason: 'starts with "aws.", which EventBridge reserves for events of AWS services', remedy: 'choose another name',
    });
  }
  checkValues(checks, { source, detailType });
  checkEnvelope(checks, attributes);
}
