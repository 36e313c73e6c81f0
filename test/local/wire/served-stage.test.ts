import fc from 'fast-check';
import { ServedStage, Throttle, TokenBucket } from '../../../lib/local/wire/served-stage';
import { api, route, stage } from '../_helpers/local-server';

test('4.2.2: the route of a message is the named one, else $default, else none', () => {
  const withDefault = new ServedStage(api([route('send'), route('$default')]), stage());
  const without = new ServedStage(api([route('send')]), stage());
  const bodies = ['{"action":"send"}', '{"action":"nope"}', 'no JSON'];
  const keys = bodies.map((body) => [withDefault, without].map((one) => one.routeFor(body)?.routeKey));
  expect(keys).toEqual([['send', 'send'], ['$default', undefined], ['$default', undefined]]);
});

test('4.4.1: the reason why no route takes a message names the expression of the API', () => {
  const served = new ServedStage(api([route('send')], { routeSelectionExpression: '$request.body.type' }), stage());
  expect(served.noRouteReason('{"type":"dance","action":"send"}')).toBe('no route "dance" and no $default');
});

test('4.2.3: the routes, the expression, the models and the settings of a new synthesis hold from then on', () => {
  // GIVEN
  const modelled = route('send', { modelSelectionExpression: '$default', requestModels: { $default: 'Message' } });
  const once = stage({ defaultRouteSettings: { throttlingBurstLimit: 1, throttlingRateLimit: 0.001 } });
  const served = new ServedStage(api([modelled], { models: new Map([['Message', { required: ['text'] }]]) }), once);
  expect(served.bodyError(modelled, '{"action":"send"}')).toEqual(expect.any(String));
  expect([served.admits('send'), served.admits('send')]).toEqual([true, false]);

  // WHEN
  const newer = api([modelled], { models: new Map([['Message', { required: ['action'] }]]), routeSelectionExpression: '$request.body.type' });
  served.update(newer, stage());

  // THEN
  expect(served.bodyError(modelled, '{"action":"send"}')).toBeUndefined();
  expect([served.admits('send'), served.admits('send')]).toEqual([true, true]);
  expect([served.routeFor('{"action":"send"}'), served.routeFor('{"type":"send"}')]).toEqual([undefined, modelled]);
  expect([served.api, served.stage]).toEqual([newer, stage()]);
});

test('4.2.3: a stage that is gone from the app has no route left', () => {
  // GIVEN
  const served = new ServedStage(api([route('$default')]), stage());

  // WHEN
  served.retire();

  // THEN
  expect(served.routeFor('x')).toBeUndefined();
  expect(served.api.name).toBe('Api');
});

test('5.4.1: a route without a model selection expression takes anything', () => {
  const send = route('send', { requestModels: { $default: 'Message' } });
  expect(new ServedStage(api([send]), stage()).bodyError(send, 'no JSON')).toBeUndefined();
});

const none = { defaultRouteSettings: {}, routeSettings: {} };
const start = 1_700_000_000_000;

function taken(throttle: Throttle, routeKey: string, times: number, now: number): number {
  return Array.from({ length: times }, () => throttle.take(routeKey, now)).filter(Boolean).length;
}

test('8.2: a bucket gives its burst at once and then its rate', () => {
  // GIVEN
  const bucket = new TokenBucket(10, 2);

  // THEN
  expect([bucket.take(start), bucket.take(start), bucket.take(start)]).toEqual([true, true, false]);
  expect([bucket.take(start + 99), bucket.take(start + 100)]).toEqual([false, true]);
  expect([bucket.take(start + 10_000), bucket.take(start + 10_000), bucket.take(start + 10_000)]).toEqual([true, true, false]);
});

test('8.2: without settings nothing is refused: account quotas are not enforced', () => {
  expect(taken(new Throttle(none), 'send', 20_000, start)).toBe(20_000);
});

test('8.1, 8.2: settings above the account quotas are not cut to them', () => {
  // GIVEN
  const throttle = new Throttle({ defaultRouteSettings: { throttlingBurstLimit: 7000, throttlingRateLimit: 20_000 }, routeSettings: {} });

  // THEN
  expect(taken(throttle, 'send', 10_000, start)).toBe(7000);
  expect(taken(throttle, 'send', 10_000, start + 250)).toBe(5000);
});

test('8.1: a route\'s own settings override the default ones', () => {
  // GIVEN
  const throttle = new Throttle({
    defaultRouteSettings: { throttlingBurstLimit: 2, throttlingRateLimit: 1 },
    routeSettings: { send: { throttlingBurstLimit: 5 } },
  });

  // THEN
  expect(taken(throttle, 'send', 10, start)).toBe(5);
  expect(taken(throttle, 'other', 10, start)).toBe(2);
  // The rate of `send` is that of the stage.
  expect(taken(throttle, 'send', 10, start + 3000)).toBe(3);
});

test('8.1: the default settings are a limit for each route', () => {
  // GIVEN
  const throttle = new Throttle({ defaultRouteSettings: { throttlingBurstLimit: 1 }, routeSettings: {} });

  // THEN
  expect([throttle.take('a', start), throttle.take('b', start), throttle.take('a', start)]).toEqual([true, true, false]);
});

test('8.1: a limit of 0 closes the route', () => {
  // GIVEN
  const throttle = new Throttle({ defaultRouteSettings: {}, routeSettings: { send: { throttlingBurstLimit: 0, throttlingRateLimit: 0 } } });

  // THEN
  expect([throttle.take('send', start), throttle.take('send', start + 60_000)]).toEqual([false, false]);
});

test('8.1: a route named as objects are is one without settings', () => {
  expect(new Throttle(none).take('constructor', start)).toBe(true);
});

test('8.2: never more than the burst and what the rate added since, whatever the clock does', () => {
  fc.assert(fc.property(fc.nat(50), fc.nat(50), fc.array(fc.nat(10_000)), (rate, burst, times) => {
    // GIVEN
    const bucket = new TokenBucket(rate, burst);

    // WHEN
    const inOrder = [...times].sort((a, b) => a - b);
    const count = inOrder.filter((time) => bucket.take(start + time)).length;

    // THEN
    expect(count).toBeLessThanOrEqual(burst + rate * 10);
    expect(typeof bucket.take(start - 1000)).toBe('boolean');
  }));
});
