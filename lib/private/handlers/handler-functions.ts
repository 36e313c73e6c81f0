import * as path from 'path';
import { Annotations, AssetStaging, Stack, Stage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct, IConstruct } from 'constructs';
import { differences, FunctionSettings } from './function-settings';
import { removeFunction, setUpFunction } from './function-setup';
import { addHandlerMetadata } from './handler-metadata';
import { AssetCode } from '../bundling/asset-code';
import { bundle, BundledHandler, BundleRequest, lostMetadataOf, precompile } from '../bundling/bundler';
import { BundleWarning } from '../bundling/decorator-metadata';
import { esbuildFault, findEsbuild, FORMAT_HINT, MODULES_ONLY } from '../bundling/esbuild';
import { fitsOneBuild, withCommonJs } from '../bundling/esbuild-options';
import { Handler } from '../bundling/handler';
import { CommandFailure, linkErrors, localPackages, withCommandOutput } from '../bundling/package-install';
import { HandlerWrapper } from '../bundling/wrapped-entry';
import { encodeId } from '../construct-id';
import type { Naming } from '../naming/serverless-naming';
import { list, problem, rethrow } from '../problem';
import { sortedBy } from '../values';

/** A property that names a handler, with the settings of the function. */
export interface HandlerUse {
  /** As in messages: `routes["foo"].handler` or `authorizer.handler`. */
  readonly property: string;
  readonly handler: Handler;
  readonly settings: FunctionSettings;
  /** What the runtime does around it. A handler is tracked if one of its uses says so. */
  readonly wrapper?: HandlerWrapper;
  /** The key in `functions`, for a function that has one. */
  readonly functionKey?: string;
  /** Deployed as it is: `handler.exportName` is the handler as Lambda calls it. */
  readonly code?: lambda.Code;
}

/** Whether the runtime can be bundled around the handler. `NodejsFunction` takes the user's file as it is. */
export function canBeWrapped({ settings, code }: HandlerUse): boolean {
  return !code && fitsOneBuild(settings.bundling ?? {}, settings.projectRoot);
}

/** The handler functions of all services of an app, in order of creation. */
const byApp = new WeakMap<IConstruct, HandlerFunctions[]>();

/** The functions of a service, one for each handler. */
export class HandlerFunctions {
  private readonly uses = new Map<string, HandlerUse[]>();
  private readonly functions = new Map<string, lambda.Function>();
  private readonly failures = new Map<string, string[]>();

  /** @param scopeOf the scope of the function of a handler, by the id of the handler */
  public constructor(
    private readonly scope: Construct,
    private readonly scopeOf: (handlerId: string) => Construct = () => scope,
    private readonly naming?: Naming,
  ) {
    const siblings = byApp.get(scope.node.root) ?? [];
    byApp.set(scope.node.root, [...siblings, this]);
    scope.node.addValidation({ validate: () => [...this.failureReport(), ...this.reportOfOtherStages()] });
  }

  /** Rejects a handler that is used with different settings. */
  public check(uses: HandlerUse[]): void {
    const seen = new Map([...this.uses].map(([id, [first]]) => [id, first]));
    for (const use of uses) {
      const first = seen.get(use.handler.id) ?? use;
      seen.set(use.handler.id, first);
      const settings = differences(first.settings, use.settings);
      if (settings.length > 0) throw this.contradiction(first, use, settings);
      const before = use.wrapper === 'tracked' && this.uses.get(use.handler.id);
      if (before && wrapperOf(before) !== 'tracked') throw this.trackedTooLate(first, use);
    }
  }

  /** Makes the functions that do not exist yet, from one build. */
  public add(uses: HandlerUse[]): void {
    const missing = new Map(uses.filter((use) => !this.uses.has(use.handler.id)).map((use) => (
      [use.handler.id, { ...use, wrapper: wrapperOf(uses.filter(({ handler }) => handler.id === use.handler.id)) }]
    )));
    const built = this.build([...missing.values()]);
    // In the order of their ids, since the template of a nested stack is an asset, whose hash depends on the order.
    const inOrder = sortedBy(missing, ([id]) => id);
    try {
      for (const [id, use] of inOrder) this.functions.set(id, this.makeFunction(use, built.get(id)));
    } catch (error) {
      rethrow(error);
    }
    for (const use of uses) this.uses.set(use.handler.id, [...(this.uses.get(use.handler.id) ?? []), use]);
  }

  public get(handler: Handler): lambda.Function {
    return this.functions.get(handler.id)!;
  }

