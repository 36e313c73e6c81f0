import * as fc from 'fast-check';

/** What a client may write, and a template must not stumble over. */
export const HOSTILE_TEXTS = [
  '{"action":"send","room":"a"}',
  '{"quote":"\\"","nested":{"a":[1,2]}}',
  'no JSON',
  'quotes " and \' and a backslash \\ and both \\\' \\"',
  '"},{"Source":"evil","Detail":"',
  '","body":"other","x":"',
  'line\nbreak\r\ntab\tbell\u0007null\u0000delete\u007f',
  'gr\u00fc\u00dfe \u65e5\u672c \ud83d\ude00 \u2028 \u2029',
  '$context.connectionId ${context.stage} $!input.body \\$context.stage #set($a = 1) #end ## #[[ ]]#',
  '\\u0041 \\n \\\\ \\',
  '&Action=DeleteMessage&MessageGroupId=other&x=%20+;',
  '</a><b>',
];

/** Any text. */
export const ANY_TEXT = fc.string({
  unit: fc.oneof(
    fc.constantFrom('"', "'", '\\', '$', '#', '{', '}', '&', '=', '+', '%', '\n', '\u0000', '/', ' ', '\u2028', 'u', '0'), fc.string({ unit: 'grapheme', maxLength: 1 }),
  ),
});
