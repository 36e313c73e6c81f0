import { onMessage, user } from 'cdk-websocket-service/runtime';

/** jobs: answers with the number of connections that hear of this user's jobs. */
export const connections = onMessage(async ({ connection }) => ({
  user: connection.user,
  connections: (await user(connection.user!).connections()).length,
}));
