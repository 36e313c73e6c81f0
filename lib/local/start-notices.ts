import { LambdaFunction, LocalApp, Notice, UnresolvedVariable } from './assembly/local-app';
import { listed } from './assembly/notices';
import { namesOf, VariableOverrides, variablesOf } from './environment-file';
import { credentialSource } from './functions/process-environment';
import { isLoopback, plainAddress } from './protocol/host';
import { functionLabel } from './terminal/served';
import { TOOLS } from './wire/tools';
import { nearest } from '../private/nearest';

/** Notices at the start: what is not served as on AWS, and what handlers will not find. */
export function startNotices(app: LocalApp, overrides: VariableOverrides, shell: NodeJS.ProcessEnv): Notice[] {
  return [
    ...app.notices,
    ...unresolvedVariables(startedFunctions(app), overrides),
    ...unknownFunctions(app, overrides),
    ...otherRuntimes(app),
    ...uncheckedSignatures(app),
    ...takenPaths(app),
    ...credentials({ ...shell, ...overrides.all }),
  ];
}

/** The paths below `/_ws` are the app's, on the port of a stage or mapping key of that name. */
function takenPaths({ apis }: LocalApp): Notice[] {
  const isOurs = (name: string): boolean => name === TOOLS || name.startsWith(`${TOOLS}/`);
  return apis.flatMap(({ name, stages }) => stages.flatMap((stage) => {
    const taken = [stage.name, ...stage.mappings.map(({ mappingKey }) => mappingKey)].find(isOurs);
    if (taken === undefined) return [];
    const what = taken === stage.name ? 'a stage' : 'a mapping key';
    const text = `${name} has ${what} called ${taken}, which is served: the inspector, the faults and the tokens of the gateway are off on `
      + `its port, since their paths begin with /${TOOLS} too`;
    return [{ code: 'path-taken', subject: `${name}/${stage.name}`, text }];
  }));
}

/** A warning for each address that other machines can reach. */
export function networkNotices(addresses: readonly string[]): Notice[] {
  return addresses.filter((address) => !isLoopback(plainAddress(address))).map((address) => ({
    code: 'open-to-network',
    subject: address,
    text: `listening on ${address}: whoever can reach ${address === '0.0.0.0' || address === '::' ? 'this machine' : address} over the `
      + 'network can connect, run every route and call @connections, since the gateway does not verify signatures, and handlers run with '
      + 'the AWS credentials of this shell, if it has any; without --host only this machine can',
  }));
}

/** A function has a debugger port. */
export function inspectorNotice({ path }: LambdaFunction, url: string): Notice {
  return { code: 'inspector', subject: path, text: `${functionLabel(path)}: a debugger may attach to ${new URL(url).host} (${url})` };
}

/** Those that a route invokes: nothing is said about the others before they are invoked. */
function startedFunctions({ functions }: LocalApp): readonly LambdaFunction[] {
  return [...functions.values()].filter(({ onDemand }) => !onDemand);
}

/** One notice for each cause, since a variable of `defaults` concerns every function. */
export function unresolvedVariables(functions: readonly LambdaFunction[], overrides: VariableOverrides): Notice[] {
  const causes = new Map<string, { readonly variable: UnresolvedVariable; readonly paths: string[] }>();
  for (const fn of functions) {
    const variables = variablesOf(fn, overrides);
    for (const variable of fn.unresolved.filter(({ name }) => !(name in variables))) {
      const key = JSON.stringify(variable);
      const cause = causes.get(key) ?? { variable, paths: [] };
      cause.paths.push(fn.path);
      causes.set(key, cause);
    }
  }
  return [...causes.values()].map(({ variable: { name, refersTo, reason }, paths }) => ({
    code: 'variable-unresolved',
    subject: paths.join(', '),
    text: `${name} of ${listed(paths.map(functionLabel), 'functions')} has no value here, since it refers to ${refersTo}: ${reason}; give `
      + 'it one with --env-vars',
  }));
}

/** A name in the env file that no function has is misspelt. */
function unknownFunctions({ functions }: LocalApp, overrides: VariableOverrides): Notice[] {
  const all = [...functions.values()];
  const known = new Set(all.flatMap(namesOf));
  return Object.keys(overrides.functions).filter((name) => !known.has(name)).map((name) => ({
    code: 'function-unknown',
    subject: name,
    text: `variables are given for the function ${JSON.stringify(name)}, which the app does not have; ${suggestion(name, all)}`,
  }));
}

