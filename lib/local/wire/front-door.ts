import type { IncomingMessage, ServerResponse } from 'http';
import type { Socket } from 'net';
import { Address, AddressBook } from './address-book';
import { Handshakes } from './handshakes';
import { PortHandlers } from './listener';
import { isManagementPath, ManagementApi } from './management-api';
import { refuseHandshake, refuseRequest } from './refusal';
import { strayCall } from './stray-request';
import { Visitors } from './visitors';
import { parseTarget } from '../protocol/request-line';
import { Refusal, UNVERIFIED } from '../protocol/unverified';

/** A path that is meant to be one of `@connections`, whatever stands before it and however it is written. */
const CALL = /\/(?:@|%40)connections(?:\/|$)/i;

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
    // Who goes away before the end of the handshake is no error.
    socket.on('error', () => socket.destroy());
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
}

function refusalOf(path: string, address: Address | undefined, { method }: IncomingMessage): Refusal {
  if (!address) return UNVERIFIED.callbackForbidden;
  if (!CALL.test(address.rest)) return UNVERIFIED.plainGet;
  if (!address.byDomain) return UNVERIFIED.callbackForbidden;
  const message = `No method found matching route ${path.slice(1)} for http method ${method}.`;
  return { ...UNVERIFIED.stageOnDomain, body: JSON.stringify({ message }) };
}
