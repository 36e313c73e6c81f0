import * as path from 'path';
import { App } from 'aws-cdk-lib';
import { replay } from 'cdk-websocket-service/local';
import { ChatStack } from './chat-stack';

test('a recorded session goes as it went', async () => {
  const app = new App();
  new ChatStack(app, 'Test');

  const { differences } = await replay(path.join(__dirname, 'session.jsonl'), { app: app.synth().directory });

  expect(differences).toEqual([]);
}, 60_000);
