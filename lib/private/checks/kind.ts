import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { problem } from '../problem';

/**
 * What a property must hold. TypeScript says so at compile time, except behind `any`, a computed object or in JavaScript,
 * where a wrong value would fail far from where it was written.
 */
export interface Kind {
  readonly name: string;
  readonly example: string;
  readonly accepts: (value: unknown) => boolean;
}

const has = (value: unknown, member: string): boolean => typeof value === 'object' && value !== null && member in value;

export const STRING: Kind = { name: 'a string', example: "'src/messages.send'", accepts: (value) => typeof value === 'string' };

export const FUNCTION: Kind = {
  name: 'a Lambda function',
  example: "lambda.Function.fromFunctionArn(this, 'Imported', arn) for an ARN",
  accepts: (value) => Construct.isConstruct(value) && has(value, 'functionArn'),
};

export const INTEGRATION: Kind = {
  name: 'a WebSocketRouteIntegration',
  example: '`function` for a Lambda function',
  accepts: (value) => has(value, '_bindToRoute'),
};

export const ROUTE_AUTHORIZER: Kind = {
  name: 'an IWebSocketRouteAuthorizer',
  example: "new WebSocketLambdaAuthorizer('Authorizer', fn)",
  accepts: (value) => has(value, 'bind'),
};

export const DURATION: Kind = { name: 'a Duration', example: 'Duration.seconds(30)', accepts: (value) => value instanceof Duration };

export const RUNTIME: Kind = { name: 'a lambda.Runtime', example: 'lambda.Runtime.NODEJS_24_X', accepts: (value) => has(value, 'family') };

export const FORMAT: Kind = {
  name: 'a WebsocketAccessLogFormat', example: 'WebsocketAccessLogFormat.custom(format) for text', accepts: (value) => has(value, '_text'),
};

export const DESTINATION: Kind = {
  name: 'an IAccessLogDestination', example: '`logGroup` for a log group', accepts: (value) => has(value, 'bind'),
};

export const LOG_GROUP: Kind = {
  name: 'a log group',
  example: "logs.LogGroup.fromLogGroupName(this, 'Imported', name) for a name",
  accepts: (value) => Construct.isConstruct(value) && has(value, 'logGroupName'),
};

export const ENCRYPTION_KEY: Kind = {
  name: 'a key of KMS',
  example: "kms.Key.fromKeyArn(this, 'Imported', arn) for an ARN",
  accepts: (value) => Construct.isConstruct(value) && has(value, 'keyArn'),
};

export const OBJECT: Kind = {
  name: 'an object',
  example: "{ handler: 'src/messages.send' }",
  accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** Throws if a value that is given is of another kind. */
export function checkKind(scope: Construct, property: string, value: unknown, kind: Kind): void {
  if (value !== undefined) requireKind(scope, property, value, kind);
}

/** Throws if there is no value, or one of another kind. */
export function requireKind(scope: Construct, property: string, value: unknown, kind: Kind): void {
  if (kind.accepts(value)) return;
  throw problem(scope, property, value, { reason: `is not ${kind.name}`, remedy: `use ${kind.example}` });
}
