import { Stack, Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Encodes a route key or a handler for use in a construct id.
 *
 * The constructs library turns `/` into `--`, which would make `chat/join` and `chat--join` one id.
 */
export function encodeId(text: string): string {
  return text.replace(/[%/]/g, encodeURIComponent);
}

/** The path of a construct as seen from a stack: the same in every stage of an app that deploys both. */
export function pathFrom(scope: IConstruct, target: IConstruct): string {
  const root = Stack.of(scope) === Stack.of(target) ? Stack.of(scope) : Stage.of(scope);
  const prefix = root?.node.path ? `${root.node.path}/` : '';
  return target.node.path.startsWith(prefix) ? target.node.path.slice(prefix.length) : target.node.path;
}
