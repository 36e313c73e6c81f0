import { Annotations, Stack, Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Construct } from 'constructs';
import { plannedProps } from './planned-props';
import { problem } from './private/problem';
import { applyDeviations } from './private/serverless/deviations';
import { loadService, LoadedService } from './private/serverless/loaded-service';
import type { ServicePlan } from './serverless/plan';
import { TemplateFragment } from './template-fragment';
import { WebsocketRoutes } from './websocket-routes';
import { WebsocketService } from './websocket-service';
import { IWebsocketService } from './websocket-service-base';

/** How the code of the functions of a serverless.yml is deployed. */
export enum ServerlessPackaging {
  /** Node.js handlers are bundled, all in one esbuild run. Artefacts (`package.artifact`) and other languages are deployed as they are. */
  BUNDLED = 'bundled',

  /** The folder of the service, as the Serverless Framework packs it: with `node_modules`, by `package.patterns`. */
  PACKED = 'packed',
}

/**
 * Where a service of the Serverless Framework is described, and what its command line says.
 *
 * @example
 * new ServerlessStack(app, 'Chat', { path: 'serverless.yml', stage: 'prod', params: { domain: 'chat.example.com' } });
 */
export interface ServerlessWebsocketServiceProps {
  /** `serverless.yml`, or `.yaml`, `.json`, `.js`, `.cjs`, `.mjs` or `.ts`; relative to the working directory of the app, or absolute. */
  readonly path: string;

  /**
   * The stage, as `--stage`.
   *
   * @default - `provider.stage` of the file, or dev
   */
  readonly stage?: string;

  /**
   * The Region, as `--region`.
   *
   * @default - `provider.region` of the file, or us-east-1
   */
  readonly region?: string;

  /**
   * Parameters, as `--param`: values of `${param:...}`.
   *
   * @default - the parameters of the file
   */
  readonly params?: { [name: string]: string };

  /**
   * Values of variables that only AWS knows (`${cf:...}`, `${s3:...}`), by what is between the braces:
   * `{ 'cf:network-dev.VpcId': 'vpc-1' }`.
   *
   * @default - a variable without a default in the file is an error
   */
  readonly variables?: { [variable: string]: string };

  /**
   * The template that the Serverless Framework has compiled: `.serverless/cloudformation-template-update-stack.json`, made by
   * `serverless package`.
   *
   * Needed for what is not a WebSocket service: events of other kinds, plugins that change the template. What the file and this library
   * do not say is carried over from it as it is.
   *
   * @default - what the Serverless Framework would compile from the file
   */
  readonly compiledTemplate?: string;

  /**
   * How the code of the functions is deployed.
   *
   * @default ServerlessPackaging.BUNDLED
   */
  readonly packaging?: ServerlessPackaging;

  /**
   * How handlers are bundled.
   *
   * @see https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_lambda_nodejs.BundlingOptions.html
   * @default - minified CommonJS for the runtime, without the AWS SDK for JavaScript v3, no source map
   */
  readonly bundling?: BundlingOptions;
}

/**
 * A WebSocket service of the Serverless Framework, under its own logical ids: deployed onto its CloudFormation stack, it replaces nothing,
 * and clients keep their URL.
 *
 * The stack must have the name and the Region of the service: use `ServerlessStack`, or name your stack `<service>-<stage>`.
 *
 * @see https://www.serverless.com/framework/docs/providers/aws/events/websocket
 * @example
 * const moved = new ServerlessWebsocketService(this, 'Chat', { path: 'serverless.yml', stage: 'prod' });
 * table.grantReadWriteData(moved.function('connections'));
 */
export class ServerlessWebsocketService extends Construct {
  /** The service: its API, or its routes in the API of another service (`provider.apiGateway.websocketApiId`). */
  public readonly service: IWebsocketService;

  private readonly functionKeys: readonly string[];
  private readonly functionOf: (functionKey: string) => lambda.Function;

  public constructor(scope: Construct, id: string, props: ServerlessWebsocketServiceProps) {
    super(scope, id);
    const loaded = loadService(this, props);
    const { plan } = loaded;
    this.checkStack(loaded);
    for (const { code, text } of loaded.notices) Annotations.of(this).addWarningV2(`cdk-websocket-service:${code}`, text);

    const { shared, own } = plannedProps(this, loaded, props.bundling);
    const made = plan.apiId === undefined
      ? new WebsocketService(this, 'Service', { ...shared, ...own })
      : new WebsocketRoutes(this, 'Routes', { ...shared, service: this.imported(plan), deploy: true });
    this.service = made;
    this.functionKeys = Object.keys(plan.functions);
    this.functionOf = (key) => made.functionByKey(key);
    applyDeviations(this, plan);
    new TemplateFragment(this, 'Resources', { template: { ...plan.fragment } });
  }

  /**
   * The function with this key in the file. Throws if there is none.
   *
   * @param functionKey its key in `functions`
   */
  public function(functionKey: string): lambda.Function {
    if (this.functionKeys.includes(functionKey)) return this.functionOf(functionKey);
    throw problem(this, 'function', functionKey, {
      reason: 'is not a key of `functions` of the file', remedy: `its functions are ${this.functionKeys.join(', ')}`,
    });
  }

  /** The service whose API gets the routes. */
  private imported({ apiId, stageName }: ServicePlan): IWebsocketService {
    const id = typeof apiId === 'string' ? apiId : Token.asString(apiId);
    return WebsocketService.fromAttributes(this, 'Shared', { apiId: id, stageName });
  }

  /** A stack of another name would be a second service, under a second URL. */
  private checkStack({ plan }: LoadedService): void {
    const { stackName } = Stack.of(this);
    if (stackName === plan.stackName) return;
    Annotations.of(this).addWarningV2(
      'cdk-websocket-service:otherStackName',
      `the stack is named ${stackName}, and the Serverless Framework deploys this service as ${plan.stackName}: as it is, a second `
      + `service is made, which fails beside the first one. Set \`stackName: '${plan.stackName}'\`, or use ServerlessStack`,
    );
  }
}
