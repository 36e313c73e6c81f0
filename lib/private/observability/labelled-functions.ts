import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Checks } from '../checks/checks';
import { FUNCTION, STRING } from '../checks/kind';
import { sortedBy } from '../values';

/** The functions of alarms or graphs, with their labels. */
export class LabelledFunctions {
  private readonly functions = new Map<lambda.IFunction, string>();

  public constructor(private readonly scope: Construct) {}

  public get size(): number {
    return this.functions.size;
  }

  /** In the order of the labels. */
  public get entries(): Array<[lambda.IFunction, string]> {
    return sortedBy(this.functions, ([, label]) => label);
  }

  /** Returns `false` for a function that was added before. */
  public add(fn: lambda.IFunction, label: string): boolean {
    const checks = new Checks(this.scope);
    checks.required('addFunction', fn, FUNCTION);
    checks.required('addFunction', label, STRING);
    if (this.functions.has(fn)) return false;
    if ([...this.functions.values()].includes(label)) {
      checks.refuse('addFunction', label, { reason: 'is the label of another function', remedy: 'give each function its own' });
    }
    this.functions.set(fn, label);
    return true;
  }
}
