import * as fs from 'fs';
import * as path from 'path';
import { compileApps, providePackages, Versions, wallSeconds, writeProject } from './app';

/** plain aws-cdk-lib, this library, the same resources with inline code, and the Serverless packager. */
export type Variant = 'plain' | 'service' | 'floor' | 'osls';

/** What is measured: one variant of a service with so many routes. */
export interface Subject {
  readonly variant: Variant;
  readonly routes: number;
  /** Whether aws-cdk-lib validates the template, as it does by default. */
  readonly validation: boolean;
}

/** The part of a synthesis that must be alike in all variants. */
interface Assembly {
  /** Number of resources by type, as JSON. */
  readonly resources: string;
  readonly bundles: number;
  /** The versions of aws-cdk-lib that made the constructs. */
  readonly awsCdkLib: string;
}

/** Programs of `apps/`. */
const PROGRAMS = { plain: ['l2.js', 'plain'], service: ['service.js'], floor: ['l2.js', 'floor'] };

/** plain aws-cdk-lib needs more than 500 resources for 100 routes. */
const CONTEXT = { '@aws-cdk/core:stackResourceLimit': 0 };

/** An app with one handler a route, as all variants synthesize it. */
export class SynthesizedApp {
  public readonly versions: Versions;
  /** By number of routes: the resources of the first variant that was synthesized. */
  private readonly resources = new Map<number, { readonly variant: Variant; readonly resources: string }>();

  /** Writes the app. */
  public constructor(public readonly folder: string, routes: number) {
    writeHandlers(folder, routes);
    this.versions = providePackages(folder);
    compileApps(folder);
  }

  /** Runs the app as the CDK CLI does, into a folder that does not exist; the seconds that it took. */
  public synthesize({ variant, routes, validation }: Subject & { readonly variant: keyof typeof PROGRAMS }): number {
    const outdir = path.join(this.folder, 'cdk.out');
    fs.rmSync(outdir, { recursive: true, force: true });
    const handlers = routeKeys(routes).map((routeKey) => [routeKey, { handler: `src/${routeKey}.handler` }]);
    const seconds = wallSeconds(this.folder, PROGRAMS[variant], {
      ROUTES: JSON.stringify(Object.fromEntries(handlers)),
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify(CONTEXT),
      ...(validation ? {} : { CDK_VALIDATION: 'false' }),
    });
    this.check(variant, routes, readAssembly(outdir));
    return seconds;
  }

  /** @throws Error if the variants do not make the same resources */
  private check(variant: Variant, routes: number, { awsCdkLib, bundles, resources }: Assembly): void {
    const expected = this.versions['aws-cdk-lib'];
    if (awsCdkLib !== expected) throw new Error(`${variant}: ran on aws-cdk-lib ${awsCdkLib}, not on ${expected}`);
    if (bundles !== (variant === 'floor' ? 0 : routes)) throw new Error(`${variant}: ${bundles} bundles for ${routes} routes`);
    const first = this.resources.get(routes) ?? { variant, resources };
    this.resources.set(routes, first);
    if (first.resources !== resources) {
      throw new Error(`${routes} routes: the resources of ${variant} are ${resources}, those of ${first.variant} ${first.resources}`);
    }
  }
}

export function routeKeys(routes: number): string[] {
  return Array.from({ length: routes }, (_, i) => `route${i}`);
}

function readAssembly(folder: string): Assembly {
  const { Resources } = JSON.parse(fs.readFileSync(path.join(folder, 'Bench.template.json'), 'utf8')) as {
    readonly Resources: Record<string, { readonly Type: string }>;
  };
  const types = Object.values(Resources).map(({ Type }) => Type).sort();
  const tree = fs.readFileSync(path.join(folder, 'tree.json'), 'utf8');
  const versions = [...tree.matchAll(/"fqn":\s*"aws-cdk-lib\.[^"]*",\s*"version":\s*"([^"]*)"/g)].map(([, version]) => version);
  return {
    resources: JSON.stringify(Object.fromEntries([...new Set(types)].map((type) => [type, types.filter((t) => t === type).length]))),
    bundles: fs.readdirSync(folder).filter((name) => name.startsWith('asset.')).length,
    awsCdkLib: [...new Set(versions)].join(' and '),
  };
}

/** All handlers share a file and use the AWS SDK, which is not bundled; the first has a real dependency, which is. */
function writeHandlers(folder: string, routes: number): void {
  writeProject(folder);
  // NodejsFunction takes the folder of the lock file for the project.
  write('package-lock.json', JSON.stringify({ name: 'bench', version: '1.0.0', lockfileVersion: 3, packages: {} }));
  write('tsconfig.json', JSON.stringify({ compilerOptions: { target: 'es2022', module: 'node16', strict: true } }));
  fs.mkdirSync(path.join(folder, 'src'));
  write('src/reply.ts', REPLY);
  routeKeys(routes).forEach((routeKey, index) => write(`src/${routeKey}.ts`, index === 0 ? zodHandler(routeKey) : handler(routeKey)));

  function write(file: string, contents: string): void {
    fs.writeFileSync(path.join(folder, file), contents);
  }
}

const REPLY = `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';

const client = new ApiGatewayManagementApiClient({ endpoint: process.env.WEBSOCKET_CALLBACK_URL });

export async function reply(event: APIGatewayProxyWebsocketEventV2, payload: unknown): Promise<APIGatewayProxyResultV2> {
  const { connectionId } = event.requestContext;
  await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: JSON.stringify(payload) }));
  return { statusCode: 200 };
}
`;

function handler(routeKey: string): string {
  return `
import { GoneException } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { reply } from './reply';

export async function handler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  try {
    return await reply(event, { route: '${routeKey}', message: JSON.parse(event.body ?? '{}') });
  } catch (error) {
    if (error instanceof GoneException) return { statusCode: 410 };
    throw error;
  }
}
`;
}

function zodHandler(routeKey: string): string {
  return `
import { GoneException } from '@aws-sdk/client-apigatewaymanagementapi';
import type { APIGatewayProxyResultV2, APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { z } from 'zod';
import { reply } from './reply';

const Message = z.object({ action: z.literal('${routeKey}'), text: z.string().max(1000) });

export async function handler(event: APIGatewayProxyWebsocketEventV2): Promise<APIGatewayProxyResultV2> {
  try {
    return await reply(event, Message.parse(JSON.parse(event.body ?? '{}')));
  } catch (error) {
    if (error instanceof GoneException) return { statusCode: 410 };
    throw error;
  }
}
`;
}
