import { Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from 'cdk-websocket-service';
import { Construct } from 'constructs';

/** The stack that the tests beside this file run. */
export class ChatStack extends Stack {
  public constructor(scope: Construct, id: string) {
    super(scope, id);

    new WebsocketService(this, 'Chat', {
      routes: {
        join: { handler: 'examples/testing/chat.join', returnResponse: true },
        say: { handler: 'examples/testing/chat.say', returnResponse: true },
      },
      authorizer: ConnectAuthorizer.handler('examples/authorizer/src/auth.authorize', {
        identitySource: ['route.request.querystring.token'],
      }),
    });
  }
}
