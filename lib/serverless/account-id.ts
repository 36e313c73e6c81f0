import type { Mutable, Path } from './origins';
import { setMember } from './origins';
import { ACCOUNT_ID } from './variable-sources';

/**
 * Puts intrinsics in place of `${aws:accountId}`, which is known only when CloudFormation deploys: `Ref` for a whole text, `Fn::Sub` for
 * a part of one.
 */
export function replaceAccountId(value: Mutable, path: Path = []): void {
  if (typeof value !== 'object' || value === null) {
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    const at = [...path, key];
    if (typeof each === 'string' && each.includes(ACCOUNT_ID)) {
      setMember(value, key, intrinsic(each, at));
    } else {
      replaceAccountId(each, at);
    }
  }
}

function intrinsic(text: string, path: Path): Mutable {
  const isSubstituted = path[path.length - 1] === 'Fn::Sub' || (path[path.length - 2] === 'Fn::Sub' && path[path.length - 1] === '0');
  if (isSubstituted) {
    return text.replaceAll(ACCOUNT_ID, '${AWS::AccountId}');
  }
  return text === ACCOUNT_ID ? { Ref: 'AWS::AccountId' }
    : { 'Fn::Sub': text.replace(/\$\{(?!!)/g, '${!').replaceAll(ACCOUNT_ID, '${AWS::AccountId}') };
}
