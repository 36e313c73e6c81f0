import { Duration } from 'aws-cdk-lib';
import { ContentHandling, PassthroughBehavior } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * How an integration transforms an answer of its backend. For non-proxy integrations only.
 *
 * @example
 * RouteIntegration.sqs(queue, {
 *   responses: [{ key: '$default', responseTemplates: { $default: '{"accepted":true}' } }],
 * });
 */
export interface WebsocketIntegrationResponse {
  /**
   * The answers that this response is for: `$default` (all that no other response matches), or a Java regular expression between slashes.
   *
   * API Gateway matches the expression against the status of the answer (`/4\d\d/`), and for a Lambda function against the `errorMessage`
   * of its failure.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   */
  readonly key: string;

  /**
   * Headers of the answer: `method.response.header.<name>`, each from `integration.response.header.<name>`,
   * `integration.response.body.<JSONPath>` or a text in single quotes. Only the answer to a handshake has headers; a message has none.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integrationresponse.html
   * @default - none
   */
  readonly responseParameters?: { [destination: string]: string };

  /**
   * The mapping templates that make the message to the client, by key.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - the client gets the body as it is
   */
  readonly responseTemplates?: { [key: string]: string };

  /**
   * Selects one of the templates: its key, or `${integration.response.statuscode}` and the like.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default - `\$default` if there is a template of that key
   */
  readonly templateSelectionExpression?: string;

  /**
   * How the body is converted between text and binary.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
   * @default - no conversion
   */
  readonly contentHandling?: ContentHandling;
}

/**
 * Options of every integration.
 *
 * @internal
 */
export interface CommonIntegrationOptions {
  /**
   * What the integration is for.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default - no description
   */
  readonly description?: string;

  /**
   * How long API Gateway waits for the backend, from 50 milliseconds to 29 seconds.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
   * @default Duration.seconds(29)
   */
  readonly timeout?: Duration;

  /**
   * How the payload is converted between text and binary.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-binary-media-types.html
   * @default - no conversion
   */
  readonly contentHandling?: ContentHandling;
}

/**
 * Options of every non-proxy integration, whose requests and answers mapping templates make.
 *
 * @internal
 */
export interface TemplatedIntegrationOptions extends CommonIntegrationOptions {
  /**
   * Parameters of the request to the backend: `integration.request.header.<name>`, `.querystring.<name>` or `.path.<name>`,
   * each from `context.<name>`, `stageVariables.<name>`, `route.request.body.<JSONPath>` or a text in single quotes, and on
   * `$connect` from `route.request.header.<name>` and `route.request.querystring.<name>`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
   * @default - those that the backend needs; these override them
   */
  readonly requestParameters?: { [destination: string]: string };

  /**
   * The mapping templates that make the request from the message, by key. They replace the template of the integration.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - the template of the integration; without one, the message is passed as it is
   */
  readonly requestTemplates?: { [key: string]: string };

  /**
   * Selects one of the templates: its key, or `${request.body.<path>}`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default - `\$default` if there is a template of that key
   */
  readonly templateSelectionExpression?: string;

  /**
   * What happens to a message that no template matches.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default PassthroughBehavior.NEVER for AWS services, since the client would otherwise decide what the service does;
   * PassthroughBehavior.WHEN_NO_MATCH for others
   */
  readonly passthroughBehavior?: PassthroughBehavior;

  /**
   * How answers are transformed. A two-way route sends the result to the client. In Python, pass `WebsocketIntegrationResponse(...)`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   * @default - `$default`, with the answer as it is; always added if none of the given ones is `$default`
   */
  readonly responses?: WebsocketIntegrationResponse[];
}

/**
 * Options of every integration with an AWS service.
 *
 * @internal
 */
export interface ServiceIntegrationOptions extends TemplatedIntegrationOptions {
  /**
   * The role with which API Gateway calls the service. The integration grants it what the call needs.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default - a new role that may make this call and nothing else; for a Lambda function no role, but a permission on the function
   */
  readonly credentialsRole?: iam.IRole;
}
