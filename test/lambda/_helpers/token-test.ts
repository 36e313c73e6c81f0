import { TestIssuer } from './issuer';
import { Invocation, LambdaProcess } from './lambda-process';

/** The method of a handshake. */
export const ARN = 'arn:aws:execute-api:eu-west-1:123456789012:abcdef/dev/$connect';

function policy(effect: 'Allow' | 'Deny'): object {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: ARN }] };
}

export const POLICY = { allow: policy('Allow'), deny: policy('Deny') };

export const now = (): number => Math.floor(Date.now() / 1000);

/** A handshake with a token in the URL. */
export function knock(token: string, at: LambdaProcess): Promise<Invocation> {
  return at.invoke({ methodArn: ARN, headers: {}, queryStringParameters: { token } });
}

/** An issuer, and functions that verify its tokens. */
export class TokenTest {
  public static async begin(): Promise<TokenTest> {
    return new TokenTest(await TestIssuer.start());
  }

  private readonly processes: LambdaProcess[] = [];

  private constructor(public readonly issuer: TestIssuer) {}

  /** A new execution environment, set up as the construct does it. */
  public start(environment: Record<string, string> = {}): LambdaProcess {
    const started = new LambdaProcess('jwt-authorizer', {
      NODE_EXTRA_CA_CERTS: this.issuer.certificateFile,
      JWT_ISSUER: this.issuer.url,
      JWT_AUDIENCE: 'game chat',
      JWT_TOKEN_SOURCES: 'querystring:token',
      ...environment,
    });
    this.processes.push(started);
    return started;
  }

  public async end(): Promise<void> {
    await Promise.all(this.processes.map((one) => one.end()));
    await this.issuer.stop();
  }
}
