import * as fc from 'fast-check';
import { renderTemplate } from '../../../lib/local/integrations/mapping-template';
import { Checks } from '../../../lib/private/checks/checks';
import { checkValues, formValue, innerJsonString, jsonString } from '../../../lib/private/integrations/template-text';
import { ANY_TEXT, HOSTILE_TEXTS } from '../../_helpers/hostile-texts';
import { quickStack } from '../../_helpers/quick-app';

const rendered = (template: string, body = '') => renderTemplate(template, { body, context: { number: 5, none: null }, stageVariables: {} });
const fromForm = (text: string) => new URLSearchParams(`a=${text}`).get('a');

/** A text that starts with `$` is a variable. */
const LITERALS = HOSTILE_TEXTS.filter((text) => !text.startsWith('$'));

describe.each<[string, (value: string) => string, (text: string) => unknown]>([
  ['jsonString', jsonString, (text) => JSON.parse(text)],
  ['innerJsonString', (value) => `"${innerJsonString(value)}"`, (text) => JSON.parse(JSON.parse(text) as string)],
  ['formValue', formValue, fromForm],
])('%s', (_name, write, read) => {
  test.each(LITERALS)('of a literal: %j', (value) => {
    expect(read(rendered(write(value)))).toBe(value);
  });

  test('of any literal, and of any message', () => {
    fc.assert(fc.property(ANY_TEXT, (text) => {
      if (!text.startsWith('$')) expect(read(rendered(write(text)))).toBe(text);
      expect(read(rendered(write('$input.body'), text))).toBe(text);
    }));
  });

  test('of a number is its digits, of nothing is nothing', () => {
    expect(['$context.number', '$context.none', '$context.absent', '$stageVariables.absent'].map((value) => read(rendered(write(value))))).toEqual(['5', '', '', '']);
  });

  test('of a token is the token', () => {
    expect(write('${Token[TOKEN.1]}')).toContain('${Token[TOKEN.1]}');
  });
});

describe('checkValues', () => {
  const check = (value: string) => checkValues(new Checks(quickStack()), { a: value });

  test.each([
    '', 'text', 'costs 5$', '#1', '$context.connectionId', '$context.authorizer.principalId', '$stageVariables.two-words', '$input.body',
    "$input.path('$.a.b[0]')", "$input.json('$')", "$input.params('room')", '${Token[TOKEN.1]}',
  ])('%s is legal', (value) => {
    expect(() => check(value)).not.toThrow();
  });

  test.each([
    '$', '$context', '$context.', '$ctx.a', '$input.path("$.a")', "$input.path('$.a", "$input.path('$.a')$context.b", '$context.a and more',
    '$util.urlEncode($input.body)', '${context.connectionId}', '$!context.a', "$input.path('$.a').size()",
  ])('%s is refused', (value) => {
    expect(() => check(value)).toThrow(`: a: ${JSON.stringify(value)} is neither literal text nor one variable; use $context.<name>`);
  });
});