/** Suggests the functions with similar names, or lists all. */
function suggestion(name: string, functions: readonly LambdaFunction[]): string {
  const similar = functions.filter((fn) => namesOf(fn).some((known) => isSimilar(name, known)));
  const labels = (similar.length > 0 ? similar : functions).map(({ path }) => functionLabel(path)).join(', ');
  return similar.length > 0 ? `did you mean ${labels}?` : `it has ${labels}`;
}

/**
 * Names are similar if up to two letters differ, or if one is the end or the beginning of the other: the export of a handler, a path
 * without its stack.
 */
function isSimilar(name: string, known: string): boolean {
  const [left, right] = [name.toLowerCase(), known.toLowerCase()];
  return nearest(name, [known]) !== undefined || [`/${left}`, `.${left}`].some((end) => right.endsWith(end)) || right.startsWith(left)
    || left.endsWith(`/${right}`);
}

/** Handlers run on the Node.js that runs the gateway, whatever runtime their functions ask for. */
function otherRuntimes(app: LocalApp, here = process.versions.node): Notice[] {
  const wanted = new Set(startedFunctions(app).map(({ runtime }) => runtime).filter((runtime) => runtime.startsWith('nodejs')));
  return [...wanted].filter((runtime) => runtime !== `nodejs${parseInt(here, 10)}.x`).map((runtime) => ({
    code: 'runtime-differs',
    subject: runtime,
    text: `functions with the runtime ${runtime} run on Node.js ${here} here, the one that runs this command`,
  }));
}

/** Clients without a permission on AWS can connect here (3.12). */
function uncheckedSignatures({ apis }: LocalApp): Notice[] {
  return apis.filter(({ routes }) => routes.get('$connect')?.authorization.type === 'AWS_IAM').map(({ logicalId, name }) => ({
    code: 'signature-not-checked',
    subject: logicalId,
    text: `${name}: $connect is for AWS_IAM, and signatures are checked in form only: any access key gets in here, on AWS who may `
      + 'execute-api:Invoke; try policies on AWS',
  }));
}

function credentials(variables: NodeJS.ProcessEnv): Notice[] {
  const source = credentialSource(variables);
  // With this variable, all calls of AWS go to a stand-in: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
  if (source && variables.AWS_ENDPOINT_URL) return [];
  if (source) {
    const text = `handlers call AWS with the credentials of this shell, ${source.text}: what they write goes to that account`;
    return [{ code: 'credentials-real', subject: 'AWS_ACCESS_KEY_ID', text }];
  }
  return [{
    code: 'credentials-placeholder',
    subject: 'AWS_ACCESS_KEY_ID',
    text: 'the shell has no AWS credentials: handlers get placeholders, with which only calls of this gateway work',
  }];
}

/** Milliseconds in which notices of several functions with the same cause are collected. */
const GROUPING = 100;

/** Merges notices of several functions with the same cause, which arrive one by one at the start and after a save. */
export class FunctionNotices {
  private pending: Notice[] = [];
  private timer?: NodeJS.Timeout;

  public constructor(private readonly emit: (notice: Notice) => void) {}

  /** @param notice a notice whose text begins with its subject, the function's path */
  public add(notice: Notice): void {
    this.pending.push(notice);
    this.timer ??= setTimeout(() => this.flush(), GROUPING).unref();
  }

  public flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const causes = new Map<string, Notice[]>();
    for (const notice of this.pending) {
      const cause = JSON.stringify([notice.code, notice.text.replace(notice.subject, '')]);
      causes.set(cause, [...causes.get(cause) ?? [], notice]);
    }
    this.pending = [];
    for (const [first, ...others] of causes.values()) {
      const labels = others.map(({ subject }) => functionLabel(subject));
      const all = [first, ...others].map(({ subject }) => subject).join(', ');
      const text = `${first.text}; the same goes for ${labels.length === 1 ? labels[0] : listed(labels, 'other functions')}`;
      this.emit(others.length === 0 ? first : { ...first, subject: all, text });
    }
  }
}
