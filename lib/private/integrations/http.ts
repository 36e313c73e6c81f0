import { IVpcLink } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import { IntegrationSpec, Refuse } from './integration-plan';
import { backendUrlFault } from '../checks/backend-url';

interface Backend {
  readonly method?: string;
  readonly vpcLink?: IVpcLink;
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html */
export function httpCall(type: 'HTTP' | 'HTTP_PROXY', url: string, { method = 'POST', vpcLink }: Backend): IntegrationSpec {
  return { type, uri: url, method, vpcLinkId: vpcLink?.vpcLinkId };
}

export function checkHttp(refuse: Refuse, url: string, { vpcLink }: Backend): void {
  const fault = backendUrlFault(url, vpcLink !== undefined);
  if (fault) refuse('url', url, fault);
  if (vpcLink !== undefined && !Construct.isConstruct(vpcLink)) {
    refuse('vpcLink', vpcLink, { reason: 'is not a VPC link', remedy: "use VpcLink.fromVpcLinkId(this, 'Imported', id) for an id" });
  }
  // Those of HTTP APIs, and only those, know their VPC.
  if (vpcLink && 'vpc' in vpcLink) {
    refuse('vpcLink', vpcLink, {
      reason: 'is a VPC link of HTTP APIs, and WebSocket APIs take those of REST APIs',
      remedy: 'make one with VpcLink of aws-cdk-lib/aws-apigateway, for a Network Load Balancer',
    });
  }
}
