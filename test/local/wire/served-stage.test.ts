import { ServedStage } from '../../../lib/local/wire/served-stage';
import { api, route, stage } from '../_helpers/local-server';

test('4.2.2: the route of a message is the named one, else $default, else none', () => {
  const withDefault = new ServedStage(api([route('send'), route('$default')]), stage());
  const without = new ServedStage(api([route('send')]), stage());
  const bodies = ['{"action":"send"}', '{"action":"nope"}', 'no JSON'];
  const keys = bodies.map((body) => [withDefault, without].map((one) => one.routeFor(body)?.routeKey));
  expect(keys).toEqual([['send', 'send'], ['$default', undefined], ['$default', undefined]]);
});

test('4.4.1: where no route takes a message, it says why by the expression of the API', () => {
  const served = new ServedStage(api([route('send')], { routeSelectionExpression: '$request.body.type' }), stage());
  expect(served.noRouteReason('{"type":"dance","action":"send"}')).toBe('no route "dance" and no $default');
});

test('4.2.3: the routes, the expression, the models and the settings of a new synthesis hold from then on', () => {
  // GIVEN
  const modelled = route('send', { modelSelectionExpression: '$default', requestModels: { $default: 'Message' } });
  const once = stage({ defaultRouteSettings: { throttlingBurstLimit: 1, throttlingRateLimit: 0.001 } });
  const served = new ServedStage(api([modelled], { models: new Map([['Message', { required: ['text'] }]]) }), once);
  expect(served.bodyComplaint(modelled, '{"action":"send"}')).toEqual(expect.any(String));
  expect([served.admits('send'), served.admits('send')]).toEqual([true, false]);

  // WHEN
  const newer = api([modelled], { models: new Map([['Message', { required: ['action'] }]]), routeSelectionExpression: '$request.body.type' });
  served.update(newer, stage());

  // THEN
  expect(served.bodyComplaint(modelled, '{"action":"send"}')).toBeUndefined();
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
  expect(new ServedStage(api([send]), stage()).bodyComplaint(send, 'no JSON')).toBeUndefined();
});
