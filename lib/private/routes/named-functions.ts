import * as lambda from 'aws-cdk-lib/aws-lambda';

/** Is told of a function, and what it is called. */
export type FunctionListener = (fn: lambda.IFunction, label: string) => void;

/** The functions of routes and authorizer by what names them, and who wants to know of them. */
export class NamedFunctions {
  private readonly labels = new Map<lambda.IFunction, string>();
  private readonly listeners: FunctionListener[] = [];

  /** Adds a function; one that is here already keeps its name. */
  public add(fn: lambda.IFunction, name: string): void {
    if (this.labels.has(fn)) return;
    // The path of a `function` may be what a function of ours is called.
    const label = [...this.labels.values()].includes(name) ? `${name} (2)` : name;
    this.labels.set(fn, label);
    for (const listener of this.listeners) listener(fn, label);
  }

  /** Tells of all functions, also of those to come. */
  public onAdd(listener: FunctionListener): void {
    for (const [fn, label] of this.labels) listener(fn, label);
    this.listeners.push(listener);
  }
}
