import * as fs from 'fs';
import * as path from 'path';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';

/** An app that bundles no handler, for tests to which bundles are irrelevant. The tree of its constructs, which nobody reads, is not written. */
export function quickApp(context: Record<string, unknown> = {}): App {
  return new App({ treeMetadata: false, analyticsReporting: false, context: { 'aws:cdk:bundling-stacks': [], ...context } });
}

/** A stack in an app of its own that bundles no handler. */
export function quickStack(context: Record<string, unknown> = {}): Stack {
  return new Stack(quickApp(context), 'Stack');
}

/** A function that is no handler of ours. */
export function inlineFunction(scope: Construct, id: string, options: Partial<lambda.FunctionProps> = {}): lambda.Function {
  return new lambda.Function(scope, id, {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
    ...options,
  });
}

/** The files of the bundle of a function, by name, as the assembly holds them. */
export function bundleOf(assembly: CloudAssembly, fn: lambda.IFunction): Record<string, string> {
  const stack = Stack.of(fn);
  const { Resources } = assembly.getStackArtifact(stack.artifactId).template;
  const key: string = Resources[stack.getLogicalId(fn.node.defaultChild as lambda.CfnFunction)].Properties.Code.S3Key;
  const folder = path.join(assembly.directory, `asset.${path.parse(key).name}`);
  return Object.fromEntries(fs.readdirSync(folder).sort().map((file) => [file, fs.readFileSync(path.join(folder, file), 'utf8')]));
}

/** Every warning of a stack as `path: text`, apart from one that newer versions of aws-cdk-lib have for every reference between stacks. */
export function warnings(stack: Stack): string[] {
  const found = Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ id, entry }) => `${id}: ${entry.data}`);
  return found.filter((warning) => !warning.endsWith('[ack: @aws-cdk/core:crossStackReferencesDefaultStrong]'));
}
