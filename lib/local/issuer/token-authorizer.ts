import type { LambdaFunction, LocalApp, Stage } from '../assembly/local-app';
import { GatewayError } from '../gateway-error';
import type { ServedApi } from '../terminal/served';

type Variables = Readonly<Record<string, string>>;

/** A function of this library that verifies tokens (`ConnectAuthorizer.jwt` or `.cognito`), at the stages whose door it keeps. */
export interface TokenAuthorizer {
  readonly served: ServedApi;
  /** Names. */
  readonly stages: readonly string[];
  readonly fn: LambdaFunction;
  /** The variables of the function, those of the developer included. */
  readonly variables: Variables;
}

/** What an authorizer asks of a token. */
export interface Wanted {
  readonly kind: 'jwt' | 'access' | 'id';
  readonly issuer: string;
  /** The audience, or the app client of the user pool: the first that the authorizer accepts. */
  readonly audience: string;
  /** A token needs one of them, if there are any. */
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly principalClaim: string;
}

/** The variable that every such function has (lib/token-authorizer.ts), and no function of a user. */
const MARK = 'JWT_TOKEN_SOURCES';

/** @param variables those that the developer sets for a function */
export function tokenAuthorizers(
  functions: LocalApp['functions'], apis: readonly ServedApi[], variables: (fn: LambdaFunction) => Variables,
): readonly TokenAuthorizer[] {
  return apis.flatMap((served) => {
    const ids = new Map(served.stages.map(({ stage }) => [stage.name, authorizerOf(served, stage)]));
    return [...new Set(ids.values())].flatMap((id): TokenAuthorizer[] => {
      const fn = id === undefined ? undefined : functions.get(id);
      if (!fn || !Object.hasOwn(fn.environment, MARK)) return [];
      const own = variables(fn);
      const stages = [...ids.keys()].filter((name) => ids.get(name) === id);
      return [{ served, stages, fn, variables: { ...fn.environment, ...standIns(fn, own), ...own } }];
    });
  });
}

/** The id of the function that API Gateway asks before a handshake at the stage. */
function authorizerOf({ api }: ServedApi, stage: Stage): string | undefined {
  const authorization = api.routes.get('$connect')?.authorization;
  const target = authorization?.type === 'CUSTOM' ? authorization.authorizer.target : undefined;
  if (target?.type === 'function') return target.functionId;
  return target?.type === 'stageVariable' ? target.functions[stage.name] : undefined;
}

/** Values for what only a deployment knows, so that the door of a user pool that is not deployed yet can be tried. */
export function standIns({ unresolved, region }: LambdaFunction, own: Variables): Record<string, string> {
  const values: Record<string, string> = {
    COGNITO_USER_POOL_ID: `${/^[a-z]{2}-(?:gov-)?[a-z]+-\d$/.test(region) ? region : 'us-east-1'}_local`,
    COGNITO_CLIENT_IDS: 'local-client',
    JWT_ISSUER: 'https://issuer.localhost/',
    JWT_AUDIENCE: 'local-audience',
  };
  const names = unresolved.map(({ name }) => name).filter((name) => Object.hasOwn(values, name) && !Object.hasOwn(own, name));
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}

/** @throws GatewayError INVALID_OPTION if the developer has set a variable that the function itself would not take */
export function wanted({ fn, variables }: TokenAuthorizer): Wanted {
  const words = (name: string): string[] => (variables[name] ?? '').split(/\s+/).filter((word) => word !== '');
  const first = (name: string): string => {
    const [word] = words(name);
    if (word === undefined) throw new GatewayError('INVALID_OPTION', `${fn.path} has no ${name}, so that it accepts no token`);
    return word;
  };
  const common = { scopes: words('JWT_SCOPES'), groups: words('COGNITO_GROUPS'), principalClaim: words('JWT_PRINCIPAL_CLAIM')[0] ?? 'sub' };
  const [pool] = words('COGNITO_USER_POOL_ID');
  if (pool === undefined) return { kind: 'jwt', issuer: first('JWT_ISSUER'), audience: first('JWT_AUDIENCE'), ...common };
  const kind = words('COGNITO_TOKEN_USE')[0] === 'id' ? 'id' : 'access';
  const issuer = `https://cognito-idp.${pool.split('_')[0]}.amazonaws.com/${pool}`;
  return { kind, issuer, audience: first('COGNITO_CLIENT_IDS'), ...common };
}
