import { templateValueFault } from '../../../lib/private/checks/template-value';

test.each([
  '', 'text', 'costs 5$', '#1', '$context.connectionId', '$context.authorizer.principalId', '$stageVariables.two-words', '$input.body',
  "$input.path('$.a.b[0]')", "$input.json('$')", "$input.params('room')", '${Token[TOKEN.1]}',
])('%s is legal', (value) => {
  expect(templateValueFault(value)).toBeUndefined();
});

test.each([
  '$', '$context', '$context.', '$ctx.a', '$input.path("$.a")', "$input.path('$.a", "$input.path('$.a')$context.b", '$context.a and more',
  '$util.urlEncode($input.body)', '${context.connectionId}', '$!context.a', "$input.path('$.a').size()",
])('%s is refused', (value) => {
  expect(templateValueFault(value)?.reason).toBe('is neither a text nor one variable');
});
