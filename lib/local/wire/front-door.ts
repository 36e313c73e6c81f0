import type { IncomingMessage, ServerResponse } from 'http';
import { Address, AddressBook } from './address-book';
import { Handshakes } from './handshakes';
import { PortHandlers } from './listener';
import { isManagementPath, ManagementApi } from './management-api';
import { refusalHeaders } from './refusal';
import { parseTarget } from '../protocol/request-line';
import { Refusal, UNVERIFIED } from '../protocol/unverified';

/** Leads what comes in at one port to the stages that are served there. */
export class FrontDoor {
  public constructor(public book: AddressBook, private readonly handshakes: Handshakes, private readonly management: ManagementApi) {}

  public get handlers(): PortHandlers {
    return {
      request: (request, response) => this.request(request, response),
      upgrade: (request, socket, head) => void this.handshakes.upgrade(this.book, request, socket, head),
    };
  }

  private request(request: IncomingMessage, response: ServerResponse): void {
    const address = this.book.find(request.headers.host ?? '', parseTarget(request.url ?? '/').path);
    if (address && isManagementPath(address.rest)) void this.management.serve(address.served, address.rest, request, response);
    // 6.10, 1.1.4
    else answer(request, response, refusalOf(address, request));
  }
}

function refusalOf(address: Address | undefined, { method, url = '/' }: IncomingMessage): Refusal {
  if (!address) return UNVERIFIED.callbackForbidden;
  if (!/\/(?:@|%40)connections(?:\/|$)/i.test(address.rest)) return UNVERIFIED.plainGet;
  if (!address.byDomain) return UNVERIFIED.callbackForbidden;
  const route = parseTarget(url).path.slice(1);
  const message = `No method found matching route ${route} for http method ${method}.`;
  return { ...UNVERIFIED.stageOnDomain, body: JSON.stringify({ message }) };
}

function answer(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  request.resume();
  response.writeHead(refusal.status, refusalHeaders(refusal));
  response.end(refusal.body);
}
