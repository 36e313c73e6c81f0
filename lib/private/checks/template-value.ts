import { isBrokenReference } from '../integrations/template-text';
import { Fault } from '../problem';

/** What is wrong with a value that is a literal or one variable of a mapping template, if anything. */
export function templateValueFault(value: string): Fault | undefined {
  if (!isBrokenReference(value)) return undefined;
  return {
    reason: 'is neither a text nor one variable',
    remedy: "use $context.<name>, $stageVariables.<name>, $input.body, $input.path('<JSONPath>') or $input.params('<name>'), "
      + 'or `requestTemplates` for more than that',
  };
}
