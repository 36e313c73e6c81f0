import {
  parameterDestinationFault, parameterSourceFault, responseDestinationFault, responseSourceFault,
} from '../../../lib/private/checks/mapped-parameter';

test.each([
  'integration.request.header.Content-Type', 'integration.request.querystring.a_b', 'integration.request.path.id', '${Token[TOKEN.1]}',
])('destination: %s is legal', (destination) => {
  expect(parameterDestinationFault(destination)).toBeUndefined();
});

test.each([
  'integration.request.body.a', 'method.request.header.A', 'integration.request.header.', 'integration.request.header.a b', 'header.A', '',
])('destination: %s is refused', (destination) => {
  expect(parameterDestinationFault(destination)?.reason).toBe('is no parameter of a request to a backend');
});

test.each([
  'context.connectionId', 'context.authorizer.principalId', 'stageVariables.version', "'text, with \"everything\"'", "''",
  'route.request.querystring.token', 'route.request.header.X-Room', 'route.request.multivalueheader.A', 'route.request.multivaluequerystring.a',
  'route.request.body.room.id', 'route.request.body[0]', 'route.request.body', '${Token[TOKEN.1]}',
])('source: %s is legal', (source) => {
  expect(parameterSourceFault(source)).toBeUndefined();
});

test.each([
  '$context.connectionId', 'text', '"text"', "'it's'", 'method.request.header.A', 'request.body.a', 'route.request.path.a', 'route.request.bodyguard', '',
])('source: %s is refused', (source) => {
  expect(parameterSourceFault(source)?.reason).toBe('is no source of a request parameter');
});

test.each(['method.response.header.A', 'route.response.header.A'])('destination of a response: %s is legal', (destination) => {
  expect(responseDestinationFault(destination)).toBeUndefined();
});

test.each(['integration.response.header.A', 'A', 'method.response.body'])('destination of a response: %s is refused', (destination) => {
  expect(responseDestinationFault(destination)?.reason).toBe('is no parameter of a response');
});

test.each(['integration.response.header.A', 'integration.response.body.a.b', 'integration.response.body', "'text'"])('source of a response: %s is legal', (source) => {
  expect(responseSourceFault(source)).toBeUndefined();
});

test.each(['context.connectionId', 'text', 'integration.response.status'])('source of a response: %s is refused', (source) => {
  expect(responseSourceFault(source)?.reason).toBe('is no source of a response parameter');
});
