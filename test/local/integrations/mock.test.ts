import { RecordingInvoker, requestFor } from './_helpers/requests';
import type { IntegrationResponse } from '../../../lib/local/assembly/model';
import { runIntegration } from '../../../lib/local/integrations/run-integration';

const NOBODY = new RecordingInvoker('never');
const OK = { type: 'MOCK', requestTemplates: { 200: '{"statusCode":200}' }, templateSelectionExpression: '200' } as const;

test('2.12: a mock answers with the status of its request template', async () => {
  expect(await runIntegration(requestFor(OK), NOBODY)).toEqual({ ok: true, status: 200, headers: {}, body: '' });
});

test.each([
  [{ $default: '{"statusCode":401}' }, '\\$default'],
  [{ 'application/json': '{"statusCode":401}' }, '\\$default'],
  [{ 'application/json': '{"statusCode":401}' }, undefined],
  [{ 'application/json': '{"statusCode":"401"}' }, 'text/plain'],
])('5.3.1: the templates %j with the expression %p', async (requestTemplates, templateSelectionExpression) => {
  expect(await runIntegration(requestFor({ type: 'MOCK', requestTemplates, templateSelectionExpression }), NOBODY))
    .toMatchObject({ ok: true, status: 401 });
});

test.each(['{"statusCode":"many"}', '{"statusCode":1000}', '{}', 'null', '', '[200]'])(
  '2.12: a request template that gives %p instead of a status', async (template) => {
    expect(await runIntegration(requestFor({ type: 'MOCK', requestTemplates: { $default: template } }), NOBODY)).toEqual({
      ok: false,
      message: 'Internal server error',
      kind: 'misconfigured',
      reason: 'the request template of SendIntegration must give a status, as {"statusCode": 200}',
    });
  });

test.each([
  ['hello', 'hello'],
  [`{"statusCode": ,\n"x": "${'y'.repeat(100)}"}`, `{"statusCode": , "x": "${'y'.repeat(77)}...`],
])('2.12: a request template that renders no JSON: %j', async (template, quoted) => {
  expect(await runIntegration(requestFor({ type: 'MOCK', requestTemplates: { $default: template } }), NOBODY)).toMatchObject({
    kind: 'misconfigured', reason: `the request template of SendIntegration rendered no JSON: ${quoted}`,
  });
});

test('5.3.5, 5.3.6: the status chooses the integration response, and it its template', async () => {
  // GIVEN
  const responses: readonly IntegrationResponse[] = [
    { key: '/4\\d\\d/', responseTemplates: { $default: 'refused' } },
    {
      key: '200',
      templateSelectionExpression: '${integration.response.statuscode}',
      responseTemplates: { 200: '{"id":"$context.connectionId"}' },
    },
    { key: '$default', responseTemplates: { $default: 'other' } },
  ];
  const answer = (statusCode: number) =>
    runIntegration(requestFor({ type: 'MOCK', requestTemplates: { $default: `{"statusCode":${statusCode}}` }, responses }), NOBODY);

  // WHEN
  const outcomes = await Promise.all([200, 404, 500].map(answer));

  // THEN
  expect(outcomes).toEqual([
    { ok: true, status: 200, headers: {}, body: '{"id":"PJqB0fHsqRcCHlw="}' },
    { ok: true, status: 404, headers: {}, body: 'refused' },
    { ok: true, status: 500, headers: {}, body: 'other' },
  ]);
});

test('5.3.6: the message may select the template of the answer', async () => {
  const responses = [{
    key: '$default',
    templateSelectionExpression: '$request.body.format',
    responseTemplates: { short: 's', long: 'l' },
  }];

  expect(await runIntegration(requestFor({ ...OK, responses }, { body: '{"format":"long"}' }), NOBODY)).toMatchObject({ body: 'l' });
});

test('5.3.5: a mock without an integration response is an Internal server error', async () => {
  expect(await runIntegration(requestFor({ ...OK, responses: [] }), NOBODY)).toEqual({
    ok: false,
    message: 'Internal server error',
    kind: 'noIntegrationResponse',
    reason: 'no integration response of SendIntegration matches "200" (it has none): add the integration response $default',
  });
});
