import { Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Kind } from './kind';
import { mayBeKnown, OptionFault, optionFaults, warnOfOption } from './options';
import { StructName } from '../option-names';
import { fail, Fault, problem } from '../problem';

/** API Gateway's limit for every description, in characters. */
const LONGEST_DESCRIPTION = 1024;

/** How many characters of an overlong text an error quotes. */
const QUOTED = 100;

const TEXT: Kind = { name: 'a string', example: 'a text', accepts: (value) => typeof value === 'string' };

/**
 * Checks one object of options. A check that fails throws an error with construct path, property, value, reason and remedy.
 *
 * `new Checks(scope, 'domain').kind('certificate', value, CERTIFICATE)` names the property `domain.certificate`.
 */
export class Checks {
  /**
   * @param scope the construct that errors name
   * @param property the path of the object in the props; empty for the props themselves
   */
  public constructor(public readonly scope: Construct, public readonly property = '') {}

  /** Checks of a member: `accessLog`, or `["beta"]` of a map. */
  public of(name: string): Checks {
    return new Checks(this.scope, this.pathOf(name));
  }

  /** The path of a member in the props. */
  public pathOf(name: string): string {
    return name === '' || name.startsWith('[') ? `${this.property}${name}` : `${this.prefix}${name}`;
  }

  /** Throws the error about a member, or with an empty name about the object itself. */
  public refuse(name: string, value: unknown, fault: Fault): never {
    throw problem(this.scope, this.pathOf(name), value, fault);
  }

  /** The member is absent or of this kind. */
  public kind(name: string, value: unknown, kind: Kind): void {
    if (value !== undefined) this.required(name, value, kind);
  }

  /** The member is present and of this kind. */
  public required(name: string, value: unknown, kind: Kind): void {
    if (!kind.accepts(value)) this.refuse(name, value, { reason: `is not ${kind.name}`, remedy: `use ${kind.example}` });
  }

  /** The member is absent or has no fault. */
  public that<T>(name: string, value: T | undefined, faultOf: (value: T) => Fault | undefined): void {
    const fault = value === undefined ? undefined : faultOf(value);
    if (fault) this.refuse(name, value, fault);
  }

  /**
   * The member is absent, or a string within these lengths.
   *
   * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/api-reference.html
   */
  public length(name: string, text: string | undefined, least: number, most: number): void {
    if (text === undefined || Token.isUnresolved(text)) return;
    this.required(name, text, TEXT);
    if (text.length >= least && text.length <= most) return;
    const quoted = text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text;
    this.refuse(name, quoted, { reason: `has ${text.length} characters`, remedy: `use ${least} to ${most}` });
  }

  public description(name: string, text: string | undefined): void {
    this.length(name, text, 0, LONGEST_DESCRIPTION);
  }

  /**
   * All options exist in the struct: a misspelt option would be ignored, and `apiKeyRequred` would leave the API open. One error names
   * all unknown options.
   *
   * An unknown option that a newer aws-cdk-lib may have causes a warning instead.
   */
  public names(struct: StructName, options: unknown): void {
    const unknown = this.optionFaults(struct, options, ['name']);
    this.refuseAll(unknown.filter((fault) => !mayBeKnown(fault)));
    for (const fault of unknown) warnOfOption(this.scope, fault);
  }

  /** Options that must be lists or maps are. To be called before the checks that iterate over them. */
  public shapes(struct: StructName, options: unknown): void {
    this.refuseAll(this.optionFaults(struct, options, ['shape']));
  }

  /** All options have the types of the struct. To be called after more specific checks, which have better remedies. */
  public values(struct: StructName, options: unknown): void {
    this.refuseAll(this.optionFaults(struct, options, ['shape', 'value']));
  }

  private optionFaults(struct: StructName, options: unknown, about: ReadonlyArray<OptionFault['about']>): OptionFault[] {
    return optionFaults(this.prefix, struct, options).filter((fault) => about.includes(fault.about));
  }

  private refuseAll(faults: OptionFault[]): void {
    if (faults.length > 0) fail(this.scope, faults.map(({ text }) => text));
  }

  private get prefix(): string {
    return this.property && `${this.property}.`;
  }
}
