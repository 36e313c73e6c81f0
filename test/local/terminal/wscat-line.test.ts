import { api, authorizer, DEV, route, stage } from './_helpers/served-app';
import type { Api } from '../../../lib/local/assembly/model';
import { wscatLine } from '../../../lib/local/terminal/wscat-line';

const URL = 'ws://localhost:3001/dev';

function authorizedBy(...identitySource: string[]): Api {
  return api([route('$connect', { authorization: { type: 'CUSTOM', authorizer: authorizer(...identitySource) } })]);
}

test.each([
  ['an API without $connect', api([]), `npx wscat -c ${URL}`],
  ['an API that anyone may connect to', api([route('$connect')]), `npx wscat -c ${URL}`],
])('%s needs the URL only', (_, served, line) => {
  expect(wscatLine(served, DEV, URL)).toBe(line);
});

test('3.3: the headers and the query of the identity sources are placeholders', () => {
  const served = authorizedBy(
    'route.request.header.Authorization', 'route.request.querystring.token', 'route.request.querystring.a b',
    'stageVariables.x', 'context.stage',
  );

  expect(wscatLine(served, DEV, URL)).toBe(`npx wscat -c "${URL}?token=VALUE&a%20b=VALUE" -H "Authorization: VALUE"`);
});

describe('3.13: an API key', () => {
  const connect = route('$connect', { apiKeyRequired: true });
  const apiKeys = [{ id: 'other', value: 'other-key', stages: ['prod'] }, { id: 'mine', value: 'my-key', stages: ['dev'] }];

  test('of the stage is in the line', () => {
    expect(wscatLine(api([connect], { apiKeys }), DEV, URL)).toBe(`npx wscat -c ${URL} -H "x-api-key: my-key"`);
  });

  test('is a placeholder if the stage has none', () => {
    expect(wscatLine(api([connect], { apiKeys }), stage('test'), URL)).toBe(`npx wscat -c ${URL} -H "x-api-key: VALUE"`);
  });

  test('that the authorizer names is not asked of the client', () => {
    const served = api([connect], { apiKeys, apiKeySelectionExpression: '$context.authorizer.usageIdentifierKey' });

    expect(wscatLine(served, DEV, URL)).toBe(`npx wscat -c ${URL}`);
  });
});
