import { Annotations, Stack, Token, Tokenization } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** The environment variable in which a function finds the https URL of `@connections`. */
export const CALLBACK_URL_VARIABLE = 'WEBSOCKET_CALLBACK_URL';

/** Puts the URL into the environment of a function that can have it; a value that is there already stays. */
export function provideCallbackUrl(scope: Construct, fn: lambda.IFunction, url: string): void {
  if (!(fn instanceof lambda.Function)) return;
  // A function of another stack would depend on the API, which depends on the function.
  const isHere = Stack.of(fn) === Stack.of(scope) || fn.node.scopes.includes(scope);
  if (!isHere && Token.isUnresolved(url)) return;

  const present = variables(fn)[CALLBACK_URL_VARIABLE];
  if (present === undefined) {
    fn.addEnvironment(CALLBACK_URL_VARIABLE, url);
  } else if (!sameToken(fn, present, url)) {
    Annotations.of(scope).addWarningV2(
      'cdk-websocket-service:callbackUrlKept',
      `${fn.node.path} keeps the ${CALLBACK_URL_VARIABLE} that it has, which is not that of this service. Take the URL from `
      + 'the event (requestContext.domainName and stage), or set `callbackUrlEnvironment: false`',
    );
  }
}

function variables(fn: lambda.Function): Record<string, unknown> {
  const { environment } = fn.node.defaultChild as lambda.CfnFunction;
  if (!Tokenization.isResolvable(environment)) return { ...environment?.variables };
  // One level only: the other variables may be lazy values that are not ready yet.
  const found = environment.resolve({
    scope: fn, preparing: false, documentPath: [], registerPostProcessor: () => undefined, resolve: (value: unknown) => value,
  }) as lambda.CfnFunction.EnvironmentProperty | undefined;
  return { ...found?.variables };
}

function sameToken(fn: lambda.Function, present: unknown, url: string): boolean {
  const [left, right] = [present, url].map((value) => JSON.stringify(Stack.of(fn).resolve(value)));
  return left === right;
}
