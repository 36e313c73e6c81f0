import fc from 'fast-check';
import { chooseRoute, noRouteReason, routeSelector, selectionError } from '../../../lib/local/protocol/route-selection';

const chat = '{"service":"chat","action":"join","data":{"room":1}}';

describe('grammar', () => {
  test.each([
    ['$request.body.action', 'join'],
    ['${request.body.action}', 'join'],
    ['${request.body.service}/${request.body.action}', 'chat/join'],
    ['v1-${request.body.action}!', 'v1-join!'],
    ['$request.body.data.room', '1'],
    ['static', 'static'],
    ['\\$default', '$default'],
    ['\\$${request.body.action}', '$join'],
  ])('4.1.1: %s selects %j', (expression, value) => {
    expect(routeSelector(expression)(chat)).toBe(value);
    expect(selectionError(expression)).toBeUndefined();
  });

  test('4.1.1: what a message holds is never an expression itself', () => {
    expect(routeSelector('${request.body.a}')('{"a":"${request.body.b}","b":"x"}')).toBe('${request.body.b}');
  });

  test.each([
    ['$request.body.nope', ''],
    ['${request.body.action}-${request.body.nope}', 'join-'],
    ['$request.body.action.length', ''],
    ['$request.body.toString', ''],
    ['$request.body.__proto__.constructor', ''],
    ['$request.body[\'constructor\']', ''],
  ])('4.1.2: %s finds nothing: %j', (expression, value) => {
    expect(routeSelector(expression)(chat)).toBe(value);
  });

  test.each([
    ['$request.body.action', '{"action":1}', '1'],
    ['$request.body.action', '{"action":true}', 'true'],
    ['$request.body.action', '{"action":null}', ''],
    ['$request.body.action', '{"action":["item1","item2"]}', '[item1, item2]'],
    ['$request.body.action', '{"action":{"a":1,"b":[null,"x"]}}', '{a=1, b=[null, x]}'],
    ['$request.body.items[0].name', '{"items":[{"name":"a"},{"name":"b"}]}', 'a'],
    ['$request.body.items[*].name', '{"items":[{"name":"a"},{"name":"b"}]}', '[a, b]'],
    ['$request.body..name', '{"items":[{"name":"a"},{"name":"b"}]}', '[a, b]'],
    ['$request.body.items[?(@.size>1)].name', '{"items":[{"name":"a","size":1},{"name":"b","size":2}]}', '[b]'],
    ['$request.body[\'my action\']', '{"my action":"x"}', 'x'],
    ['$request.body.my-action', '{"my-action":"x"}', 'x'],
    ['$request.body.items.length', '{"items":[1]}', ''],
    ['$request.body.action', '{"__proto__":{"action":"x"}}', ''],
    ['$request.body.action', '"action"', ''],
    ['$request.body[0]', 'null', ''],
  ])('4.1.3: %s of %s selects %j', (expression, body, value) => {
    expect(routeSelector(expression)(body)).toBe(value);
  });

  test.each([
    ['$request.body.items[?(@.constructor.constructor("return process")().exit())]',
      'is not a route selection expression: the JSONPath $.items[?(@.constructor.constructor("return process")().exit())]'
      + ' calls constructor(): the only functions are length() and size(), at the end'],
    ['$request.body.items[?(', 'is not a route selection expression: $.items[?( is not a JSONPath'],
  ])('4.1.3: %s selects nothing, for a reason that is given', (expression, expected) => {
    expect(selectionError(expression)).toBe(`${expression} ${expected}`);
    expect(routeSelector(expression)('{"items":[{"a":1}]}')).toBeUndefined();
  });

  test.each([
    ['', 'the route selection expression is empty: '],
    ['$request.header.x', '$request.header.x is not a route selection expression: '],
    ['$request.body', '$request.body is not a route selection expression: '],
    ['$request.body.', '$request.body. is not a route selection expression: '],
    ['$request.bodyaction', '$request.bodyaction is not a route selection expression: '],
    ['$context.connectionId', '$context.connectionId is not a route selection expression: '],
    ['a${request.querystring.x}', '${request.querystring.x} is not a variable of a route selection expression: '],
    ['${}', '${} is not a variable of a route selection expression: '],
  ])('4.1.5: %j is not a route selection expression, and selects nothing', (expression, expected) => {
    expect(selectionError(expression))
      .toBe(`${expected}a route is selected by $request.body.<path>, \${request.body.<path>} and plain text only`);
    expect(routeSelector(expression)(chat)).toBeUndefined();
  });
});

