import { missingVariable, withStageVariables } from './stage-variables';
import type { FunctionTarget } from '../assembly/model';

/** The function to invoke, or why there is none. */
export type ChosenFunction = { readonly functionId: string } | { readonly reason: string };

const NO_TARGET: ChosenFunction = { reason: 'the integration names no function: give it an integration URI' };

/** Which function an integration invokes, with the variables of the stage that was called (5.3.8). */
export function chosenFunction(target: FunctionTarget | undefined, stageVariables: Readonly<Record<string, string>>): ChosenFunction {
  if (target?.type === 'function') return target;
  if (target === undefined) return NO_TARGET;
  if (target.type === 'none') return { reason: target.reason };
  return namedByVariable(target, stageVariables);
}

function namedByVariable(
  { uri, functions }: Extract<FunctionTarget, { type: 'stageVariable' }>,
  stageVariables: Readonly<Record<string, string>>,
): ChosenFunction {
  const resolved = withStageVariables(uri, stageVariables);
  if ('missing' in resolved) {
    return { reason: missingVariable(uri, resolved.missing) };
  }
  // The variable may hold a name, `name:alias` or a whole ARN.
  const qualified = resolved.text.replace(/\/invocations$/, '').replace(/^.*(?::function:|\/functions\/)/, '');
  const found = [resolved.text, qualified, qualified.split(':')[0]].find((name) => Object.hasOwn(functions, name));
  if (found !== undefined) return { functionId: functions[found] };
  return { reason: `the integration URI gives the function ${JSON.stringify(qualified)}, which is none of this app: ${names(functions)}` };
}

function names(functions: Readonly<Record<string, string>>): string {
  return Object.keys(functions).join(', ') || 'it has none that a variable could name';
}
