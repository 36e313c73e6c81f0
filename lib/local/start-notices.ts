import { LambdaFunction, LocalApp, Notice } from './assembly/model';
import { GivenVariables, namesOf, variablesOf } from './environment-file';
import { credentialSource } from './functions/credentials';
import { isLoopback, plainAddress } from './protocol/host';
import { functionLabel } from './terminal/function-label';
import { nearest } from '../private/nearest';

/** What the developer must know before the first message: what cannot be served, and what handlers will not find. */
export function startNotices(app: LocalApp, given: GivenVariables, shell: NodeJS.ProcessEnv): Notice[] {
  return [
    ...app.notices,
    ...unresolvedVariables(app, given),
    ...unknownFunctions(app, given),
    ...otherRuntimes(app),
    ...uncheckedSignatures(app),
    ...credentials({ ...shell, ...given.all }),
  ];
}

/** Who may do what, if the gateway listens to more than this machine. */
export function networkNotices(addresses: readonly string[]): Notice[] {
  return addresses.filter((address) => !isLoopback(plainAddress(address))).map((address) => ({
    code: 'open-to-network',
    subject: address,
    text: `listening on ${address}: whoever reaches ${address === '0.0.0.0' || address === '::' ? 'this machine' : address} over the network can connect, run every `
      + 'route and call @connections, since nobody checks signatures here, and handlers run with the AWS credentials of this shell; '
      + 'without --host only this machine can',
  }));
}

/** Where to attach to a function. */
export function inspectorNotice({ path }: LambdaFunction, url: string): Notice {
  return { code: 'inspector', subject: path, text: `${functionLabel(path)}: a debugger may attach to ${new URL(url).host} (${url})` };
}

function unresolvedVariables({ functions }: LocalApp, given: GivenVariables): Notice[] {
  return [...functions.values()].flatMap((fn) => {
    const variables = variablesOf(fn, given);
    return fn.unresolved.filter(({ name }) => !(name in variables)).map(({ name, refersTo, reason }) => ({
      code: 'variable-unresolved',
      subject: fn.path,
      text: `${fn.path}: the variable ${name} has no value here, since it refers to ${refersTo}: ${reason}; give it one with --env-vars`,
    }));
  });
}

/** A name in the env file that nobody listens to is a misspelt one. */
function unknownFunctions({ functions }: LocalApp, given: GivenVariables): Notice[] {
  const all = [...functions.values()];
  const known = new Set(all.flatMap(namesOf));
  return Object.keys(given.functions).filter((name) => !known.has(name)).map((name) => ({
    code: 'function-unknown',
    subject: name,
    text: `variables are given for the function ${JSON.stringify(name)}, which the app does not have; ${suggestion(name, all)}`,
  }));
}

/** The name that was meant, or all that there are: by the names that are printed, as far as they are near. */
function suggestion(name: string, functions: readonly LambdaFunction[]): string {
  const similar = functions.filter((fn) => namesOf(fn).some((known) => isSimilar(name, known)));
  const labels = (similar.length > 0 ? similar : functions).map(({ path }) => functionLabel(path)).join(', ');
  return similar.length > 0 ? `did you mean ${labels}?` : `it has ${labels}`;
}

/** Up to two letters differ, or one is the end or the beginning of the other: the export of a handler, a path without its stack. */
function isSimilar(name: string, known: string): boolean {
  const [left, right] = [name.toLowerCase(), known.toLowerCase()];
  return nearest(name, [known]) !== undefined || [`/${left}`, `.${left}`].some((end) => right.endsWith(end)) || right.startsWith(left)
    || left.endsWith(`/${right}`);
}

/** Handlers run on the Node.js that is installed here, whatever runtime their functions ask for. */
function otherRuntimes({ functions }: LocalApp, here = process.versions.node): Notice[] {
  const wanted = new Set([...functions.values()].map(({ runtime }) => runtime).filter((runtime) => runtime.startsWith('nodejs')));
  return [...wanted].filter((runtime) => runtime !== `nodejs${parseInt(here, 10)}.x`).map((runtime) => ({
    code: 'runtime-differs',
    subject: runtime,
    text: `functions with the runtime ${runtime} run on Node.js ${here} here, the one that runs this command`,
  }));
}

/** 3.12: who has no permission on AWS gets in here. */
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
  // All calls of AWS go elsewhere: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
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
