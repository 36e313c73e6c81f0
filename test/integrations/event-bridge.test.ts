import { Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as fc from 'fast-check';
import { WebsocketEventBridgeIntegrationOptions, RouteIntegration } from '../../lib';
import { ANY_TEXT, HOSTILE_TEXTS } from '../_helpers/hostile-texts';
import { CONTEXT, IntegrationParts, REQUEST_CONTEXT, serviceCall } from '../_helpers/integration-parts';
import { quickStack } from '../_helpers/quick-app';

const ARN = 'arn:aws:events:eu-central-1:111111111111:event-bus/orders';

let stack: Stack;

beforeEach(() => { stack = quickStack(); });

function parts(options: Partial<WebsocketEventBridgeIntegrationOptions> = {}): IntegrationParts {
  const bus = events.EventBus.fromEventBusArn(stack, 'Bus', ARN);
  return new IntegrationParts(stack, RouteIntegration.eventBridge(bus, { source: 'chat', ...options }));
}

/** The one event of a request, with its detail parsed, as EventBridge does it. */
function eventOf(request: string): Record<string, unknown> {
  const { Entries: [entry, ...others], ...rest } = JSON.parse(request) as { Entries: Array<Record<string, unknown>> };
  expect([others, rest]).toEqual([[], {}]);
  return { ...entry, Detail: JSON.parse(entry.Detail as string) as unknown };
}

test('the integration, and a role that may put events on the bus and nothing else', () => {
  // WHEN
  const made = parts();

  // THEN
  expect(made.integration).toMatchObject(serviceCall({
    'integration.request.header.Content-Type': "'application/x-amz-json-1.1'",
    'integration.request.header.X-Amz-Target': "'AWSEvents.PutEvents'",
  }));
  expect(made.uri).toBe('arn:AWS::Partition:apigateway:eu-central-1:events:action/PutEvents');
  expect(made.statements).toEqual([{ Action: 'events:PutEvents', Effect: 'Allow', Resource: ARN }]);
});

test.each(['', ...HOSTILE_TEXTS])('the message is a string in the detail, and nothing else of the client is: %j', (body) => {
  expect(eventOf(parts().request(body))).toEqual({
    EventBusName: ARN, Source: 'chat', DetailType: CONTEXT.routeKey, Detail: { requestContext: REQUEST_CONTEXT, body },
  });
});

test('any text is a string in the detail', () => {
  const made = parts();
  fc.assert(fc.property(ANY_TEXT, (body) => {
    expect(eventOf(made.request(body)).Detail).toEqual({ requestContext: REQUEST_CONTEXT, body });
  }));
});

test('source, type and attributes are the user\'s, whatever is in them', () => {
  // WHEN
  const made = parts({
    source: '$stageVariables.source',
    detailType: 'it\'s "new" \\ #1',
    attributes: { 'room': "$input.path('$.room')", 'size': "$input.path('$.size')", 'costs #1 "$"': 'less than 5$ \\', 'none': "$input.path('$.none')" },
  });

  // THEN
  const body = JSON.stringify({ room: 'a"b\\\'c\n', size: 3 });
  expect(eventOf(made.request(body, { stageVariables: { source: 'shop' } }))).toEqual({
    EventBusName: ARN,
    Source: 'shop',
    DetailType: 'it\'s "new" \\ #1',
    Detail: { 'requestContext': REQUEST_CONTEXT, 'room': 'a"b\\\'c\n', 'size': '3', 'costs #1 "$"': 'less than 5$ \\', 'none': '', body },
  });
});

describe('refused is', () => {
  test.each<[string, object, string]>([
    ['the source of AWS services', { source: 'aws.chat' },
      'source: "aws.chat" starts with "aws.", which EventBridge reserves for events of AWS services; choose another name'],
    ['no source', { source: undefined }, 'source: (not set) does not name the source of the events; name what sends them, for example "chat"'],
    ['an attribute in the place of the message', { attributes: { body: 'x' } },
      'attributes: "body" is already a member of the event; choose another name'],
    ['a type that is neither a text nor a variable', { detailType: '$type' },
      'detailType: "$type" is neither literal text nor one variable; use $context.<name>, $stageVariables.<name>, $input.body, '
      + "$input.path('<JSONPath>') or $input.params('<name>'), or `requestTemplates` for more than that"],
  ])('%s', (_case, options, message) => {
    expect(() => parts(options)).toThrow(new Error(`Stack/Home: integration.${message}`));
  });
});
