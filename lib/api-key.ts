import { Token } from 'aws-cdk-lib';
import { WebSocketApiKeySelectionExpression } from 'aws-cdk-lib/aws-apigatewayv2';
import { ConnectAuthorizer } from './authorizer';
import { Checks } from './private/checks/checks';
import { withMember } from './private/checks/kind';
import { Fault } from './private/problem';

const PROPERTY = 'apiKeySelectionExpression';

const EXPRESSION = withMember(
  'a WebSocketApiKeySelectionExpression', 'customApiKeySelector', 'WebSocketApiKeySelectionExpression.AUTHORIZER_USAGE_IDENTIFIER_KEY',
);

const { HEADER_X_API_KEY: header, AUTHORIZER_USAGE_IDENTIFIER_KEY: key } = WebSocketApiKeySelectionExpression;

const UNKNOWN: Fault = {
  reason: 'is not a place where API Gateway looks for an API key',
  remedy: 'use HEADER_X_API_KEY or AUTHORIZER_USAGE_IDENTIFIER_KEY of WebSocketApiKeySelectionExpression',
};

const NO_AUTHORIZER: Fault = {
  reason: 'takes the API key from a Lambda authorizer, but the service has none',
  remedy: 'give `authorizer`, for example ConnectAuthorizer.handler(...) or .jwt(...), or leave it out for the header x-api-key',
};

const UNUSED_CLAIM: Fault = {
  reason: 'is the claim of an API key, but the API reads keys from the header x-api-key',
  remedy: `set \`${PROPERTY}: WebSocketApiKeySelectionExpression.AUTHORIZER_USAGE_IDENTIFIER_KEY\``,
};

/**
 * Checks that the place of the API key and the authorizer go together.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
 */
export function checkApiKeySource(checks: Checks, expression?: WebSocketApiKeySelectionExpression, authorizer?: ConnectAuthorizer): void {
  checks.kind(PROPERTY, expression, EXPRESSION);
  const { customApiKeySelector: selector } = expression ?? header;
  if (Token.isUnresolved(selector)) return;
  if (![header, key].some(({ customApiKeySelector }) => customApiKeySelector === selector)) checks.refuse(PROPERTY, selector, UNKNOWN);
  const isByAuthorizer = selector === key.customApiKeySelector;
  if (isByAuthorizer && !authorizer?._mayRunFunction) checks.refuse(PROPERTY, selector, NO_AUTHORIZER);
  const claim = authorizer?._usageIdentifierClaim;
  if (!isByAuthorizer && claim !== undefined) checks.refuse('authorizer.usageIdentifierClaim', claim, UNUSED_CLAIM);
}
