import * as fs from 'fs';
import { FeatureFlags } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { sameValue } from '../equality';
import { buildHandlers, BuiltHandler, mergeBuilds } from './esbuild';
import { EsbuildOptions, toEsbuildOptions } from './esbuild-options';
import { Handler } from './handler';

/** A handler and what decides how it is built. */
export interface BundleRequest {
  readonly handler: Handler;
  readonly bundling: BundlingOptions;
  readonly runtime: Runtime;
  readonly directory: string;
}

/** How esbuild was asked to build a handler. */
export interface Recipe {
  /** esbuild's working directory, by its real path. */
  readonly directory: string;
  readonly options: EsbuildOptions;
}

/** What a build made of one handler, and how. */
export interface BundledHandler extends BuiltHandler {
  readonly recipe: Recipe;
}

/** What the builds made of all handlers, by handler id. */
export interface Bundles {
  readonly handlers: Map<string, BundledHandler>;
  readonly warnings: string[];
}

/** Builds the handlers: one esbuild run for all that are built alike. */
export function bundle(scope: Construct, requests: BundleRequest[]): Bundles {
  const leaveOutSmithy = FeatureFlags.of(scope).isEnabled(cxapi.LAMBDA_NODEJS_SDK_V3_EXCLUDE_SMITHY_PACKAGES) ?? false;
  const handlers = new Map<string, BundledHandler>();
  const builds = groups(requests).map((group) => {
    const { bundling, runtime } = group[0];
    // esbuild names files by where they really are.
    const directory = fs.realpathSync(group[0].directory);
    const recipe = { directory, options: toEsbuildOptions(bundling, runtime, leaveOutSmithy) };
    const build = buildHandlers(group.map((request) => request.handler), directory, recipe.options);
    for (const [id, built] of build.handlers) handlers.set(id, { ...built, recipe });
    return build;
  });
  return { handlers, warnings: mergeBuilds(builds).warnings };
}

function groups(requests: BundleRequest[]): BundleRequest[][] {
  const found: BundleRequest[][] = [];
  for (const request of requests) {
    const group = found.find(([first]) => builtAlike(first, request));
    if (group) group.push(request);
    else found.push([request]);
  }
  return found;
}

function builtAlike(left: BundleRequest, right: BundleRequest): boolean {
  return left.directory === right.directory
    && left.runtime.name === right.runtime.name
    && sameValue(left.bundling, right.bundling);
}