  /** Builds the handlers that esbuild can build together. */
  private build(uses: HandlerUse[]): Map<string, BundledHandler> {
    const together = uses.filter(canBeWrapped);
    if (together.length === 0 || !this.bundlingRequired() || !this.esbuildIsThere(together)) return new Map();
    const build = bundle(this.scope, together.map((use) => bundleRequest(use, use.wrapper)));
    this.warn(build.warnings);
    return build.handlers;
  }

  private warn(warnings: BundleWarning[]): void {
    for (const { id, text } of warnings) Annotations.of(this.scope).addWarningV2(`cdk-websocket-service:${id}`, text);
  }

  private makeFunction(use: HandlerUse, built?: BundledHandler): lambda.Function {
    if (use.code) return this.deployedAsItIs(use, use.code);
    if (built) {
      if (built.errors.length === 0) return this.builtFunction(use, built);
      this.fail(use, built.errors);
    } else if (this.bundlingRequired() && !this.failures.has(use.handler.id)) {
      return this.bundledOnItsOwn(use);
    }
    return this.nodejsFunction(use, placeholderCode());
  }

  private builtFunction(use: HandlerUse, built: BundledHandler): lambda.Function {
    const { handler, settings, wrapper } = use;
    const made = this.nodejsFunction(use, new AssetCode(built.files, assetIdentity(settings, handler)));
    // The local gateway rebuilds the handler from the metadata. Without it, the gateway synthesizes the whole app.
    if (!built.hasSteps) addHandlerMetadata(made, { ...handler, wrapper }, built.recipe);
    return made;
  }

  private setUp(use: HandlerUse, settings: FunctionSettings, make: Parameters<typeof setUpFunction>[3]): lambda.Function {
    const { handler: { id }, functionKey } = use;
    const naming = functionKey === undefined ? undefined : this.naming;
    const made = setUpFunction(this.scopeOf(id), functionId(use), naming?.settings(functionKey!, settings) ?? settings, make);
    naming?.add(functionKey!, made, settings);
    return made;
  }

  private deployedAsItIs(use: HandlerUse, code: lambda.Code): lambda.Function {
    const { handler, settings } = use;
    return this.setUp(use, settings, (parent, id, options) => (
      new lambda.Function(parent, id, { ...options, runtime: settings.runtime!, code, handler: handler.exportName })
    ));
  }

  private nodejsFunction(use: HandlerUse, code: lambda.Code): lambda.Function {
    const { handler, settings } = use;
    const { bundling, depsLockFilePath, projectRoot, buildScript, ...others } = settings;
    return this.setUp(use, others, (parent, id, options) => (
      new NodejsFunction(parent, id, { ...options, code, handler: `index.${handler.exportName}` })
    ));
  }

  /** Bundled by `NodejsFunction`, as in plain aws-cdk-lib, for options that one build cannot express. */
  private bundledOnItsOwn(use: HandlerUse): lambda.Function {
    const { handler, settings } = use;
    const { forceDockerBundling, dockerImage } = settings.bundling ?? {};
    const wantsDocker = forceDockerBundling || dockerImage;
    // `NodejsFunction` resolves esbuild from the folder of aws-cdk-lib, and falls back to Docker.
    if (wantsDocker || this.esbuildIsThere([use], [path.dirname(require.resolve('aws-cdk-lib/package.json'))])) {
      const compiled = precompile(this.scope, bundleRequest(use));
      try {
        if (!compiled?.errors.length) return this.bundledByNodejsFunction(use, compiled?.entry);
        this.fail(use, [...compiled.errors]);
      } catch (error) {
        removeFunction(this.scopeOf(handler.id), functionId(use));
        this.fail(use, installErrors(error as Error, use));
      } finally {
        compiled?.remove();
      }
    }
    return this.nodejsFunction(use, placeholderCode());
  }

  /** @param compiled the output of TypeScript, for `preCompilation` */
  private bundledByNodejsFunction(use: HandlerUse, compiled?: string): lambda.Function {
    const { handler, settings } = use;
    const { inject, preCompilation, ...bundling } = settings.bundling ?? {};
    const own = withCommonJs({ minify: true, ...bundling, ...compiled === undefined && { inject, preCompilation } });
    const made = withCommandOutput(() => this.setUp(use, settings, (parent, id, options) => (
      new NodejsFunction(parent, id, { ...options, entry: compiled ?? handler.file, handler: handler.exportName, bundling: own })
    )));
    const staging = made.node.findChild('Code').node.tryFindChild('Stage') as AssetStaging | undefined;
    const links = staging ? linkErrors(handler.file, staging.absoluteStagedPath, bundling.nodeModules ?? []) : [];
    if (links.length > 0) this.fail(use, links);
    if (!preCompilation && findEsbuild()) this.warn(lostMetadataOf(this.scope, bundleRequest(use)));
    return made;
  }

