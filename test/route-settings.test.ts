import { Lazy, Stack } from 'aws-cdk-lib';
import { Checks } from '../lib/private/checks/checks';
import { checkRouteSettings, routeSettings, WebsocketLoggingLevel, WebsocketRouteSettings } from '../lib/route-settings';

const check = (settings: unknown, property = ''): void => (
  checkRouteSettings(new Checks(new Stack(undefined, 'Stack'), property), settings as WebsocketRouteSettings)
);
const token = Lazy.number({ produce: () => 5 });

test.each<[WebsocketRouteSettings]>([
  [{}],
  [{ throttle: {} }],
  [{ throttle: { rateLimit: 0, burstLimit: 0 } }],
  [{ throttle: { rateLimit: 0.5, burstLimit: 5000 } }],
  [{ throttle: { rateLimit: token, burstLimit: token } }],
  ...Object.values(WebsocketLoggingLevel).map((loggingLevel): [WebsocketRouteSettings] => [{ loggingLevel }]),
  [{ loggingLevel: Lazy.string({ produce: () => 'INFO' }) as WebsocketLoggingLevel }],
  [{ detailedMetricsEnabled: true, dataTraceEnabled: false }],
])('legal: %j', (settings) => {
  expect(() => check(settings)).not.toThrow();
});

const rate = 'is not a number of requests a second; use 0 or more; leave it out for the limit of the account';
const burst = 'is not a whole number of requests; use 0 or more; leave it out for the limit of the account';

test.each<[unknown, string]>([
  [{ throttle: [] }, 'throttle: [] is not an object; use { rateLimit: 100, burstLimit: 200 }'],
  [{ throttle: null }, 'throttle: null is not an object; use { rateLimit: 100, burstLimit: 200 }'],
  [{ throttle: { rateLimit: -0.1 } }, `throttle.rateLimit: -0.1 ${rate}`],
  [{ throttle: { rateLimit: Infinity } }, `throttle.rateLimit: null ${rate}`],
  [{ throttle: { burstLimit: 0.5 } }, `throttle.burstLimit: 0.5 ${burst}`],
  [{ throttle: { burstLimit: '5' } }, `throttle.burstLimit: "5" ${burst}`],
  [{ loggingLevel: 'WARN' }, 'loggingLevel: "WARN" is not a logging level; use OFF, ERROR or INFO'],
])('refused: %j', (settings, message) => {
  expect(() => check(settings)).toThrow(new Error(`Stack: ${message}`));
  expect(() => check(settings, 'routes["a"]')).toThrow(new Error(`Stack: routes["a"].${message}`));
});

describe('routeSettings', () => {
  test('are the route settings among the options', () => {
    const options = { throttle: { rateLimit: 1 }, loggingLevel: undefined, dataTraceEnabled: false, memorySize: 128 };
    expect(routeSettings(options as WebsocketRouteSettings)).toEqual({ throttle: { rateLimit: 1 }, dataTraceEnabled: false });
  });
});
