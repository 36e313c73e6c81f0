import * as fc from 'fast-check';
import { renderTemplate } from '../../../lib/local/integrations/mapping-template';

const PETS = {
  pets: [{ id: 1, type: 'dog', price: 249.99 }, { id: 2, type: 'cat', price: 124.99 }],
  owner: { name: 'Ann O\'Neil "x"', none: null },
};

function rendered(template: string, others: Partial<Parameters<typeof renderTemplate>[1]> = {}): string {
  return renderTemplate(template, {
    body: JSON.stringify(PETS),
    context: { connectionId: 'PJqB0fHsqRcCHlw=', authorizer: { principalId: 'user-1', numKey: '1' }, requestTimeEpoch: 1701245041798 },
    stageVariables: { 'version': '7', 'two-words': 'x' },
    ...others,
  });
}

test.each([
  ['$input.body', JSON.stringify(PETS)],
  ["$input.json('$.pets[0]')", '{"id":1,"type":"dog","price":249.99}'],
  ["$input.json('$.owner.name')", '"Ann O\'Neil \\"x\\""'],
  ["$input.json('$')", JSON.stringify(PETS)],
  ["$input.json('$.nothing')", '""'],
  ["$input.json('$..id')", '[1,2]'],
  ["$input.json('$.pets[?(@.type == \"cat\")].id')", '[2]'],
  ["$input.path('$.pets').count()", '2'],
  ["$input.path('$.pets').size()", '2'],
  ["$input.path('$.pets.length()')", '2'],
  ["$input.path('$..price')[1]", '124.99'],
  ["$input.path('$.pets')[1].type", 'cat'],
  ["$input.path('$.pets').get(1).get('type')", 'cat'],
  ["$input.path('$.owner.name').length()", '14'],
  ["$input.path('$.nothing')", ''],
  ["$input.path('$.owner.none')", ''],
  ["$input.path('$.pets')", '[{id=1, type=dog, price=249.99}, {id=2, type=cat, price=124.99}]'],
  ["#set($root = $input.path('$'))$root.owner.name.substring(0, 3)", 'Ann'],
  ["#foreach($pet in $input.path('$.pets'))$pet.type#if($foreach.hasNext),#end#end", 'dog,cat'],
  ["#foreach($key in $input.path('$.owner').keySet())$key #end", 'name none '],
  ["#foreach($e in $input.path('$.pets')[0].entrySet())$e.key=$e.value $e.getKey()=$e.getValue() #end",
    'id=1 id=1 type=dog type=dog price=249.99 price=249.99 '],
  ['$context.connectionId', 'PJqB0fHsqRcCHlw='],
  ['$context.authorizer.principalId $context.authorizer.numKey $context.requestTimeEpoch', 'user-1 1 1701245041798'],
  ['$context.identity.userAgent', ''],
  ["$stageVariables.version ${stageVariables['two-words']} $stageVariables['version'] $stageVariables.get('version')", '7 x 7 7'],
  ['$stageVariables.nothing', ''],
  ["$util.escapeJavaScript($input.path('$.owner.name'))", 'Ann O\\\'Neil \\"x\\"'],
  ["$util.escapeJavaScript($input.path('$.owner.name')).replaceAll(\"\\\\'\",\"'\")", 'Ann O\'Neil \\"x\\"'],
  ["$util.urlEncode('a b&ü')", 'a+b%26%C3%BC'],
  ["$util.urlDecode('a+b%26%C3%BC')", 'a b&ü'],
  ["$util.base64Encode('hellö')", 'aGVsbMO2'],
  ["$util.base64Decode('aGVsbMO2')", 'hellö'],
  ['$unknown $!unknown ${unknown} $5', '$unknown  ${unknown} $5'],
  ["#set($m = {'a': 1})#set($m.b = 2)$!m.put('c', 3)$m", '{a=1, b=2, c=3}'],
  ['#set($l = [1, 2])#set($l[0] = 5)$l.add(3) $l', 'true [5, 2, 3]'],
  ["#if($input.path('$.pets').empty)none#else some#end", ' some'],
])('5.3.3: %s', (template, expected) => {
  expect(rendered(template)).toBe(expected);
});

test('5.3.3: $util.parseJson gives an object', () => {
  const body = JSON.stringify({ errorMessage: '{"key1":"var1","key2":{"arr":[1,2,3]}}' });

  expect(rendered("#set ($e = $util.parseJson($input.path('$.errorMessage')))\n{\n  \"v\" : $e.key2.arr[0]\n}", { body }))
    .toBe('{\n  "v" : 1\n}');
});

