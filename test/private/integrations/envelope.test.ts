import { renderTemplate } from '../../../lib/local/integrations/mapping-template';
import { envelope, envelopeNameFault, envelopeString } from '../../../lib/private/integrations/envelope';
import { CONTEXT, REQUEST_CONTEXT } from '../../_helpers/integration-parts';

const rendered = (template: string) => renderTemplate(template, { body: 'say "hi"', context: CONTEXT, stageVariables: {} });

test('is the message with what it takes to answer', () => {
  expect(JSON.parse(rendered(envelope()))).toEqual({ requestContext: REQUEST_CONTEXT, body: 'say "hi"' });
});

test('is the same as a string in JSON', () => {
  expect(JSON.parse(JSON.parse(rendered(envelopeString({ a: 'b' }))) as string)).toEqual({ requestContext: REQUEST_CONTEXT, a: 'b', body: 'say "hi"' });
});

test('has members of its own that no attribute may replace', () => {
  expect(['requestContext', 'body', 'other'].map((name) => envelopeNameFault(name)?.reason)).toEqual([
    'is a member that is there already', 'is a member that is there already', undefined,
  ]);
});
