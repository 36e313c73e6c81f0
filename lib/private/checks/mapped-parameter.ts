import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

const NAME = '[\\w.$-]+';
const DESTINATION = new RegExp(`^integration\\.request\\.(header|querystring|path)\\.${NAME}$`);
const SOURCES = [
  new RegExp(`^route\\.request\\.(header|querystring|multivalueheader|multivaluequerystring)\\.${NAME}$`),
  /^route\.request\.body(?:[.[].+)?$/,
  new RegExp(`^(stageVariables|context)\\.${NAME}$`),
  /^'[^']*'$/s,
];

const RESPONSE_DESTINATION = new RegExp(`^(method|route)\\.response\\.header\\.${NAME}$`);
const RESPONSE_SOURCES = [
  new RegExp(`^integration\\.response\\.(header|multivalueheader)\\.${NAME}$`), /^integration\.response\.body(?:[.[].+)?$/, /^'[^']*'$/s,
];

/**
 * What is wrong with where a request parameter goes, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
 */
export function parameterDestinationFault(destination: string): Fault | undefined {
  return fault(destination, [DESTINATION], {
    reason: 'is no parameter of a request to a backend',
    remedy: 'use integration.request.header.<name>, integration.request.querystring.<name> or integration.request.path.<name>',
  });
}

/**
 * What is wrong with where a request parameter comes from, if anything.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html
 */
export function parameterSourceFault(source: string): Fault | undefined {
  return fault(source, SOURCES, {
    reason: 'is no source of a request parameter',
    remedy: "use context.<name>, stageVariables.<name>, route.request.body.<JSONPath>, a text in single quotes ('text'), or on $connect "
      + 'route.request.header.<name> and route.request.querystring.<name>',
  });
}

/** What is wrong with where a response parameter goes, if anything. */
export function responseDestinationFault(destination: string): Fault | undefined {
  return fault(destination, [RESPONSE_DESTINATION], { reason: 'is no parameter of a response', remedy: 'use method.response.header.<name>' });
}

/** What is wrong with where a response parameter comes from, if anything. */
export function responseSourceFault(source: string): Fault | undefined {
  return fault(source, RESPONSE_SOURCES, {
    reason: 'is no source of a response parameter',
    remedy: "use integration.response.header.<name>, integration.response.body.<JSONPath> or a text in single quotes ('text')",
  });
}

function fault(value: string, patterns: RegExp[], found: Fault): Fault | undefined {
  return Token.isUnresolved(value) || patterns.some((pattern) => pattern.test(value)) ? undefined : found;
}
