import { REPLACEMENT_RULES } from './replacement-rules.data';

/** A property whose change replaces its resource. */
export interface ReplacementRule {
  /** `['KeySchema']`; a step `GlobalSecondaryIndexes[]` stands for each item of the list, `Tags{}` for each value of the map. */
  readonly path: readonly string[];
  /** Whether it depends on more than the property. */
  readonly isConditional: boolean;
}

let rulesByType: ReadonlyMap<string, readonly ReplacementRule[]> | undefined;

/** The rules of a type of resource; `undefined` if the type is not known, so that any change may replace it. */
export function replacementRules(type: string): readonly ReplacementRule[] | undefined {
  return (rulesByType ??= parsed(REPLACEMENT_RULES)).get(isCustomResource(type) ? 'AWS::CloudFormation::CustomResource' : type);
}

export function isCustomResource(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** The property that names a resource, if the name is chosen at its creation: `FunctionName` of a function, `Name` of an alias. */
export function nameProperty(type: string): string | undefined {
  const own = `${type.slice(type.lastIndexOf(':') + 1)}Name`;
  const names = replacementRules(type)?.flatMap(({ path }) => (path.length === 1 ? path : [])) ?? [];
  return names.find((name) => name === own) ?? names.find((name) => name === 'Name');
}

function parsed(text: string): Map<string, ReplacementRule[]> {
  const found = new Map<string, ReplacementRule[]>();
  let namespace = '';
  for (const line of text.trim().split('\n')) {
    const [name, ...rules] = line.split(' ');
    if (name.endsWith('::')) namespace = name;
    else found.set(`${namespace}${name}`, rules.map(ruleOf));
  }
  return found;
}

function ruleOf(rule: string): ReplacementRule {
  const isConditional = rule.endsWith('?');
  return { path: (isConditional ? rule.slice(0, -1) : rule).split('.'), isConditional };
}
