import type { FunctionTarget } from '../assembly/model';
import { missingVariable, withStageVariables } from '../protocol/stage-variables';

/** The function to invoke, or why there is none. */
type ChosenFunction = { readonly functionId: string } | { readonly reason: string };

const NO_TARGET: ChosenFunction = { reason: 'the integration names no function: give it an integration URI' };

/** What a target is in one stage: where that names a function, and may invoke it, a plain one (5.3.8, 9.4). */
export function targetIn(stage: string, target: FunctionTarget | undefined): FunctionTarget | undefined {
  if (target?.type !== 'stageVariable' || !Object.hasOwn(target.functions, stage)) return target;
  return { type: 'function', functionId: target.functions[stage] };
}

/** Which function a target is (`targetIn` a stage); the variables of that stage say why it is none. */
export function chosenFunction(target: FunctionTarget | undefined, stageVariables: Readonly<Record<string, string>>): ChosenFunction {
  if (target === undefined) return NO_TARGET;
  if (target.type === 'function') return target;
  return { reason: target.type === 'none' ? target.reason : noneHere(target.uri, stageVariables) };
}

function noneHere(uri: string, stageVariables: Readonly<Record<string, string>>): string {
  const resolved = withStageVariables(uri, stageVariables);
  if ('missing' in resolved) return missingVariable(uri, resolved.missing);
  return `the integration URI gives ${resolved.text} here, which is no function of this app that API Gateway may invoke for this stage: `
    + 'a notice at the start says why';
}
