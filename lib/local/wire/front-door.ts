import type { IncomingMessage, ServerResponse } from 'http';
import type { Socket } from 'net';
import { Address, AddressBook } from './address-book';
import { Handshakes } from './handshakes';
import { PortHandlers } from './listener';
import { isManagementPath, ManagementApi } from './management-api';
import { refuseHandshake, refuseRequest } from './refusal';
import { strayCall } from './stray-request';
import { Visitors } from './visitors';
import { Refusal } from '../protocol/connect-answer';
import { parseTarget } from '../protocol/request-line';
import { UNVERIFIED } from '../protocol/unverified';

/** A path that is meant to be one of `@connections`, whatever stands before it and however it is written. */
const CALL = /\/(?:@|%40)connections(?:\/|$)/i;

/** The path prefix of SDK clients without an endpoint; no stage can have such a name. */
const UNNAMED = '/.no-endpoint/';

/**
 * The endpoint for clients of a function that set none. They fail on AWS, so the path identifies the function for a notice.
 *
 * @param callbackUrl `http://localhost:3001/dev`
 */
export function markedEndpoint(callbackUrl: string, functionId: string): string {
  const { origin, pathname } = new URL(callbackUrl);
  return `${origin}${UNNAMED}${Buffer.from(functionId).toString('base64url')}${pathname.replace(/\/$/, '')}`;
}

/** Leads what comes in at one port to the stages that are served there. */
export class FrontDoor {
  public constructor(
    public book: AddressBook,
    private readonly visitors: Visitors,
    private readonly handshakes: Handshakes,
    private readonly management: ManagementApi,
  ) {}

  public get handlers(): PortHandlers {
    return {
      request: (request, response) => this.request(request, response),
      upgrade: (request, socket, head) => this.upgrade(request, socket, head),
    };
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const refusal = this.visitors.refusal(request);
    if (refusal) refuseHandshake(socket, refusal);
    else void this.handshakes.upgrade(this.book, request, socket, head);
  }

  private request(request: IncomingMessage, response: ServerResponse): void {
    const refused = this.visitors.refusal(request);
    if (refused) {
      refuseRequest(request, response, refused);
      return;
    }
    if (request.url?.startsWith(UNNAMED)) this.unmark(request);
    const { path } = parseTarget(request.url ?? '/');
    const address = this.book.find(request.headers.host ?? '', path);
    if (address && isManagementPath(address.rest)) {
      void this.management.serve(address.served, address.rest, request, response);
      return;
    }
    const refusal = refusalOf(path, address, request);
    const at = path.search(CALL);
    // 1.1.4: a browser asks for this and that; nobody is told.
    if (at < 0) refuseRequest(request, response, refusal);
    // 6.10
    else this.management.refuse(refusal, strayCall(this.book, request, path, at), path.slice(at), request, response);
  }

  private unmark(request: IncomingMessage): void {
    const [, functionId, rest] = /^([\w-]+)(\/.*)$/s.exec(request.url!.slice(UNNAMED.length)) ?? [];
    if (functionId === undefined) return;
    request.url = rest;
    this.management.noteMissingEndpoint(Buffer.from(functionId, 'base64url').toString());
  }
}

function refusalOf(path: string, address: Address | undefined, { method }: IncomingMessage): Refusal {
  if (!address) return UNVERIFIED.callbackForbidden;
  if (!CALL.test(address.rest)) return UNVERIFIED.plainGet;
  if (!address.byDomain) return UNVERIFIED.callbackForbidden;
  const message = `No method found matching route ${path.slice(1)} for http method ${method}.`;
  return { ...UNVERIFIED.stageOnDomain, body: JSON.stringify({ message }) };
}
