import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';

/**
 * The type of an option at run time. TypeScript checks types at compile time, except behind `any`, in a computed object or in JavaScript,
 * where a wrong value would fail far from where it was written.
 */
export interface Kind {
  readonly name: string;
  readonly example: string;
  readonly accepts: (value: unknown) => boolean;
}

export function withMember(name: string, member: string, example: string): Kind {
  return { name, example, accepts: (value) => has(value, member) };
}

export function constructWith(name: string, member: string, example: string): Kind {
  return { name, example, accepts: (value) => Construct.isConstruct(value) && has(value, member) };
}

export function listOf(name: string, { accepts }: Kind, example: string): Kind {
  return { name, example, accepts: (value) => Array.isArray(value) && value.every(accepts) };
}

export const STRING: Kind = { name: 'a string', example: "'src/messages.send'", accepts: (value) => typeof value === 'string' };

export const NUMBER: Kind = { name: 'a number', example: '5', accepts: (value) => typeof value === 'number' };

export const BOOLEAN: Kind = { name: 'a boolean', example: 'true or false', accepts: (value) => typeof value === 'boolean' };

export const FUNCTION = constructWith(
  'a Lambda function', 'functionArn', "lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN",
);

export const INTEGRATION = withMember('a WebSocketRouteIntegration', '_bindToRoute', '`function` for a Lambda function');

export const ROUTE_AUTHORIZER = withMember('an IWebSocketRouteAuthorizer', 'bind', "new WebSocketLambdaAuthorizer('Authorizer', fn)");

export const DURATION: Kind = { name: 'a Duration', example: 'Duration.seconds(30)', accepts: (value) => value instanceof Duration };

export const RUNTIME = withMember('a lambda.Runtime', 'family', 'lambda.Runtime.NODEJS_24_X');

export const OBJECT: Kind = {
  name: 'an object',
  example: "{ handler: 'src/messages.send' }",
  accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

function has(value: unknown, member: string): boolean {
  return typeof value === 'object' && value !== null && member in value;
}
