import type { IncomingMessage, ServerResponse } from 'http';
import { refuseRequest } from './refusal';
import { ThisMachine } from './this-machine';
import { callSignatureError } from '../protocol/iam-signature';
import { parseTarget } from '../protocol/request';

/**
 * Answers calls of an AWS service, and never throws. Only calls of this machine that have the form of a signature get here.
 *
 * @param rest what follows `/.aws/<service>`: begins with `/`, and has the query string; undecoded
 */
export type ServiceHandler = (request: IncomingMessage, response: ServerResponse, rest: string) => void;

/** `/.aws/dynamodb` and what follows; no stage can have such a name. */
const PATH = /^\/\.aws\/([^/?]*)(.*)$/s;

/** The endpoint of a service for the SDK clients of handlers. @param origin `http://127.0.0.1:3001` */
export function serviceEndpoint(origin: string, service: string): string {
  return `${origin}/.aws/${service}`;
}

/**
 * AWS services that the gateway stands in for, on every port below `/.aws/<service>`. SDK clients of handlers get there by
 * `AWS_ENDPOINT_URL_<SERVICE>`.
 *
 * Who may call: programs on this machine, since these services answer whoever asks. A web page cannot: `Visitors` refuses unknown
 * origins, and a page of an allowed one would need the header `Authorization`, for which browsers ask first (CORS) and are not answered.
 * Nor can those who come through a tunnel or a proxy on this machine, for which a public name may be allowed.
 */
export class ServiceEndpoints {
  private readonly handlers = new Map<string, ServiceHandler>();

  public constructor(private readonly machine: ThisMachine) {}

  /** @param service the name in signatures, which the path has too: `dynamodb` */
  public register(service: string, handler: ServiceHandler): void {
    this.handlers.set(service, handler);
  }

  /** Answers a request to a service; returns false for all other requests. */
  public serve(request: IncomingMessage, response: ServerResponse): boolean {
    // Most requests are calls of `@connections`.
    if (!request.url?.includes('/.aws/')) return false;
    const { path, query } = parseTarget(request.url);
    const [, service, rest] = PATH.exec(path) ?? [];
    if (service === undefined) return false;
    const handler = this.handlers.get(service);
    const refused = this.refusal(request, service, handler);
    if (refused) refuseRequest(request, response, refused);
    else handler!(request, response, `${rest || '/'}${query && `?${query}`}`);
    return true;
  }

  private refusal(request: IncomingMessage, service: string, handler: ServiceHandler | undefined): ServiceError | undefined {
    if (!this.machine.made(request)) {
      return serviceError(403, 'AccessDeniedException', 'the stand-ins for AWS services are for programs on the machine of the gateway');
    }
    if (!handler) {
      const names = [...this.handlers.keys()].map((name) => `/.aws/${name}`).join(', ');
      return serviceError(404, 'UnknownOperationException', `there is no stand-in for the AWS service ${JSON.stringify(service)} here; `
        + `there is ${names || 'none for this app'}`);
    }
    const unsigned = callSignatureError(request.headers.authorization, service);
    if (unsigned === undefined) return undefined;
    // SDKs do not try again.
    return serviceError(403, 'IncompleteSignatureException', `${unsigned}; the gateway checks the form of a signature only, so that any `
      + 'access key is as good as another');
  }
}

export interface ServiceError {
  readonly status: number;
  readonly errorType: string;
  /** JSON with the error type and the message where each of AWS's protocols has them. */
  readonly body: string;
}

/** An error as SDK clients read it: the JSON protocols take the type from the body, the REST ones from the header. */
export function serviceError(status: number, errorType: string, message: string): ServiceError {
  return { status, errorType, body: JSON.stringify({ __type: errorType, message }) };
}