describe('evaluation', () => {
  test.each(['hello', '', '{"action":"sendMessage", body:"hello"}', '{'])('4.2.1: %j is not JSON and selects nothing', (body) => {
    expect(routeSelector('$request.body.action')(body)).toBeUndefined();
    expect(routeSelector('static')(body)).toBeUndefined();
  });

  test.each([
    ['join', 'join'],
    ['Join', '$default'],
    ['', '$default'],
    [undefined, '$default'],
    ['$default', '$default'],
  ])('4.1.4, 4.2.2: %j goes to %s', (value, routeKey) => {
    expect(chooseRoute(value, new Set(['$connect', '$disconnect', '$default', 'join']))).toBe(routeKey);
  });

  test.each(['leave', '', undefined, '$default'])('4.2.2, 4.4.1: without $default no route takes %j', (value) => {
    expect(chooseRoute(value, new Set(['$connect', 'join']))).toBeUndefined();
  });

  test.each([
    ['dance', 'no route "dance" and no $default'],
    ['a\n"b', 'no route "a\\n\\"b" and no $default'],
    ['x'.repeat(101), `no route "${'x'.repeat(100)}..." and no $default`],
    ['', 'the message has no value for $request.body.action, and there is no $default'],
    ['$connect', 'a message cannot select $connect (4.1.4), and there is no $default'],
    [undefined, 'the message is not JSON (4.2.1), and there is no $default'],
  ])('4.4.1: the reason why no route takes %j', (value, reason) => {
    expect(noRouteReason('$request.body.action', value)).toBe(reason);
  });

  test('4.1.5, 4.4.1: the expression may be the reason', () => {
    expect(noRouteReason('$request.header.x', undefined)).toBe(`${selectionError('$request.header.x')}, and there is no $default`);
  });

  test.each(['$connect', '$disconnect'])('4.1.4: a message cannot ask for %s', (value) => {
    expect(chooseRoute(value, new Set(['$connect', '$disconnect', '$default']))).toBe('$default');
    expect(chooseRoute(value, new Set(['$connect', '$disconnect']))).toBeUndefined();
  });
});

describe('total', () => {
  test('4.1, 4.2: no message and no expression throw', () => {
    const path = fc.stringMatching(/^[.[\]a'"*?()@$:,0-9-]*$/);
    const expressions = fc.oneof(fc.string(), path.map((text) => `$request.body.${text}`), path.map((text) => `\${request.body[${text}]}`));
    const bodies = fc.oneof(fc.string(), fc.json());
    fc.assert(fc.property(expressions, bodies, (expression, body) => {
      const value = routeSelector(expression)(body);
      expect(['string', 'undefined']).toContain(typeof value);
      if (selectionError(expression) !== undefined) expect(value).toBeUndefined();
    }));
  });

  test('4.1.1: a plain name selects what the message has under it', () => {
    fc.assert(fc.property(fc.stringMatching(/^[a-z_][a-zA-Z0-9_-]*$/), fc.string(), (name, value) => {
      expect(routeSelector(`$request.body.${name}`)(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`)).toBe(value);
    }));
  });

  test('4.2: nesting as deep as a message can be does not throw', () => {
    // GIVEN
    const deep = `{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;

    // THEN
    for (const expression of ['$request.body.a', '$request.body..b', '$request.body.a[*]']) {
      expect(['string', 'undefined']).toContain(typeof routeSelector(expression)(deep));
    }
  });
});
