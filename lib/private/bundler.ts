import * as path from 'path';
import { FeatureFlags } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { sameValue } from './equality';
import { buildHandlers, Build } from './esbuild';
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
    return buildHandlers(handlers, path.resolve(directory), toEsbuildOptions(bundling, runtime, leaveOutSmithy));
  });
  return {
    handlers: new Map(builds.flatMap((build) => [...build.handlers])),
    warnings: [...new Set(builds.flatMap((build) => build.warnings))],
  };
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
