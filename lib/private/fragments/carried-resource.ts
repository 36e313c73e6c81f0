import { CfnElement, CfnResource, Lazy } from 'aws-cdk-lib';
import { Construct, Dependable } from 'constructs';
import { Attributes, mergeBeneath } from './overlay';
import type { JsonObject, TemplateResource } from '../../serverless/template';

/** A resource of a template under its own logical id, with every value as it is written. */
export class CarriedResource extends CfnResource {
  /** The resource of a construct that has the same logical id. It is in the template instead of this one. */
  public made?: CfnResource;

  public constructor(scope: Construct, public readonly id: string, private readonly definition: TemplateResource) {
    super(scope, id, { type: definition.Type, properties: definition.Properties });
    this.overrideLogicalId(id);
    const { Metadata, DeletionPolicy, UpdateReplacePolicy, Version } = definition;
    Object.assign(this.cfnOptions, {
      metadata: Metadata && { ...Metadata }, deletionPolicy: DeletionPolicy, updateReplacePolicy: UpdateReplacePolicy, version: Version,
    });
    // `cfnOptions` would capitalize the names in policies, and takes a construct as condition.
    for (const name of ['CreationPolicy', 'UpdatePolicy', 'Condition'] as const) {
      if (definition[name] !== undefined) this.addOverride(name, definition[name]);
    }
    if (definition.DependsOn !== undefined) this.addOverride('DependsOn', Lazy.uncachedAny({ produce: () => this.waitsFor(this) }));
    const roots = (): Construct[] => [this.made ?? this];
    Dependable.implement(this, { get dependencyRoots() { return roots(); } });
  }

  /** What the template says of the resource, with all that was set on this construct since. */
  public attributes(): Attributes {
    const { metadata, deletionPolicy, updateReplacePolicy, version } = this.cfnOptions;
    const options = { Metadata: metadata, DeletionPolicy: deletionPolicy, UpdateReplacePolicy: updateReplacePolicy, Version: version };
    const attributes = { ...(this as unknown as { rawOverrides: Attributes }).rawOverrides };
    mergeBeneath(attributes, { Properties: this.definition.Properties ?? {} });
    mergeBeneath(attributes, Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));
    return attributes;
  }

  /** `DependsOn` of a resource that the template has: what was written, and what constructs of CDK add. */
  public waitsFor(resource: CfnResource): unknown {
    const { DependsOn = [] } = this.definition;
    const written = typeof DependsOn === 'string' ? [DependsOn] : [...DependsOn];
    const added = [...new Set([resource, this])].flatMap((one) => one.obtainDependencies())
      .filter((one): one is CfnResource => CfnResource.isCfnResource(one))
      .map(({ stack, logicalId }) => stack.resolve(logicalId) as string)
      .filter((id) => !written.includes(id));
    if (added.length === 0 && this.definition.DependsOn !== undefined) return DependsOn;
    const all = [...written, ...new Set(added)];
    return all.length > 0 ? all : undefined;
  }

  protected shouldSynthesize(): boolean {
    return this.made === undefined;
  }
}

/** A member of a section other than `Resources`. */
export class CarriedElement extends CfnElement {
  /** Whether a construct makes the same, which is in the template instead. */
  public isMade = false;

  public constructor(
    scope: Construct, public readonly id: string, public readonly section: string, public readonly definition: JsonObject,
  ) {
    super(scope, id);
    this.overrideLogicalId(id);
  }

  /** Called by the stack. */
  public _toCloudFormation(): object {
    return this.isMade ? {} : { [this.section]: { [this.id]: this.definition } };
  }
}
