/** An answer to a handshake or to a call of `@connections` that AWS refuses. */
export interface Refusal {
  readonly status: number;
  readonly body: string;
  /** The header `x-amzn-ErrorType`. */
  readonly errorType: string;
}

/** How a connection ends: what the client is sent and what `$disconnect` is told. */
export interface Close {
  readonly code: number;
  readonly reason: string;
}

/**
 * All that this gateway assumes of AWS without a document or a capture to show for it, in the order of the rules. Who sees
 * AWS do otherwise changes the entry here, and nothing else; docs/fidelity.md lists the same, and what no constant can say.
 */
export const UNVERIFIED = {
  /** 1.1.3: an upgrade without a stage, to an unknown one or with more path is answered as `@connections` without a stage is. */
  unknownPath: { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' },
  /** 1.1.4: the status was asserted once, by others; the body is ours, and any path of a stage gets it. */
  plainGet: { status: 426, body: '{"message":"Upgrade Required"}', errorType: 'BadRequestException' },
  /** 1.1.8: the length is documented, the answer to a longer URL is not. */
  urlTooLong: { status: 414, body: '{"message":"Request-URI Too Long"}', errorType: 'BadRequestException' },
  /** 1.2.3: a `$connect` route without a target lets everybody in, as an API without `$connect` does. */
  connectWithoutTargetAccepts: true,
  /** 1.3.1: a header that comes several times: the single-value map has the last one, as that of the query string has. */
  repeatedHeaderHasLast: true,
  /** 1.3.1: a broken percent escape in a query string stays as it is. */
  brokenEscapeIsKept: true,
  /** 1.3.1: `+` in a query string is a space, as in a form. */
  plusInQueryIsSpace: true,
  /** 1.3.4: what the client itself sent under the names that the service adds is replaced. */
  forwardedHeadersAreReplaced: true,
  /** 1.3.10: events for routes have the stage's variables if there are any. */
  routeEventsHaveStageVariables: true,
  /** 2.2: the status of a refusing `$connect` function reaches the client, its own body does not. */
  refusedConnectBody: '',
  /** 2.2: a final answer cannot be 1xx, so `$connect` that returns one is answered so. */
  informationalConnectStatus: 502,
  /** 2.3: 502 is observed, its body is that of REST APIs. */
  failedConnect: { status: 502, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 2.4: 500 is not excluded. */
  malformedConnectResponse: { status: 502, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 2.4: a status code as text counts, as in REST APIs. */
  statusCodeAsText: true,
  /** 2.4: other numbers make a response malformed. */
  statusCodes: { lowest: 100, highest: 599 },
  /** 2.5: API Gateway may not invoke the function, or there is none at the URI. */
  connectNotInvocable: { status: 500, body: '{"message":"Internal server error"}', errorType: 'InternalServerErrorException' },
  /** 2.6: `$connect` ran longer than its integration may. */
  connectTimeout: { status: 504, body: '{"message":"Endpoint request timed out"}', errorType: 'InternalServerErrorException' },
  /** 2.9: a subprotocol that the client did not offer is sent all the same; the client gives up then. */
  subprotocolMustBeOffered: false,
  /** 2.11: an HTTP_PROXY backend of `$connect` gets the client's query string too. */
  connectQueryReachesBackend: true,
  /** 2.11, 2.3: the backend of an HTTP integration cannot be reached; the status is that of REST APIs. */
  backendUnreachableStatus: 504,
  /** 2.12: what the integration response of a mock finds as the backend's body. */
  mockBody: '',
  /** 3.2: both query maps of the authorizer's event, if there is no query string, as in REST APIs. */
  authorizerEventHasEmptyQuery: true,
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
  /** 3.6: the same, without the end. */
  implicitDeny: { status: 403, body: '{"Message":"User is not authorized to access this resource"}', errorType: 'AccessDeniedException' },
  /** 3.7: an authorizer that fails, or whose answer is not one. */
  authorizerFailure: { status: 500, body: '{"message":null}', errorType: 'AuthorizerConfigurationException' },
  /** 3.7: an answer of the authorizer with properties that nobody knows is still one. */
  authorizerMayReturnMore: true,
  /** 3.7, 3.9: a context value that is `null` is left out. */
  nullInContextIsDropped: true,
  /** 3.8: the conditions of a statement are not evaluated: they hold. */
  policyConditionsHold: true,
  /** 3.12: the status is observed. */
  unsigned: { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' },
  /** 3.13: as in REST APIs. */
  apiKeyRefused: { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' },
  /** 4.1.3: what `null` in a message selects by. */
  nullSelects: '',
  /** 4.1.4: a message that asks for `$connect` or `$disconnect` goes here. */
  lifecycleKeySelects: '$default',
  /** 4.3.1: the code is documented. */
  binaryClose: { code: 1003, reason: '' },
  /** 4.4.7: what the sender of a throttled message is told. */
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
  /** 5.3.2: no template matches and the message may not pass as it is: of `$connect`; a message gets Internal server error. */
  noTemplateStatus: 500,
  /** 5.3.3: the quota of REST APIs for one `#foreach`; a template that goes on fails. */
  foreachIterations: 1_000,
  /** 5.3.3: `$input.path` of what is not there, as `$input.json` gives `""` in REST APIs. */
  missingTemplatePath: '',
  /** 5.3.3: a variable of API Gateway that has no value prints so. */
  absentTemplateVariable: '',
  /** 5.3.5: no integration response matches and there is no `$default`: of `$connect`; a message gets Internal server error. */
  noIntegrationResponseStatus: 500,
  /** 5.3.7: what an HTTP backend is told that a message is. */
  backendContentType: 'application/json',
  /** 5.3.7: with every request, as the load balancers and proxies that backends stand behind on AWS add them. */
  forwardedHeadersReachBackends: true,
  /** 5.4.2: that it is checked, the status and the text are those of REST APIs with a request validator. */
  missingParameter: { status: 400, message: 'Missing required request parameters: ', errorType: 'BadRequestException' },
  /** 6.4: digits of a second's fraction in the dates of `GET @connections`. */
  dateFractionDigits: 3,
  /** 6.10: a call that is not signed, of an unknown stage or path. */
  callbackForbidden: { status: 403, body: '{"message":"Forbidden"}', errorType: 'ForbiddenException' },
  /** 6.10: a call that came by a custom domain and has the stage in its path all the same: the text is observed, the status is not. */
  stageOnDomain: { status: 404, errorType: 'NotFoundException' },
  /** 6.12: posting nothing sends an empty frame. */
  emptyPostIsSent: true,
  /** 6.14: observed in `$disconnect`; that the client is sent the same is not. */
  deletedClose: { code: 1000, reason: 'Connection Closed Normally' },
  /** 6.17: reading a connection does not keep it open. */
  getResetsIdle: false,
  /** 7.2.1: the code is documented. */
  tooBigClose: { code: 1009, reason: '' },
  /** 7.2.3: the end after two hours looks like that of an idle connection. */
  durationClose: { code: 1001, reason: 'Going away' },
  /** 7.2.4: a ping of the client does not keep the connection open. */
  pingResetsIdle: false,
  /** 7.2.5 */
  pingsAreAnswered: true,
  /** 7.2.6: no compression is agreed on, whatever the client offers. */
  perMessageDeflate: false,
  /** 7.3: the gateway ends; the reason was seen once, its code was not. */
  shutdownClose: { code: 1001, reason: 'Shutdown' },
  /** 7.3: the network lost the connection. */
  lostClose: { code: 1006, reason: '' },
  /** 7.3: text that is no UTF-8, with the code of RFC 6455. */
  brokenTextClose: { code: 1007, reason: '' },
  /** 7.3: a frame that is none, with the code of RFC 6455. */
  brokenFrameClose: { code: 1002, reason: '' },
  /** 7.4: frames of one message; AWS documents no such limit, and without one a message of 128 KB could be as many frames and more. */
  mostFragments: 16_384,
  /** 7.4: a message of more frames than that. */
  tooManyFragmentsClose: { code: 1008, reason: '' },
  /** 8.1: the stage's default settings are a limit for each route without its own, not one for all of them together. */
  defaultSettingsAreForEachRoute: true,
} as const;
