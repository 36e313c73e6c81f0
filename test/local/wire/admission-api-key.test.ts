import { apiKeyError } from '../../../lib/local/wire/admission';
import { ServedStage } from '../../../lib/local/wire/served-stage';
import { api, stage } from '../_helpers/local-server';

const apiKeys = [
  { id: 'k1', value: 'open-sesame', stages: ['production'] },
  { id: 'k2', value: 'unplanned', stages: [] },
];

/** The error for a request to a stage of an API that takes keys from the header `x-api-key`. */
function errorOf(headers: Record<string, string>, stageName = 'production'): string | undefined {
  return apiKeyError({ served: new ServedStage(api([], { apiKeys }), stage({ name: stageName })), headers });
}

test('3.13: a key that a usage plan of the stage has opens the route, however the header is spelled', () => {
  expect(errorOf({ 'X-Api-Key': 'open-sesame' })).toBeUndefined();
});

test.each([
  [{}, 'the route requires an API key, but the header x-api-key has none'],
  [{ 'x-api-key': '' }, 'the route requires an API key, but the header x-api-key has none'],
  [{ 'x-api-key': 'guess' }, 'the API key in the header x-api-key is not a key of this API'],
  [{ 'x-api-key': 'unplanned' }, 'no usage plan opens stage production to the API key in the header x-api-key'],
])('3.13: %j is refused', (headers, error) => {
  expect(errorOf(headers)).toBe(error);
});

test('3.13: a key for another stage is refused', () => {
  expect(errorOf({ 'x-api-key': 'open-sesame' }, 'test')).toBe('no usage plan opens stage test to the API key in the header x-api-key');
});

test('3.13: from the authorizer, the header does not count', () => {
  // GIVEN
  const selection = { apiKeys, apiKeySelectionExpression: '$context.authorizer.usageIdentifierKey' };
  const handshake = { served: new ServedStage(api([], selection), stage({ name: 'production' })), headers: { 'x-api-key': 'open-sesame' } };

  // THEN
  expect(apiKeyError(handshake, 'open-sesame')).toBeUndefined();
  expect(apiKeyError(handshake, 'guess')).toBe('the API key in the usageIdentifierKey of the authorizer is not a key of this API');
  expect(apiKeyError(handshake)).toBe('the route requires an API key, but the usageIdentifierKey of the authorizer has none');
});
