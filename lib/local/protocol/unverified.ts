/**
 * The statuses, texts, codes and limits that the gateway assumes of AWS without a document or a capture to show for them, by rule. When
 * AWS turns out to do otherwise, only the entry changes.
 *
 * Assumed behaviour that is not a value carries the comment `assumed (rule): ...` where the code assumes it. docs/fidelity.md lists both.
 */
export const UNVERIFIED = {
  /** 1.1.3: an upgrade without a stage, to an unknown one or with more path is answered as `@connections` without a stage is. */
  unknownPath: { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' },
  /** 1.1.4: the status was asserted once, by others; the body is ours, and any path of a stage gets it. */
  plainGet: { status: 426, body: '{"message":"Upgrade Required"}', errorType: 'BadRequestException' },
  /** 1.1.8: the length is documented, the answer to a longer URL is not. */
  urlTooLong: { status: 414, body: '{"message":"Request-URI Too Long"}', errorType: 'BadRequestException' },
  /** 2.2: the status of a refusing `$connect` function reaches the client, its own body does not. */
  refusedConnectBody: '',
  /** 2.2: a final answer cannot be 1xx; the status for a `$connect` that returns one. */
  informationalConnectStatus: 502,
  /** 2.3: 502 is observed, its body is that of REST APIs. */
  failedConnect: { status: 502, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 2.4: 500 is not excluded. */
  malformedConnectResponse: { status: 502, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 2.4: other numbers make a response malformed. */
  statusCodes: { lowest: 100, highest: 599 },
  /** 2.5: API Gateway may not invoke the function, or there is none at the URI. */
  connectNotInvocable: { status: 500, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 2.5: the integration cannot work: its URI is not a URL, or its template fails. */
  connectMisconfigured: { status: 500, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 2.6: `$connect` ran longer than its integration may. */
  connectTimeout: { status: 504, body: '{"message":"Endpoint request timed out"}', errorType: 'InternalServerErrorException' },
  /** 2.11: the backend of an HTTP integration cannot be reached; the status is that of REST APIs. */
  backendUnreachable: { status: 504, body: '{"message":"Endpoint request timed out"}', errorType: 'InternalServerErrorException' },
  /** 2.12: what the integration response of a mock finds as the backend's body. */
  mockBody: '',
  /** 3.4: the status is documented. */
  missingIdentitySource: { status: 401, body: '{"message":"Unauthorized"}', errorType: 'UnauthorizedException' },
  /** 3.5: the status is documented. */
  unauthorized: { status: 401, body: '{"message":"Unauthorized"}', errorType: 'UnauthorizedException' },
  /** 3.6: the texts are those of REST APIs. */
  explicitDeny: {
    status: 403,
    body: '{"Message":"User is not authorized to access this resource with an explicit deny"}',
    errorType: 'AccessDeniedException',
  },
  /** 3.6: the text of an explicit deny, without its end. */
  implicitDeny: { status: 403, body: '{"Message":"User is not authorized to access this resource"}', errorType: 'AccessDeniedException' },
  /** 3.7: an authorizer that fails, or returns anything else than a decision. */
  authorizerFailure: { status: 500, body: '{"message":null}', errorType: 'AuthorizerConfigurationException' },
  /** 3.12: the status is observed. */
  unsigned: { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' },
  /** 3.13: as in REST APIs. */
  apiKeyRefused: { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' },
  /** 4.1.3: what `null` in a message selects by. */
  nullSelects: '',
  /** 4.1.4: the route of a message that selects `$connect` or `$disconnect`. */
  lifecycleKeySelects: '$default',
  /** 4.2.3: a deployment is not known to close any connection; how the fault `deployment` does. */
  deploymentClose: { code: 1001, reason: 'Going away' },
  /** 4.3.1: the code is documented. */
  binaryClose: { code: 1003, reason: '' },
  /** 4.4.7: the text of the error frame for a throttled message. */
  throttledFrame: 'Too Many Requests',
  /** 4.4.7: the status is documented. */
  throttledConnect: { status: 429, body: '{"message":"Too Many Requests"}', errorType: 'TooManyRequestsException' },
  /** 5.2.6: a two-way response over 128 KB. */
  oversizedResponse: 'Internal server error',
  /** 5.2.7: what the Lambda service answers to an asynchronous invocation, as its API has it. */
  asyncInvocationStatus: 202,
  /** 5.3.1, 5.3.6: where no template has the key that was selected; the documentation has examples of both. */
  catchAllTemplates: ['$default', 'application/json'],
  /** 5.3.2: what a function gets where neither the client nor a template has anything for it. */
  emptyLambdaPayload: '{}',
  /** 5.3.2: no template matches, and the content may not pass as it is. */
  noTemplate: { status: 500, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 5.3.3: the quota of REST APIs for one `#foreach`; a template that goes on fails. */
  foreachIterations: 1_000,
  /** 5.3.3: `$input.path` of what is not there, as `$input.json` gives `""` in REST APIs. */
  missingTemplatePath: '',
  /** 5.3.3: how a variable of API Gateway without a value prints. */
  absentTemplateVariable: '',
  /** 5.3.5: no integration response matches, and there is no `$default`. */
  noIntegrationResponse: { status: 500, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 5.3.7: the content type of a message for an HTTP backend. */
  backendContentType: 'application/json',
  /** 5.4.2: that it is checked, the status and the text are those of REST APIs with a request validator. */
  missingParameter: { status: 400, message: 'Missing required request parameters: ', errorType: 'BadRequestException' },
  /** 6.4: digits of a second's fraction in the dates of `GET @connections`. */
  dateFractionDigits: 3,
  /** 6.9: the status and the type are documented. */
  throttledPost: { status: 429, body: '{"message":"Too Many Requests"}', errorType: 'LimitExceededException' },
  /** 6.9: no error of the service itself is documented. */
  failedPost: { status: 500, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 6.9: no error of the service itself is documented. */
  lostPost: { status: 504, body: '{"message":"Endpoint request timed out"}', errorType: 'InternalServerErrorException' },
  /** 6.10: a call that is not signed, of an unknown stage or path. */
  callbackForbidden: { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' },
  /** 6.10: a call that came by a custom domain and has the stage in its path all the same: the text is observed, the status is not. */
  stageOnDomain: { status: 404, errorType: 'NotFoundException' },
  /** 6.14: observed in `$disconnect`; whether the client is sent the same is not. */
  deletedClose: { code: 1000, reason: 'Connection Closed Normally' },
  /** 7.2.1: the code is documented. */
  tooBigClose: { code: 1009, reason: '' },
  /** 7.2.3: the end after two hours looks like that of an idle connection. */
  durationClose: { code: 1001, reason: 'Going away' },
  /** 7.3: the gateway ends; the reason was seen once, its code was not. */
  shutdownClose: { code: 1001, reason: 'Shutdown' },
  /** 7.3: the network lost the connection. */
  lostClose: { code: 1006, reason: '' },
  /** 7.3: text that is not UTF-8, with the code of RFC 6455. */
  brokenTextClose: { code: 1007, reason: '' },
  /** 7.3: a malformed frame, with the code of RFC 6455. */
  brokenFrameClose: { code: 1002, reason: '' },
  /** 7.4: the service is down. */
  serviceUnavailable: { status: 503, body: '{"message":"Service Unavailable"}', errorType: 'ServiceUnavailableException' },
  /** 7.4: frames of one message; AWS documents no such limit, and without one a message of 128 KB could be as many frames and more. */
  mostFragments: 16_384,
  /** 7.4: a message of more frames than that. */
  tooManyFragmentsClose: { code: 1008, reason: '' },
} as const;
