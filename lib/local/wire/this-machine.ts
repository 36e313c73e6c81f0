import type { IncomingMessage } from 'http';
import { hostName, isLoopback, plainAddress } from '../protocol/host';

/** The headers by which proxies and tunnels say for whom they pass a request on. */
const FORWARDED = /^(?:forwarded|via|x-(?:forwarded|original|envoy)-.*|x-real-ip|x-client-ip|true-client-ip|cf-.*|fly-.*|tailscale-.*)$/;

/** Tells programs and browsers of this machine from everybody else who may reach a port, whatever the gateway listens at. */
export class ThisMachine {
  /** What the gateway was told to listen at, if it is a name: its functions call it by that. */
  public host?: string;

  /** @param addresses the IP addresses on which the gateway listens */
  public constructor(private readonly addresses: () => readonly string[] = () => []) {}

  /** Whether a request was made on this machine, for nobody else, and asks for this machine, not for a name by which others reach it. */
  public made(request: IncomingMessage): boolean {
    return this.isPeer(request) && !isForwarded(request) && this.isAddressed(request);
  }

  /** A gateway that listens on one address of the network is called from that address. Where it listens on all, from a loopback one. */
  private isPeer({ socket: { remoteAddress = '', localAddress } }: IncomingMessage): boolean {
    if (isLoopback(plainAddress(remoteAddress))) return true;
    return remoteAddress === localAddress && this.addresses().includes(remoteAddress);
  }

  private isAddressed({ headers, socket: { localAddress = '' } }: IncomingMessage): boolean {
    const name = hostName(headers.host ?? '');
    return name !== undefined && (isLoopback(name) || name === plainAddress(localAddress) || name === hostName(this.host ?? ''));
  }
}

/** Whether a proxy has passed it on, for somebody who may be anywhere: by default, nginx shows it by HTTP/1.0 only. */
function isForwarded({ headers, httpVersion }: IncomingMessage): boolean {
  return httpVersion === '1.0' || Object.keys(headers).some((name) => FORWARDED.test(name));
}
