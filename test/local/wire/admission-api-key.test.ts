import { apiKeyError } from '../../../lib/local/protocol/api-key';

const apiKeys = [
  { id: 'k1', value: 'open-sesame', stages: ['production'] },
  { id: 'k2', value: 'unplanned', stages: [] },
];
const fromHeader = { selectionExpression: '$request.header.x-api-key', apiKeys, stage: 'production' };
const fromAuthorizer = {
  ...fromHeader,
  selectionExpression: '$context.authorizer.usageIdentifierKey',
  headers: { 'x-api-key': 'open-sesame' },
};

test('3.13: a key that a usage plan of the stage has opens the route, however the header is spelled', () => {
  // GIVEN
  const request = { ...fromHeader, headers: { 'X-Api-Key': 'open-sesame' } };

  // THEN
  expect(apiKeyError(request)).toBeUndefined();
});

test.each([
  [{}, 'the route requires an API key, but the header x-api-key has none'],
  [{ 'x-api-key': '' }, 'the route requires an API key, but the header x-api-key has none'],
  [{ 'x-api-key': 'guess' }, 'the API key in the header x-api-key is not a key of this API'],
  [{ 'x-api-key': 'unplanned' }, 'no usage plan opens stage production to the API key in the header x-api-key'],
])('3.13: %j is refused', (headers, complaint) => {
  expect(apiKeyError({ ...fromHeader, headers })).toBe(complaint);
});

test('3.13: a key for another stage is refused', () => {
  expect(apiKeyError({ ...fromHeader, stage: 'test', headers: { 'x-api-key': 'open-sesame' } }))
    .toBe('no usage plan opens stage test to the API key in the header x-api-key');
});

test('3.13: from the authorizer, the header does not count', () => {
  expect(apiKeyError({ ...fromAuthorizer, usageIdentifierKey: 'open-sesame' })).toBeUndefined();
  expect(apiKeyError({ ...fromAuthorizer, usageIdentifierKey: 'guess' }))
    .toBe('the API key in the usageIdentifierKey of the authorizer is not a key of this API');
  expect(apiKeyError(fromAuthorizer))
    .toBe('the route requires an API key, but the usageIdentifierKey of the authorizer has none');
});
