import { templateSelectionFault } from '../../../lib/private/checks/template-selection';

test.each([
  '\\$default', '200', 'application/json', '$request.body.kind', '${request.body.kind}', '${request.body.a}-${context.routeKey}',
  '${stageVariables.kind}', '${integration.response.statuscode}', '$integration.response.header.kind', '${Token[TOKEN.1]}',
])('%s is legal', (expression) => {
  expect(templateSelectionFault(expression)).toBeUndefined();
});

test('$default is a variable that there is not', () => {
  expect(templateSelectionFault('$default')).toEqual({ reason: 'is read as a variable', remedy: 'write "\\$default", in code \'\\\\$default\'' });
});

test.each(['$kind', '${kind}', 'a$b', '${request.body.a}$', '${request.bodyguard}'])('%s is refused', (expression) => {
  expect(templateSelectionFault(expression)?.reason).toBe('is no selection expression');
});
