import { Duration } from 'aws-cdk-lib';
import { ContentHandling, PassthroughBehavior } from 'aws-cdk-lib/aws-apigatewayv2';
import * as iam from 'aws-cdk-lib/aws-iam';

/**
 * How an integration transforms a response of its backend. For non-proxy integrations only.
 *
 * @example
 * RouteIntegration.sqs(queue, {
 *   responses: [{ key: '$default', responseTemplates: { $default: '{"accepted":true}' } }],
 * });
 */
export interface WebsocketIntegrationResponse {
  /**
   * The responses of the backend that this one applies to: `$default` (all that no other matches), or a Java regular expression between
   * slashes.
   *
   * API Gateway matches the expression against the status of the response (`/4\d\d/`), or for a Lambda function against the
   * `errorMessage` of its error.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   */
  readonly key: string;

  /**
   * Headers of the response: `method.response.header.<name>`, each from `integration.response.header.<name>`,
   * `integration.response.body.<JSONPath>` or literal text in single quotes. For `$connect` only, since a message has no headers.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integrationresponse.html
   * @default - no headers
   */
  readonly responseParameters?: { [destination: string]: string };

  /**
   * The mapping templates for the message to the client, by key.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - the client gets the body unchanged
   */
  readonly responseTemplates?: { [key: string]: string };

  /**
   * Selects one of the templates: its key, or `${integration.response.statuscode}` and the like.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default - `\$default` if there is a template with that key
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
   * A description of the integration.
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
 * Options of every non-proxy integration, which transforms requests and responses by mapping templates.
 *
 * @internal
 */
export interface TemplatedIntegrationOptions extends CommonIntegrationOptions {
  /**
   * Parameters of the request to the backend: `integration.request.header.<name>`, `.querystring.<name>` or `.path.<name>`,
   * each from `context.<name>`, `stageVariables.<name>`, `route.request.body.<JSONPath>` or literal text in single quotes, and on
   * `$connect` from `route.request.header.<name>` and `route.request.querystring.<name>`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
   * @default - the parameters that the backend needs, which these override
   */
  readonly requestParameters?: { [destination: string]: string };

  /**
   * The mapping templates that make the request from the message, by key. They replace the template of the integration.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-mapping-template-reference.html
   * @default - the template of the integration; without one, the message is passed unchanged
   */
  readonly requestTemplates?: { [key: string]: string };

  /**
   * Selects one of the templates: its key, or `${request.body.<path>}`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html
   * @default - `\$default` if there is a template with that key
   */
  readonly templateSelectionExpression?: string;

  /**
   * What happens to a message that no template matches.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default PassthroughBehavior.NEVER for AWS services, so that clients cannot choose what the service does;
   * PassthroughBehavior.WHEN_NO_MATCH for others
   */
  readonly passthroughBehavior?: PassthroughBehavior;

  /**
   * How responses are transformed. A two-way route sends the result to the client. In Python, pass `WebsocketIntegrationResponse(...)`.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-responses.html
   * @default - `$default`, with the response unchanged; also added to a list without `$default`
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
   * The role with which API Gateway calls the service. The integration grants the role the permissions for the call.
   *
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-apigatewayv2-integration.html
   * @default - a new role with permissions for this call only; for a Lambda function no role, but a permission on the function
   */
  readonly credentialsRole?: iam.IRole;
}
