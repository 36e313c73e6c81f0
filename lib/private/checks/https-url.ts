import { Token } from 'aws-cdk-lib';
import { Fault } from '../problem';

/**
 * What is wrong with the URL of an issuer or of its keys, if anything.
 *
 * @param isIssuer whether it names an issuer, which has neither query nor fragment (OpenID Connect Discovery 1.0, section 2)
 */
export function httpsUrlFault(url: string, isIssuer: boolean): Fault | undefined {
  if (Token.isUnresolved(url)) return undefined;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:' || /\s/.test(url)) {
    return { reason: 'is not an https URL', remedy: 'write it in full, for example "https://login.example.com/"' };
  }
  if (parsed.username || parsed.password) return { reason: 'has a user or a password in it', remedy: 'leave them out' };
  if (isIssuer && /[?#]/.test(url)) {
    return { reason: 'has a query or a fragment, which no issuer has', remedy: 'write what tokens have in the claim `iss`' };
  }
  return undefined;
}