test('5.3.3: $input.params() has the query string and the headers of the handshake', () => {
  // GIVEN
  const handshake = { headers: { 'X-Room': 'h' }, query: { room: 'q' }, multiValueHeaders: {}, multiValueQuery: {} };
  const template = "$input.params('room') $input.params('X-Room') $input.params('no') $input.params().header.get('X-Room') "
    + '$input.params().querystring.room #foreach($type in $input.params().keySet())$type,#end';

  // WHEN
  const texts = [rendered(template, { handshake }), rendered("$input.params('room')|$input.params().header.x")];

  // THEN
  expect(texts).toEqual(['q h  h q path,querystring,header,', '|']);
});

test('5.3.3: a missing body is an empty object, a body that is not JSON has no paths', () => {
  expect(rendered("$input.body|$input.json('$')", { body: '' })).toBe('|{}');
  expect(rendered('$input.body', { body: 'hello' })).toBe('hello');
  expect(() => rendered("$input.json('$')", { body: 'hello' }))
    .toThrow(new Error('$input.json and $input.path need a body that is JSON: read $input.body instead'));
});

test('5.3.3: the error of a template that is not Velocity names the position', () => {
  expect(() => rendered('{\n#if($input.path('))
    .toThrow(new Error('it is not Velocity: Lexical error on line 2. Unrecognized text. {#if($input.path('));
});

test('a template changes only copies', () => {
  // GIVEN
  const context = { authorizer: { principalId: 'user-1' } };
  const stageVariables = { a: '1' };

  // WHEN
  const text = rendered(
    "#set($context.authorizer.principalId = 'x')$stageVariables.put('a', '2') $context.authorizer.principalId $stageVariables.a",
    { context, stageVariables },
  );

  // THEN
  expect(text).toBe('1 x 2');
  expect([context, stageVariables]).toEqual([{ authorizer: { principalId: 'user-1' } }, { a: '1' }]);
});

