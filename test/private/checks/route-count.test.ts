import { routeCountFault } from '../../../lib/private/checks/route-count';

test.each([1, 2, 299, 300])('%d routes are a service', (count) => {
  expect(routeCountFault(count)).toBeUndefined();
});

test('no route is refused', () => {
  expect(routeCountFault(0)).toEqual({
    reason: 'routes are not enough',
    remedy: "declare one, for example { $default: { handler: 'src/messages.fallback' } }",
  });
});

test.each([301, 1000])('%d routes are refused', (count) => {
  expect(routeCountFault(count)).toEqual({
    reason: 'routes are more than the 300 that API Gateway takes for one API',
    remedy: 'let one route serve several kinds of messages, or make a second service',
  });
});
