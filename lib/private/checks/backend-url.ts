import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

/**
 * What is wrong with the URL of an HTTP backend, if anything.
 *
 * @param throughLink whether it is reached through a VPC link
 */
export function backendUrlFault(url: string, throughLink: boolean): Fault | undefined {
  if (Token.isUnresolved(url) && !/^[a-z]+:/i.test(url)) return undefined;
  if (!/^https?:\/\/[^\s/]\S*$/i.test(url)) {
    return { reason: 'is no http or https URL', remedy: 'write "https://<host>/<path>"; ${stageVariables.<name>} may stand for anything after https://' };
  }
  if (throughLink && /^https:\/\/[^/]*\.elb\.[^/]*amazonaws\.com/i.test(url)) {
    return {
      reason: 'is https to the own name of a load balancer, which no certificate can be had for',
      remedy: 'use http, or a name that the certificate of the load balancer has: the VPC link says where it leads',
    };
  }
  return undefined;
}
