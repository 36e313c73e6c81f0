import { AspectPriority, Aspects, CfnElement, CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { CarriedElement, CarriedResource } from './carried-resource';
import { Attributes, MERGED } from './overlay';
import { SECTIONS } from './template-file';
import type { JsonObject, Template } from '../../serverless/template';
import { problem } from '../problem';
import { sameValue } from '../values';

/** After aspects that change resources, before those that only read them. */
const PRIORITY = AspectPriority.READONLY - 1;

/** The carried members of a stack, by section and logical id, of all fragments. */
const CARRIED = new WeakMap<Stack, Map<string, Construct>>();

/** The resources and sections of a template in the tree of constructs, and what joins them with those that constructs make. */
export class CarriedTemplate {
  public readonly resources = new Map<string, CarriedResource>();
  private readonly elements = new Map<string, CarriedElement>();
  private readonly faults: string[] = [];
  private readonly stack: Stack;

  public constructor(private readonly scope: Construct, template: Template) {
    this.stack = Stack.of(scope);
    for (const section of SECTIONS) {
      const members = Object.entries(template[section] ?? {});
      // No logical id begins with `$`, so that the name of a section is not taken.
      const parent = section === 'Resources' || members.length === 0 ? scope : new Construct(scope, `$${section}`);
      for (const [id, member] of members) {
        this.claim(section, id);
        if (section === 'Resources') {
          this.resources.set(id, new CarriedResource(parent, id, template.Resources[id]));
        } else {
          this.elements.set(`${section}.${id}`, new CarriedElement(parent, id, section, member as JsonObject));
        }
      }
    }
    this.carryOptions(template);
    Aspects.of(this.stack).add({ visit: (node) => this.visit(node) }, { priority: PRIORITY });
    scope.node.addValidation({ validate: () => this.faults });
  }

  private claim(section: string, id: string): void {
    const carried = CARRIED.get(this.stack) ?? new Map<string, Construct>();
    CARRIED.set(this.stack, carried);
    const other = carried.get(`${section}.${id}`);
    if (other) {
      const reason = `is carried by ${other.node.path} too`;
      problem(this.scope, `${section}.${id}`, id, { reason, remedy: 'leave it out of one of them' });
    }
    carried.set(`${section}.${id}`, this.scope);
  }

  private carryOptions({ AWSTemplateFormatVersion, Description, Metadata, Transform }: Template): void {
    const { templateOptions: options } = this.stack;
    options.templateFormatVersion ??= AWSTemplateFormatVersion;
    options.description ??= Description;
    if (Metadata) options.metadata = { ...Metadata, ...options.metadata };
    for (const transform of [Transform ?? []].flat()) this.stack.addTransform(transform as string);
  }

  /** Logical ids may be lazy and later constructs may make them, so that everything is compared when the app is synthesized. */
  private visit(node: IConstruct): void {
    if (!CfnElement.isCfnElement(node) || node.stack !== this.stack) return;
    if (node instanceof CarriedResource || node instanceof CarriedElement) return;
    const id = this.stack.resolve(node.logicalId) as string;
    if (CfnResource.isCfnResource(node)) this.joinResource(node, this.resources.get(id));
    else if (node instanceof CfnOutput) this.joinOutput(node, this.elements.get(`Outputs.${id}`));
    else this.compare(node, id);
  }

  private joinResource(made: CfnResource, carried?: CarriedResource): void {
    if (!carried) return;
    if (carried.cfnResourceType !== made.cfnResourceType) {
      const types = `${carried.cfnResourceType} in the template, ${made.cfnResourceType} by ${made.node.path}`;
      this.faults.push(`Resources.${carried.id}: is of two types, ${types}; rename one of them`);
      return;
    }
    MERGED.resource(made, carried);
    carried.made = made;
  }

  private joinOutput(made: CfnOutput, carried?: CarriedElement): void {
    if (!carried) return;
    MERGED.output(made, carried.definition as Attributes);
    carried.isMade = true;
  }

  /** Parameters and the like that are made twice must be the same. */
  private compare(made: CfnElement, id: string): void {
    const carried = SECTIONS.map((section) => this.elements.get(`${section}.${id}`)).filter((one) => one !== undefined);
    if (carried.length === 0) return;
    const internals = made as CfnElement & { _toCloudFormation(): object };
    const template = this.stack.resolve(internals._toCloudFormation()) as Record<string, Attributes>;
    for (const one of carried) {
      const other = template[one.section]?.[id];
      if (other === undefined) continue;
      one.isMade = true;
      if (sameValue(other, this.stack.resolve(one.definition))) continue;
      this.faults.push(`${one.section}.${id}: differs from what ${made.node.path} makes under this name; rename one of them`);
    }
  }
}
