import { Stack, Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/**
 * Encodes a route key or a handler for use in a construct id.
 *
 * The constructs library replaces `/` with `--`, so that `chat/join` and `chat--join` would have the same id.
 */
export function encodeId(text: string): string {
  return text.replace(/[%/]/g, encodeURIComponent);
}

/** The path of a construct relative to the stack of `scope`, the same in every `Stage`. For another stack, the path begins with `/`. */
export function pathFrom(scope: IConstruct, target: IConstruct): string {
  const isHere = Stack.of(scope) === Stack.of(target);
  const root = isHere ? Stack.of(scope) : Stage.of(scope);
  const prefix = root?.node.path ? `${root.node.path}/` : '';
  const path = target.node.path.startsWith(prefix) ? target.node.path.slice(prefix.length) : target.node.path;
  return isHere ? path : `/${path}`;
}

/** Whether a stack is `whole` or nested in it. A stack that is only below another in the construct tree is not nested. */
export function isPartOf(stack: Stack, whole: Stack): boolean {
  for (let part: Stack | undefined = stack; part; part = part.nestedStackParent) {
    if (part === whole) return true;
  }
  return false;
}
