import * as fs from 'fs';
import { FeatureFlags } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { sameValue } from '../equality';
import { Build, buildHandlers, mergeBuilds } from './esbuild';
import { toEsbuildOptions } from './esbuild-options';
import { Handler } from './handler';

/** A handler and what decides how it is built. */
export interface BundleRequest {
  readonly handler: Handler;
  readonly bundling: BundlingOptions;
  readonly runtime: Runtime;
  readonly directory: string;
}

/** Builds the handlers: one esbuild run for all that are built alike. */
export function bundle(scope: Construct, requests: BundleRequest[]): Build {
  const leaveOutSmithy = FeatureFlags.of(scope).isEnabled(cxapi.LAMBDA_NODEJS_SDK_V3_EXCLUDE_SMITHY_PACKAGES) ?? false;
  const builds = groups(requests).map((group) => {
    const { bundling, runtime, directory } = group[0];
    const handlers = group.map((request) => request.handler);
    // esbuild names files by where they really are.
    return buildHandlers(handlers, fs.realpathSync(directory), toEsbuildOptions(bundling, runtime, leaveOutSmithy));
  });
  return mergeBuilds(builds);
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
