import * as events from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { envelopeNameFault, envelopeString } from './envelope';
import { IntegrationSpec, Refuse } from './integration-plan';
import { allow, checkValues, environmentOf, jsonProtocol, memberOptions, serviceCall, serviceUri } from './service-call';
import { jsonString } from './template-text';

interface BusEvent {
  readonly source: string;
  readonly detailType?: string;
  readonly attributes?: { [name: string]: string };
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export function eventBridgeCall(scope: Construct, bus: events.IEventBus, event: BusEvent): IntegrationSpec {
  const { source, detailType = '$context.routeKey', attributes } = event;
  const members = [
    `"EventBusName":${jsonString(bus.eventBusArn)}`,
    `"Source":${jsonString(source)}`,
    `"DetailType":${jsonString(detailType)}`,
    `"Detail":${envelopeString(attributes)}`,
  ];
  return serviceCall({
    uri: serviceUri(scope, 'events', environmentOf(bus, bus.eventBusArn).region, 'action/PutEvents'),
    requestParameters: { ...jsonProtocol('1.1'), 'integration.request.header.X-Amz-Target': "'AWSEvents.PutEvents'" },
    requestTemplate: `{"Entries":[{${members.join(',')}}]}`,
    // A key of the bus is used by EventBridge itself, which the policy of the key allows.
    grant: (role) => allow(role, 'events:PutEvents', bus.eventBusArn),
  });
}

export function checkEventBridge(refuse: Refuse, { source, detailType, attributes }: BusEvent): void {
  if (typeof source !== 'string' || source === '') {
    refuse('source', source, { reason: 'is no source of an event', remedy: 'name what sends it, for example "chat"' });
  }
  if (/^aws\./i.test(source)) {
    refuse('source', source, { reason: 'begins as the events of AWS services do, which EventBridge takes from them only', remedy: 'choose another name' });
  }
  checkValues(refuse, { source, detailType });
  checkEnvelope(refuse, attributes);
}

/** The attributes beside `requestContext` and `body`. */
export function checkEnvelope(refuse: Refuse, attributes: { readonly [name: string]: string } = {}): void {
  for (const name of Object.keys(attributes)) {
    const fault = envelopeNameFault(name);
    if (fault) refuse('attributes', name, fault);
  }
  checkValues(refuse, memberOptions('attributes', attributes));
}
