import { renderTemplate } from '../../../lib/local/integrations/mapping-template';
import { Checks } from '../../../lib/private/checks/checks';
import { checkEnvelope, envelope, envelopeString } from '../../../lib/private/integrations/envelope';
import { CONTEXT, REQUEST_CONTEXT } from '../../_helpers/integration-parts';
import { quickStack } from '../../_helpers/quick-app';

const rendered = (template: string) => renderTemplate(template, { body: 'say "hi"', context: CONTEXT, stageVariables: {} });

test('has the message, and what a consumer needs to answer', () => {
  expect(JSON.parse(rendered(envelope()))).toEqual({ requestContext: REQUEST_CONTEXT, body: 'say "hi"' });
});

test('may be a string in other JSON', () => {
  expect(JSON.parse(JSON.parse(rendered(envelopeString({ a: 'b' }))) as string)).toEqual({ requestContext: REQUEST_CONTEXT, a: 'b', body: 'say "hi"' });
});

test.each(['requestContext', 'body'])('no attribute may replace %s', (name) => {
  expect(() => checkEnvelope(new Checks(quickStack()), { other: 'a', [name]: 'b' })).toThrow(new Error(
    `Stack: attributes: "${name}" is already a member of the event; choose another name`,
  ));
});
