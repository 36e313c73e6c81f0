import { Stack } from 'aws-cdk-lib';

/** Whether a stack is another one or nested in it, however deep; one that only stands below another is no part of it. */
export function isPartOf(stack: Stack, whole: Stack): boolean {
  for (let part: Stack | undefined = stack; part; part = part.nestedStackParent) {
    if (part === whole) return true;
  }
  return false;
}
