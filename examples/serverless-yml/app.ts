import { App, CfnOutput } from 'aws-cdk-lib';
import { ServerlessStack } from 'cdk-websocket-service';

const app = new App();
export const stack = new ServerlessStack(app, 'Chat', { path: 'serverless.yml', stage: app.node.tryGetContext('stage') });

// What every service of this library has.
const { service: moved } = stack;
moved.function('notifier').addEnvironment('GREETING', 'welcome');
new CfnOutput(stack, 'CallbackUrl', { value: moved.service.callbackUrl });
