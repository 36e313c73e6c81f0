import { allow, onAuthorize } from 'cdk-websocket-service/runtime';
import { verify } from 'jsonwebtoken';

interface Token {
  readonly sub: string;
  readonly name: string;
}

/** Lets in whoever has a token of ../login.ts. `ConnectAuthorizer.jwt` does the same for tokens of an identity provider. */
export const authorize = onAuthorize(({ token = '' }) => {
  try {
    const { sub, name } = verify(token, process.env.SECRET!, { algorithms: ['HS256'], audience: 'chat' }) as unknown as Token;
    return allow({ user: sub, claims: { name } });
  } catch {
    return 'unauthorized';
  }
});
