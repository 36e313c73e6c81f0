import { Stack, StackProps } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { loadService } from './private/serverless/loaded-service';
import { ServerlessWebsocketService, ServerlessWebsocketServiceProps } from './serverless-websocket-service';

/**
 * The CloudFormation stack of a service of the Serverless Framework: name (`<service>-<stage>`), Region and tags as the file says.
 *
 * @see https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
 * @example
 * new ServerlessStack(app, 'Chat', { path: 'serverless.yml' });
 */
export class ServerlessStack extends Stack {
  /** The service of the file. */
  public readonly service: ServerlessWebsocketService;

  public constructor(scope: Construct, id: string, props: ServerlessWebsocketServiceProps) {
    super(scope, id, stackProps(scope, props));
    this.service = new ServerlessWebsocketService(this, 'Service', props);
  }
}

function stackProps(scope: Construct, props: ServerlessWebsocketServiceProps): StackProps {
  const { plan } = loadService(scope, props);
  const { stackName, region, stackTags } = plan;
  return {
    stackName,
    env: { region },
    tags: stackTags,
  };
}
