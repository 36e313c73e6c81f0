import { braces, print } from './code-layout';

/** The modules of AWS services in aws-cdk-lib that generated code names, by the name that it gives them. */
const SERVICES = {
  apigateway: 'aws-apigatewayv2', iam: 'aws-iam', lambda: 'aws-lambda', logs: 'aws-logs',
} as const;

const CORE = 'aws-cdk-lib';

/** What a generated file imports: exactly what its code has named. */
export class Imports {
  private readonly names = new Map<string, Set<string>>();
  private readonly modules = new Map<string, string>();

  /** A name of aws-cdk-lib. @returns the name */
  public core(name: string): string {
    return this.from(CORE, name);
  }

  /** A name of this library. @returns the name */
  public own(name: string): string {
    return this.from('cdk-websocket-service', name);
  }

  public from(module: string, name: string): string {
    this.names.set(module, (this.names.get(module) ?? new Set()).add(name));
    return name;
  }

  /** A module of aws-cdk-lib. @returns its name in the code */
  public service(name: keyof typeof SERVICES): string {
    return this.module(`${CORE}/${SERVICES[name]}`, name);
  }

  public module(module: string, name: string): string {
    this.modules.set(module, name);
    return name;
  }

  /** The import declarations: modules of Node.js first, then packages, then files, each by name. */
  public get text(): string {
    const imports = [
      ...[...this.modules].map(([module, name]) => ({ module, code: `* as ${name}` })),
      ...[...this.names].map(([module, names]) => ({ module, code: braces([...names].sort()) })),
    ];
    const rank = ({ module }: { readonly module: string }) => `${module === 'path' ? 0 : module.startsWith('.') ? 2 : 1}${module}`;
    const sorted = imports.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
    return sorted.map(({ module, code }) => `${print(code, 0, 'import ', ` from '${module}';`)}\n`).join('');
  }
}
