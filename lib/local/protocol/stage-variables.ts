/** The text with its variables replaced, or the name of a variable that the stage does not have. */
type Substitution = { readonly text: string } | { readonly missing: string };

const STAGE_VARIABLE = /\$\{stageVariables\.([^}]+)\}/g;

export function hasStageVariables(text: string): boolean {
  return text.search(STAGE_VARIABLE) >= 0;
}

/** Replaces `${stageVariables.x}` (5.3.8) once: a variable in the value of another is not replaced. */
export function withStageVariables(text: string, variables: Readonly<Record<string, string>>): Substitution {
  let missing: string | undefined;
  const replaced = text.replace(STAGE_VARIABLE, (_, name: string) => {
    if (Object.hasOwn(variables, name)) return variables[name];
    missing ??= name;
    return '';
  });
  return missing === undefined ? { text: replaced } : { missing };
}

/** The error for a URI with a variable that the stage does not have. */
export function missingVariable(uri: string, name: string): string {
  return `the integration URI ${uri} needs the stage variable ${JSON.stringify(name)}, which the stage does not have`;
}
