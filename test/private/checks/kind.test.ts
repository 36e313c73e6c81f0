import { Duration } from 'aws-cdk-lib';
import { WebSocketIamAuthorizer, WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration, WebSocketMockIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Checks } from '../../../lib/private/checks/checks';
import {
  DURATION, FUNCTION, INTEGRATION, Kind, OBJECT, ROUTE_AUTHORIZER, RUNTIME, STRING,
} from '../../../lib/private/checks/kind';
import { inlineFunction, quickStack } from '../../_helpers/quick-app';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:imported';

const stack = quickStack();
const scope = new Construct(stack, 'Chat');
const checks = new Checks(scope);
const fn = inlineFunction(stack, 'Fn');
const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });

const SOUND: Array<[string, Kind, unknown]> = [
  ['text', STRING, 'src/a.main'],
  ['empty text', STRING, ''],
  ['a function', FUNCTION, fn],
  ['an imported function', FUNCTION, lambda.Function.fromFunctionArn(stack, 'Imported', ARN)],
  ['an alias', FUNCTION, new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion })],
  ['an integration', INTEGRATION, new WebSocketMockIntegration('Mock')],
  ['an integration of a function', INTEGRATION, new WebSocketLambdaIntegration('Lambda', fn)],
  ['an authorizer', ROUTE_AUTHORIZER, new WebSocketLambdaAuthorizer('Authorizer', fn)],
  ['IAM', ROUTE_AUTHORIZER, new WebSocketIamAuthorizer()],
  ['an authorizer that is no class', ROUTE_AUTHORIZER, { bind: () => ({ authorizationType: 'NONE' }) }],
  ['a duration', DURATION, Duration.seconds(5)],
  ['a runtime', RUNTIME, lambda.Runtime.NODEJS_22_X],
  ['a runtime of another language', RUNTIME, lambda.Runtime.PYTHON_3_13],
  ['an object', OBJECT, { handler: 'src/a.main' }],
  ['an empty object', OBJECT, {}],
];

const IMPORT = "is not a Lambda function; use lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN";
const TARGET = 'is not a WebSocketRouteIntegration; use `function` for a Lambda function';
const OBJECTS = "is not an object; use { handler: 'src/messages.send' }";

const WRONG: Array<[string, Kind, unknown, string]> = [
  ['a number for text', STRING, 5, "5 is not a string; use 'src/messages.send'"],
  ['null for text', STRING, null, "null is not a string; use 'src/messages.send'"],
  ['an object for text', STRING, { handler: 'a' }, "{ handler } is not a string; use 'src/messages.send'"],
  ['a list for text', STRING, ['a', 'b'], '["a","b"] is not a string; use \'src/messages.send\''],
  ['an ARN for a function', FUNCTION, ARN, `"${ARN}" ${IMPORT}`],
  ['another construct for a function', FUNCTION, role, `Stack/Role ${IMPORT}`],
  ['a list of functions for a function', FUNCTION, [fn], `[Stack/Fn] ${IMPORT}`],
  ['what only looks like a function', FUNCTION, { functionArn: ARN }, `{ functionArn } ${IMPORT}`],
  ['a function for an integration', INTEGRATION, fn, `Stack/Fn ${TARGET}`],
  ['null for an integration', INTEGRATION, null, `null ${TARGET}`],
  [
    'a function for an authorizer', ROUTE_AUTHORIZER, fn,
    "Stack/Fn is not an IWebSocketRouteAuthorizer; use new WebSocketLambdaAuthorizer('Authorizer', fn)",
  ],
  ['a number for a duration', DURATION, 30, '30 is not a Duration; use Duration.seconds(30)'],
  ['what only looks like a duration', DURATION, { toSeconds: () => 30 }, '{ toSeconds } is not a Duration; use Duration.seconds(30)'],
  ['a name for a runtime', RUNTIME, 'nodejs24.x', '"nodejs24.x" is not a lambda.Runtime; use lambda.Runtime.NODEJS_24_X'],
  ['text for an object', OBJECT, 'src/a.main', `"src/a.main" ${OBJECTS}`],
  ['null for an object', OBJECT, null, `null ${OBJECTS}`],
  ['a list for an object', OBJECT, ['a'], `["a"] ${OBJECTS}`],
];

describe.each(['kind', 'required'] as const)('%s', (check) => {
  test.each(SOUND)('accepts %s', (_what, kind, value) => {
    expect(() => checks[check]('routes["a"]', value, kind)).not.toThrow();
  });

  test.each(WRONG)('fails for %s', (_what, kind, value, message) => {
    expect(() => checks[check]('routes["a"]', value, kind)).toThrow(new Error(`Stack/Chat: routes["a"]: ${message}`));
  });
});

test.each([STRING, FUNCTION, INTEGRATION, ROUTE_AUTHORIZER, DURATION, RUNTIME, OBJECT])('only `required` asks for a value: $name', (kind) => {
  expect(() => checks.kind('authorizer.custom', undefined, kind)).not.toThrow();
  expect(() => checks.required('authorizer.custom', undefined, kind)).toThrow(
    new Error(`Stack/Chat: authorizer.custom: (not set) is not ${kind.name}; use ${kind.example}`),
  );
});
