import * as fc from 'fast-check';
import { RecordingInvoker, requestFor, returned } from './_helpers/requests';
import type { Integration } from '../../../lib/local/assembly/model';
import { runIntegration } from '../../../lib/local/integrations/run-integration';

const expression = fc.oneof(
  fc.string(),
  fc.constantFrom('$request.body.a', '${request.body.a[?(}', '\\$default', '${integration.response.header.x}', '$input.json("$.a")'),
);
const dictionary = (keys: fc.Arbitrary<string>) => fc.dictionary(keys, expression, { maxKeys: 3 });

const integration: fc.Arbitrary<Partial<Integration>> = fc.record({
  type: fc.constantFrom('AWS', 'MOCK', 'AWS_PROXY'),
  target: fc.constant({ type: 'function', functionId: 'f' } as const),
  requestTemplates: dictionary(fc.constantFrom('$default', 'a', 'application/json', '__proto__')),
  requestParameters: fc.dictionary(
    fc.constantFrom('integration.request.header.X', 'integration.request.path.__proto__', 'integration.request.querystring.q', 'x'),
    fc.constantFrom('route.request.body.a', 'route.request.body.[?(', "'x'", 'context.constructor', 'stageVariables.__proto__', ''),
  ),
  templateSelectionExpression: expression,
  passthroughBehavior: fc.constantFrom('WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'),
  responses: fc.array(fc.record({
    key: fc.constantFrom('$default', '/2../', '/(/', '', '200'),
    responseTemplates: dictionary(fc.constantFrom('$default', 'a')),
    templateSelectionExpression: expression,
  }), { maxLength: 2 }),
});

test('4.4.9: no integration, message or result rejects', async () => {
  await fc.assert(fc.asyncProperty(integration, fc.oneof(fc.string(), fc.json()), fc.jsonValue(), async (properties, body, result) => {
    const outcome = await runIntegration(requestFor(properties, { body }), new RecordingInvoker(returned(result)));

    expect(outcome.ok ? typeof outcome.body : outcome.reason.split('\n').length).toEqual(outcome.ok ? 'string' : 1);
  }), { numRuns: 300 });
});

test.each<Integration['type']>(['AWS_PROXY', 'AWS', 'MOCK', 'HTTP', 'HTTP_PROXY'])('2.5: %s with a backend that is not served fails with the reason', async (type) => {
  const request = requestFor({ type, target: { type: 'none', reason: 'behind a VPC link' } });

  expect(await runIntegration(request, new RecordingInvoker('never'))).toEqual({
    ok: false, message: 'Internal server error', kind: 'notInvocable', reason: 'behind a VPC link',
  });
});
