import * as fc from 'fast-check';
import { renderTemplate } from '../../../lib/local/integrations/mapping-template';
import { formValue, innerJsonString, jsonString } from '../../../lib/private/integrations/template-text';
import { ANY_TEXT, HOSTILE_TEXTS } from '../../_helpers/hostile-texts';

const rendered = (template: string, body = '') => renderTemplate(template, { body, context: { number: 5, none: null }, stageVariables: {} });
const fromForm = (text: string) => new URLSearchParams(`a=${text}`).get('a');

/** What starts like a variable is one. */
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
