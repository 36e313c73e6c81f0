import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FUNCTION, requireKind, STRING } from '../checks/kind';
import { sortedBy } from '../order';
import { problem } from '../problem';

/** Functions by what they are called in alarms and graphs. */
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

  /** Adds a function and says whether it is new; one that is here already keeps its label. */
  public add(fn: lambda.IFunction, label: string): boolean {
    requireKind(this.scope, 'addFunction', fn, FUNCTION);
    requireKind(this.scope, 'addFunction', label, STRING);
    if (this.functions.has(fn)) return false;
    if ([...this.functions.values()].includes(label)) {
      throw problem(this.scope, 'addFunction', label, { reason: 'is the label of another function', remedy: 'give each function its own' });
    }
    this.functions.set(fn, label);
    return true;
  }
}