  /** Without esbuild, the handlers fail: `NodejsFunction` would fall back to Docker. */
  private esbuildIsThere(uses: HandlerUse[], directories?: string[]): boolean {
    const fault = esbuildFault(directories);
    if (fault) for (const use of uses) this.fail(use, [fault]);
    return !fault;
  }

  private bundlingRequired(): boolean {
    return Stack.of(this.scope).bundlingRequired;
  }

  private fail(use: HandlerUse, errors: string[]): void {
    this.failures.set(use.handler.id, errors);
  }

  /** One message for each broken handler, with the properties that name the handler. */
  private failureReport(): string[] {
    return [...this.uses].filter(([id]) => this.failures.has(id)).map(([id, uses]) => {
      const properties = list([...new Set(uses.map((use) => use.property))]);
      const errors = this.failures.get(id)!;
      return `${properties}: ${JSON.stringify(id)} cannot be bundled\n\n${errors.join('\n\n')}\n`;
    });
  }

  /** The first `Stage` that fails ends the synthesis, so that its first service also reports the failures in other stages. */
  private reportOfOtherStages(): string[] {
    const failing = (byApp.get(this.scope.node.root) ?? []).filter(({ failures }) => failures.size > 0);
    const isHere = (other: HandlerFunctions): boolean => Stage.of(other.scope) === Stage.of(this.scope);
    if (failing.find(isHere) !== this) return [];
    return failing.filter((other) => !isHere(other))
      .flatMap((other) => other.failureReport().map((text) => `${other.scope.node.path}: ${text}`));
  }

  private trackedTooLate(first: HandlerUse, use: HandlerUse): Error {
    return problem(this.scope, use.property, use.handler.id, {
      reason: `is also ${first.property}, which was bundled without the connection store before this route was added`,
      remedy: 'add both routes at once, or export the handler under a second name',
    });
  }

  private contradiction(first: HandlerUse, second: HandlerUse, settings: string[]): Error {
    return problem(this.scope, second.property, second.handler.id, {
      reason: `is also ${first.property}, with another ${list(settings.map((name) => `\`${name}\``))}, and one handler is one function`,
      remedy: 'give both the same settings, put them into `defaults`, or export the handler under a second name',
    });
  }
}

function wrapperOf(uses: readonly HandlerUse[]): HandlerWrapper | undefined {
  const wrappers = uses.map(({ wrapper }) => wrapper);
  return wrappers.includes('tracked') ? 'tracked' : wrappers.find((wrapper) => wrapper);
}

function bundleRequest({ handler, settings }: HandlerUse, wrapper?: HandlerWrapper): BundleRequest {
  return {
    handler: { ...handler, wrapper },
    bundling: settings.bundling ?? {},
    runtime: settings.runtime!,
    directory: settings.projectRoot ?? '.',
    buildScript: settings.buildScript,
  };
}

function functionId({ handler, functionKey }: Pick<HandlerUse, 'handler' | 'functionKey'>): string {
  return functionKey === undefined ? `Handler-${encodeId(handler.id)}` : `NamedFunction-${encodeId(functionKey)}`;
}

/** Hints come before the output of the command. */
function installErrors(error: Error, { handler, settings }: HandlerUse): string[] {
  if (!(error instanceof CommandFailure)) return [error.message];
  const missing = error.missingCommand === undefined ? [] : [
    `\`${error.missingCommand}\` is not installed, or not on the PATH, and the lock file or the options of this handler need it`,
  ];
  const hints = [...missing, ...localPackages(handler.file, settings.bundling?.nodeModules ?? [])];
  if (MODULES_ONLY.test(error.output)) hints.push(FORMAT_HINT);
  return [...hints, error.output, error.message].filter((text) => text !== '');
}

/** With an `assetHash` of the user, each handler is still an asset of its own. */
function assetIdentity(settings: FunctionSettings, handler: Handler): string | undefined {
  const assetHash = settings.bundling?.assetHash;
  return assetHash === undefined ? undefined : `${assetHash}\0${handler.id}`;
}

/** For a function that is not bundled, since its stack is not selected or the build failed. */
function placeholderCode(): lambda.Code {
  return new AssetCode([{ path: 'index.js', contents: Buffer.from('throw new Error("this handler was not bundled");\n') }]);
}
