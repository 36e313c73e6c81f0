import { Lazy } from 'aws-cdk-lib';
import { selectionExpressionFault } from '../../../lib/private/checks/selection-expression';

const remedy = 'use $request.body.<path>, or several as ${request.body.<path>} with literal text between them';

test.each([
  ['one value', '$request.body.action'],
  ['a value further down', '$request.body.meta.kind'],
  ['a value in a list', '$request.body.items[0].type'],
  ['a list at the top', '$request.body[0]'],
  ['a key in quotes', "$request.body['action']"],
  ['a key with a space', "$request.body['my key']"],
  ['a key with a space further down', "$request.body.meta['my key'].kind"],
  ['a key with a hyphen', '$request.body.x-action'],
  ['a filter with an index', '$request.body.items[?(@.a[0] == 1)].type'],
  ['one value, wrapped', '${request.body.action}'],
  ['several values with text between them', '${request.body.service}/${request.body.action}'],
  ['text around a value', 'v1-${request.body.action}-x'],
  ['a key with a space, wrapped', "${request.body['my key']}"],
  ['text alone', 'messages'],
  ['an escaped $', '\\$default'],
  ['an escaped $ beside a value', '\\$${request.body.action}'],
])('legal: %s', (_, expression) => {
  expect(selectionExpressionFault(expression)).toBeUndefined();
});

test('a token is let through', () => {
  expect(selectionExpressionFault(Lazy.string({ produce: () => '$wrong' }))).toBeUndefined();
});

test.each(['', ' ', '\n'])('%j is refused as empty', (expression) => {
  expect(selectionExpressionFault(expression)).toEqual({ reason: 'is empty', remedy });
});

test('a forgotten $ is refused', () => {
  expect(selectionExpressionFault('request.body.action')).toEqual({
    reason: 'is literal text without its $', remedy: 'write "$request.body.action"',
  });
});

test.each([
  ['$request.header.Action', 'request.header'],
  ['$request.querystring.action', 'request.querystring'],
  ['$request.path.action', 'request.path'],
  ['$context.routeKey', 'context'],
  ['$stageVariables.action', 'stageVariables'],
  ['${context.stage}', 'context'],
  ['${request.body.action}-${request.header.Action}', 'request.header'],
])('%s is refused: only the body counts', (expression, root) => {
  expect(selectionExpressionFault(expression)).toEqual({ reason: `selects by ${root}, but a message is routed by its body alone`, remedy });
});

test.each([
  ['$action', 'action'],
  ['$request', 'request'],
  ['$request.body', 'request.body'],
  ['$request.body.', 'request.body.'],
  ['$request.body.action.', 'request.body.action.'],
  ['$request.body[', 'request.body['],
  ['$request.body[]', 'request.body[]'],
  ['$request.body["a', 'request.body["a'],
  ['$request.bodyaction', 'request.bodyaction'],
  ['$request.Body.action', 'request.Body.action'],
  ['$request.body.my key', 'request.body.my key'],
  ['$request.body.action ', 'request.body.action '],
  ['$request.body.a$request.body.b', 'request.body.a$request.body.b'],
  ['$request.body.{a}', 'request.body.{a}'],
  ['$contextual.a', 'contextual.a'],
  ['$', ''],
  ['${}', ''],
  ['${action}', 'action'],
  ['${request.body.action}/${request.body}', 'request.body'],
])('%s is refused: it names nothing in the body', (expression, variable) => {
  expect(selectionExpressionFault(expression)).toEqual({ reason: `does not name a value in the body ("${variable}")`, remedy });
});

test.each([
  'a$b', 'x/$request.body.action', ' $request.body.action', '${request.body.action', '${request.body.action}/$request.body.b', '${request.body.a}$',
])('%s is refused: a $ that begins nothing', (expression) => {
  expect(selectionExpressionFault(expression)).toEqual({
    reason: 'has a $ that begins no ${variable}',
    remedy: `${remedy}; a literal $ is written \\$`,
  });
});
