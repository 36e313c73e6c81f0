import {
  requestDestinationFault, requestSourceFault, responseDestinationFault, responseKeyFault, responseSourceFault, templateSelectionFault,
} from '../../../lib/private/integrations/mapping-checks';

test.each([
  'integration.request.header.Content-Type', 'integration.request.querystring.a_b', 'integration.request.path.id', '${Token[TOKEN.1]}',
])('request destination: %s is legal', (destination) => {
  expect(requestDestinationFault(destination)).toBeUndefined();
});

test.each([
  'integration.request.body.a', 'method.request.header.A', 'integration.request.header.', 'integration.request.header.a b', 'header.A', '',
])('request destination: %s is refused', (destination) => {
  expect(requestDestinationFault(destination)?.reason).toBe('is not a parameter of a request to a backend');
});

test.each([
  'context.connectionId', 'context.authorizer.principalId', 'stageVariables.version', "'text, with \"everything\"'", "''",
  'route.request.querystring.token', 'route.request.header.X-Room', 'route.request.multivalueheader.A', 'route.request.multivaluequerystring.a',
  'route.request.body.room.id', 'route.request.body[0]', 'route.request.body', '${Token[TOKEN.1]}',
])('request source: %s is legal', (source) => {
  expect(requestSourceFault(source)).toBeUndefined();
});

test.each([
  '$context.connectionId', 'text', '"text"', "'it's'", 'method.request.header.A', 'request.body.a', 'route.request.path.a', 'route.request.bodyguard', '',
])('request source: %s is refused', (source) => {
  expect(requestSourceFault(source)?.reason).toBe('is not a source of a request parameter');
});

test.each(['method.response.header.A', 'route.response.header.A'])('response destination: %s is legal', (destination) => {
  expect(responseDestinationFault(destination)).toBeUndefined();
});

test.each(['integration.response.header.A', 'A', 'method.response.body'])('response destination: %s is refused', (destination) => {
  expect(responseDestinationFault(destination)?.reason).toBe('is not a parameter of a response');
});

test.each(['integration.response.header.A', 'integration.response.body.a.b', 'integration.response.body', "'text'"])('response source: %s is legal', (source) => {
  expect(responseSourceFault(source)).toBeUndefined();
});

test.each(['context.connectionId', 'text', 'integration.response.status'])('response source: %s is refused', (source) => {
  expect(responseSourceFault(source)?.reason).toBe('is not a source of a response parameter');
});

test.each([
  '\\$default', '200', 'application/json', '$request.body.kind', '${request.body.kind}', '${request.body.a}-${context.routeKey}',
  '${stageVariables.kind}', '${integration.response.statuscode}', '$integration.response.header.kind', '${Token[TOKEN.1]}',
])('template selection: %s is legal', (expression) => {
  expect(templateSelectionFault(expression)).toBeUndefined();
});

test('template selection: $default would be a variable', () => {
  expect(templateSelectionFault('$default')).toEqual({ reason: 'would be read as a variable', remedy: 'write "\\$default", in code \'\\\\$default\'' });
});

test.each(['$kind', '${kind}', 'a$b', '${request.body.a}$', '${request.bodyguard}'])('template selection: %s is refused', (expression) => {
  expect(templateSelectionFault(expression)?.reason).toBe('is not a selection expression');
});

test.each(['$default', '/200/', '/4\\d\\d/', '/.*timed out.*/', '/(?i)not found/', '/[a-z]++/', '/a\\/b/', '${Token[TOKEN.1]}'])('response key: %s is legal', (key) => {
  expect(responseKeyFault(key)).toBeUndefined();
});

test.each(['', '200', '//', '/200', '200/', 'default', '\\$default'])('response key: %s is refused', (key) => {
  expect(responseKeyFault(key)?.reason).toBe('is neither $default nor a /regular expression/');
});

test.each(['/(/', '/[a/', '/*a/', '/a{2,1}/'])('response key: %s is a broken regular expression', (key) => {
  expect(responseKeyFault(key)?.reason).toBe('is a broken regular expression');
});
