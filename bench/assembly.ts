import * as fs from 'fs';
import * as path from 'path';

/** What a synthesis wrote. */
export interface Assembly {
  /** Number of resources by type. */
  readonly resources: Record<string, number>;
  /** Number of bundles. */
  readonly bundles: number;
  /** The versions of aws-cdk-lib that made the constructs. */
  readonly awsCdkLib: string[];
}

interface Template {
  readonly Resources: Record<string, { readonly Type: string }>;
}

export function readAssembly(folder: string): Assembly {
  const { Resources } = JSON.parse(fs.readFileSync(path.join(folder, 'Bench.template.json'), 'utf8')) as Template;
  const types = Object.values(Resources).map(({ Type }) => Type).sort();
  return {
    resources: Object.fromEntries([...new Set(types)].map((type) => [type, types.filter((t) => t === type).length])),
    bundles: fs.readdirSync(folder).filter((name) => name.startsWith('asset.')).length,
    awsCdkLib: versions(fs.readFileSync(path.join(folder, 'tree.json'), 'utf8')),
  };
}

function versions(tree: string): string[] {
  const made = tree.matchAll(/"fqn":\s*"aws-cdk-lib\.[^"]*",\s*"version":\s*"([^"]*)"/g);
  return [...new Set([...made].map(([, found]) => found))];
}
