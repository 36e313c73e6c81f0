/** A value of a template or of a configuration file. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

/** A resource as a CloudFormation template has it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: JsonObject;
  readonly CreationPolicy?: JsonObject;
  readonly UpdatePolicy?: JsonObject;
  /** Of custom resources; Serverless writes a number. */
  readonly Version?: number | string;
}

/** A CloudFormation template. */
export interface Template {
  readonly AWSTemplateFormatVersion?: string;
  readonly Description?: string;
  readonly Transform?: Json;
  readonly Metadata?: JsonObject;
  readonly Parameters?: Readonly<Record<string, JsonObject>>;
  readonly Mappings?: Readonly<Record<string, JsonObject>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Rules?: Readonly<Record<string, JsonObject>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, JsonObject>>;
}
