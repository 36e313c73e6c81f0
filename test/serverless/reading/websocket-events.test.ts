import { problemOf, readYml, withEvents } from '../_helpers/service-folder';

test.each<[string, readonly string[], Record<string, unknown>]>([
  ['a text', ['- websocket: chat'], { routeKey: 'chat' }],
  ['a number', ['- websocket: 123'], { routeKey: '123' }],
  ['a map', ['- websocket: {route: chat, routeResponseSelectionExpression: $default}'], { routeKey: 'chat', isTwoWay: true }],
  ['a function as authorizer', ['- websocket: {route: $connect, authorizer: auth}'],
    { authorizer: { name: 'auth', functionKey: 'auth', identitySource: ['route.request.header.Auth'] } }],
  ['one identity source', ['- websocket: {route: $connect, authorizer: {name: auth, identitySource: route.request.querystring.t}}'],
    { authorizer: { name: 'auth', functionKey: 'auth', identitySource: ['route.request.querystring.t'] } }],
  ['no identity source', ['- websocket: {route: $connect, authorizer: {name: auth, identitySource: []}}'],
    { authorizer: { name: 'auth', functionKey: 'auth', identitySource: [] } }],
  ['the ARN of an alias', ['- websocket: {route: $connect, authorizer: {name: x, arn: "arn:aws:lambda:eu-west-1:1:function:f:live"}}'],
    { authorizer: { name: 'live', arn: 'arn:aws:lambda:eu-west-1:1:function:f:live', identitySource: ['route.request.header.Auth'] } }],
  ['an intrinsic', ['- websocket: {route: $connect, authorizer: {name: x, arn: !GetAtt F.Arn}}'],
    { authorizer: { name: 'x', arn: { 'Fn::GetAtt': ['F', 'Arn'] }, identitySource: ['route.request.header.Auth'] } }],
])('%s', (_, events, expected) => {
  expect(readYml(withEvents(events)).routes).toMatchObject([expected]);
});

test.each<[readonly string[], string]>([
  [['- websocket:', '  route: $connect'],
    '8:9: the websocket event of function "conn" is empty, so it names no route. Indent "route" below "websocket:".'],
  [['- websocket: {authorizer: auth}'], '8:9: the websocket event of function "conn" has no "route".'],
  [['- websocket: {routeKey: chat}'], '8:9: "routeKey" was the key of an old plugin; Serverless asks for "route": write "route: chat".'],
  [['- websocket: $conect'], '8:9: "$conect" is not a route that API Gateway has: keys that begin with "$" are "$connect", "$disconnect", '
    + '"$default". Did you mean "$connect"?'],
  [['- websocket: {route: ""}'], '8:21: the key of the route is empty.'],
  [['- websocket: a#b'], '8:9: route "a#b" gets the logical id "a#bWebsocketsRoute", which CloudFormation does not accept: '
    + 'a key that Serverless could deploy consists of letters, digits and the characters "$-_./".'],
  [['- websocket: {route: x, routeResponseSelectionExpression: $all}'],
    '8:31: "routeResponseSelectionExpression" can only be "$default", not "$all".'],
  [['- websocket: {route: $connect, authorizer: auht}'], '8:38: authorizer "auht" is not a function of this file. Did you mean "auth"?'],
  [['- websocket: {route: $connect, authorizer: aws_iam}'], '8:38: Serverless takes "aws_iam" for the key of a function, since its websocket '
    + 'events know no IAM. Set "AuthorizationType: AWS_IAM" below "resources.extensions.SconnectWebsocketsRoute.Properties".'],
  [['- websocket: {route: $connect, authorizer: "arn:aws:cognito-idp:eu-west-1:1:userpool/x"}'],
    '8:38: "arn:aws:cognito-idp:eu-west-1:1:userpool/x" is not the ARN of a Lambda function: '
    + 'a websocket authorizer of Serverless can be nothing else.'],
  [['- websocket: {route: $connect, authorizer: {arn: !Ref F}}'],
    '8:38: an authorizer whose "arn" is known only when CloudFormation deploys needs a "name" too.'],
  [['- websocket: foo-bar', '- websocket: fooDashbar'], '7:5: routes "foo-bar" and "fooDashbar" have the same logical id '
    + '"fooDashbarWebsocketsRoute": Serverless deployed only the last one. Rename or remove one.'],
  [['- websocket: {route: x, authorizer: auth}', '- websocket: x'], '9:9: route "x" stands twice, in function "conn" and here in "conn". '
    + 'Serverless deployed the last one, without an authorizer. Remove the other.'],
])('%j is refused', (events, problem) => {
  expect(problemOf(withEvents(events))).toBe(`ServerlessFileError: serverless.yml:${problem}`);
});

test('what Serverless ignores is noticed', () => {
  // WHEN
  const { notices } = readYml(withEvents(['- websocket: {route: $connect, cors: true, authorizer: {name: auth, identitySource: [token]}}',
    '- websocket: {route: x, authorizer: auth}', '- websocket: y', '- websocket: y'], '  websocketApiName: old'));

  // THEN
  expect(notices.map(({ code, text }) => `${code}: ${text}`)).toEqual([
    'oldKey: "websocketApiName" was the key of an old plugin; Serverless does nothing with it. Its own key is "websocketsApiName", '
    + 'which would change what is deployed.',
    'unknownKey: "cors" is not a key of a websocket event; Serverless does nothing with it.',
    'identitySource: API Gateway does not accept the identity source "token": it is "route.request.header.<name>", '
    + '"route.request.querystring.<name>", "context.<name>" or "stageVariables.<name>".',
    'authorizerOffConnect: Route "x" has an authorizer, which API Gateway accepts on "$connect" only. It is left out.',
    'repeatedRoute: Route "y" stands twice in function "conn", with the same options.',
  ]);
});

test('with configValidationMode: error, an unknown key is refused', () => {
  expect(problemOf(`configValidationMode: error\n${withEvents(['- websocket: {route: x, cors: true}'])}`)).toBe(
    'ServerlessFileError: serverless.yml:9:31: "cors" is not a key of a websocket event, which "configValidationMode: error" refuses.');
});