test.each([
  ['$input.constructor', ''],
  ['$input.body.constructor', ''],
  ["$input.body.constructor('return 1')", ''],
  ["#set($f = $input.path.constructor)$f('return process')", "$f('return process')"],
  ["$input.path('$.constructor') $input.path('$.__proto__') $input.path('$.pets.constructor')", '  '],
  ["#set($k = 'constructor')$context[$k] $context.get($k)", ' '],
  ['#set($x = {})$x.__proto__ $x.hasOwnProperty("a") $x.prototype', '$x.__proto__ $x.hasOwnProperty("a") $x.prototype'],
  ['#set($x = {})$x.toString.call("a")', '$x.toString.call("a")'],
  ['#foreach($i in [1])$constructor $toString $i.constructor#end', '$constructor $toString $i.constructor'],
  ['#set($constructor = 1)#set($__proto__.polluted = 1)$constructor', '$constructor'],
  ["#set($x = {})#set($x.__proto__.polluted = 1)#set($x['constructor'].polluted = 1)$x.polluted", '$x.polluted'],
  ["#set($s = 'a')#set($s.constructor.polluted = 1)#set($l = [])#set($l.push.polluted = 1)$l", '[]'],
  ["#constructor('a')#eval('$input.body')#hasOwnProperty('a')#include('a')#parse('a')", ''],
  ["#set($m = {})$!m.put('__proto__', 1)#set($m.toString = 2)$m", '{__proto__=1, toString=2}'],
  ["$input $util #set($input.body = 'x')$input.body.isEmpty()", '{} {} false'],
  ['$util.getClass() $input.body.getClass() $input.eval', '  '],
  ["$input.class $input.class.forName('java.lang.Runtime') $context.class.constructor $stageVariables.getClass()", '   '],
  ["#set($s = '')$s.constructor.constructor('return process') $s.class.inspect($s)",
    "$s.constructor.constructor('return process') $s.class.inspect($s)"],
  ["#set($e = $util.parseJson('{\"__proto__\": {\"polluted\": 1}, \"constructor\": {\"prototype\": {\"polluted\": 1}}}'))"
    + '#set($m = {})$!m.putAll($e)#set($m.constructor.prototype.polluted = 2)#set($m.__proto__.polluted = 2)$m.polluted', '$m.polluted'],
  ["#set($e = $util.parseJson('{\"__proto__\": [1]}'))#foreach($k in $e.keySet())$k $e.get($k) $e[$k]#end", '__proto__ [1] [1]'],
  ["#evaluate('#set($x = 1)$x')#include('/etc/passwd')#parse('/etc/passwd')$x", '$x'],
  ['#macro(constructor $x)#set($x.polluted = 1)#end#constructor({})#macro(__proto__)a#end#__proto__()$polluted', '#__proto__()$polluted'],
  ["#set($x = \"$input.constructor.constructor('return 1')\")$x#set($y = \"#set($z = 1)$z\")$y", '1'],
  ['#define($__proto__)a#end#define($constructor)b#end$__proto__ $constructor $toString', '$__proto__ $constructor $toString'],
])('5.3.3: a template reaches nothing of JavaScript: %s', (template, expected) => {
  expect(rendered(template)).toBe(expected);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

const LONG = JSON.stringify({
  n: '50000000',
  text: `${'a'.repeat(50)}!`,
  pattern: '(a+)+$',
  big: 'a'.repeat(100_000),
  list: Array.from({ length: 1_001 }, (_none, i) => i),
  groups: '$1'.repeat(30_000),
});
const ITERATIONS = 'a #foreach has more than 1000 iterations, the quota of API Gateway';
const ITEMS = 'it makes a list of more than 100000 items';
const CHARACTERS = 'it makes more than 8388608 characters';
/** A list that is small in memory and endless as text. */
const WIDE = '#set($l = [$input.path("$.big")])#foreach($i in [1..60])#set($l = [$l, $l])#end';
const DEEP = 'its macros, blocks and strings are nested deeper than 100 levels';

test.each([
  ['#foreach($i in [1..1001])x#end', ITERATIONS],
  ["#foreach($i in $input.path('$.list'))x#end", ITERATIONS],
  ['#foreach($i in [1..50000000])x#end', ITEMS],
  ["#foreach($i in [1..$input.path('$.n')])x#end", ITEMS],
  ['#set($l = [1, 2])#foreach($i in [1..1000])#set($x = $l.addAll($l))#end$l', ITEMS],
  ['#set($x = "aaaaaaaaaa")#foreach($i in [1..1000])#set($x = "$x$x")#end', CHARACTERS],
  ['#set($x = "aaaaaaaaaa")#foreach($i in [1..1000])#set($x = $x + $x)#end', CHARACTERS],
  ["#set($x = 'aaaaaaaaaa')#foreach($i in [1..1000])#set($x = $x.concat($x))#end", CHARACTERS],
  ["$input.path('$.big').replace('a', $input.path('$.big'))", CHARACTERS],
  ["$input.path('$.big').replace('', $input.path('$.big'))", CHARACTERS],
  ["$input.path('$.big').replaceAll('a', $input.path('$.big'))", CHARACTERS],
  ['#foreach($i in [1..1000])$input.body#end', CHARACTERS],
  ["#set($keep = [])#set($l = $input.path('$.big').split(''))#foreach($i in [1..1000])#set($x = $keep.add($l.subList(0, 9999)))#end", CHARACTERS],
  ['#macro(m)#m()#end#m()', DEEP],
  ['#macro(m $d)#m($d)#m($d)#end#m(1)', DEEP],
  ['#define($a)$a$a#end$a', DEEP],
  [`${WIDE}#if($l == 'x')#end`, CHARACTERS],
  [`${WIDE}#if(($l) != 'x' || 1 > $l)#end`, CHARACTERS],
  [`${WIDE}#set($x = $l * 2)`, CHARACTERS],
  [`${WIDE}#set($x = 'x' + $l)`, CHARACTERS],
  [`${WIDE}#set($m = {})#set($m[$l] = 1)`, CHARACTERS],
  [`${WIDE}#set($m = {})$m[$l]`, CHARACTERS],
])('5.3.3: a template ends, however much it repeats: %s', (template, message) => {
  expect(() => rendered(template, { body: LONG })).toThrow(new Error(message));
});

const SLOW = 'it took longer than 200 ms, the limit for work that blocks the only thread of the gateway';

test.each([
  ['#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])#end#end#end', SLOW],
  ['#set($l = [1, 2])#foreach($i in [1..60])#set($l = [$l, $l])#end$l', SLOW],
  ['#set($l = [1])#set($x = $l.add($l))$l', SLOW],
  ["$input.path('$.text').matches($input.path('$.pattern'))",
    'the regular expression /^(?:(a+)+$)$/ took longer than 200 ms, the limit for work that blocks the only thread of the gateway'],
  ["#foreach($i in [1..100])$input.path('$.text').replaceFirst('^(a+)+$', '')#end",
    'the regular expression /^(a+)+$/ took longer than 200 ms, the limit for work that blocks the only thread of the gateway'],
  ["$input.path('$.big').replaceAll('a', $input.path('$.groups'))", SLOW],
])('5.3.3: a template ends, however long it takes: %s', (template, message) => {
  expect(() => rendered(template, { body: LONG })).toThrow(new Error(message));
});

test.each([
  ['#foreach($i in [1..1000])x#end', 'x'.repeat(1_000)],
  ["#foreach($i in $input.path('$.list'))#if($foreach.count == 1000)#break#end#end$foreach.count", '$foreach.count'],
  ['#foreach($i in [3..1])$i#end#foreach($i in [1..1])$i#end', '3211'],
  ['#set($m = {"a": 1, "b": 2})#foreach($i in $m)$i#end$foreach.count', '12$foreach.count'],
  ['#set($m = {"a": 1, "b": 2})#foreach($i in $m)#break#end#foreach($i in [1, 2])$i#end', '12'],
  ['#foreach($i in [1, 2])#foreach($j in [3, 4])$i$j#if($j == 3)#break#end#end#end', '1323'],
  ["#set($x = 'x')#foreach($i in [1..100])#set($x = \"$x.\")#end$x.length()", '101'],
  ["#foreach($i in [1..100])#if($input.path('$.big') != '')#end#end$input.path('$.big').length()", '100000'],
  ["$input.path('$.text').replaceAll('(a)(b)?', '[$1$2$0$3]').substring(0, 6)", '[aa$3]'],
  ["$input.path('$.text').replaceFirst('a+', '$$').replace('!', '$1').replaceAll('x', 'y')", '$$1'],
  ['#set($m = {"__proto__": {"a": 1}, "b": 2})$m.a $m.get("b")', '$m.a 2'],
  [`${WIDE}"abc".charAt(0) #set($x = 'abc')$x.charAt($l) #foreach($i in [$l..$l])x#end#if(!$l)y#end#if($l && true)z#end`, '"abc".charAt(0) a z'],
])('5.3.3: within the bounds: %s', (template, expected) => {
  expect(rendered(template, { body: LONG })).toBe(expected);
});

test.each([
  "$[?(@.constructor.constructor('globalThis.ran = 1')())]",
  "$..[?(''.constructor.constructor('globalThis.ran = 1')())]",
  '$[?(globalThis.ran = 1)]',
  '$[(globalThis.ran = 1)]',
  '$.constructor.constructor',
  '$.__proto__.constructor',
  '$.p.constructor("globalThis.ran = 1")',
])('4.1.3: a client that chooses the path runs nothing and reaches nothing: %s', (p) => {
  let text = '';
  try {
    text = rendered("$input.path($input.path('$.p'))", { body: JSON.stringify({ p, list: [{}] }) });
  } catch (thrown) {
    expect((thrown as Error).message).toMatch(/^the JSONPath \$/);
  }
  expect(text).toBe('');
  expect(globalThis).not.toHaveProperty('ran');
});

test('5.3.3: no template and no body throws anything but an error with a message', () => {
  const pieces = fc.constantFrom(
    '$', '#', '{', '}', '(', ')', '[', ']', '.', "'", '"', 'input', '$input.path(', '$input.json(', "'$.a'", '#set(', '#if(', '#end',
    '#foreach(', '$x in ', '$util.', 'parseJson', 'constructor', '__proto__', '$x', ' = ', '1', '..', '\\', '\n', '$.a[?(', '@', '*',
    '#macro(m $x)', '#m($x)', '#define($x)', '.class', '.getClass()', '.put("__proto__", ', '.eval(', '"$x"', '#evaluate(', 'prototype',
  );
  const prototypes = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
  const before = prototypes.map(Object.getOwnPropertyNames);
  fc.assert(fc.property(fc.array(pieces, { maxLength: 12 }), fc.oneof(fc.string(), fc.json()), (parts, body) => {
    try {
      expect(typeof rendered(parts.join(''), { body })).toBe('string');
    } catch (thrown) {
      expect(typeof (thrown as Error).message).toBe('string');
    }
  }), { numRuns: 500 });
  expect(prototypes.map(Object.getOwnPropertyNames)).toEqual(before);
});
