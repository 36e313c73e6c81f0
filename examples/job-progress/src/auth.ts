import { allow, onAuthorize } from 'cdk-websocket-service/runtime';

/** Takes the token for the name of the user: enough for an example, and for nothing else. */
export const authorize = onAuthorize(({ token }) => (token ? allow({ user: token }) : 'unauthorized'));
