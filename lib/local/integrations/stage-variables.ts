/** A text with the stage's variables in it, or the name of one that the stage does not have. */
export type Substitution = { readonly text: string } | { readonly missing: string };

/** Replaces `${stageVariables.x}` in a URI (5.3.8), once: a variable in a variable stays as it is. */
export function withStageVariables(uri: string, variables: Readonly<Record<string, string>>): Substitution {
  let missing: string | undefined;
  const text = uri.replace(/\$\{stageVariables\.([^}]+)\}/g, (_, name: string) => {
    if (Object.hasOwn(variables, name)) return variables[name];
    missing ??= name;
    return '';
  });
  return missing === undefined ? { text } : { missing };
}

export function missingVariable(uri: string, name: string): string {
  return `the integration URI ${uri} needs the stage variable ${JSON.stringify(name)}, which the stage does not have`;
}
