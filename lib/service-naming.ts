import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { Checks } from './private/checks/checks';
import { OBJECT, STRING, withMember } from './private/checks/kind';
import { retentionFault } from './private/handlers/function-settings';
import { Naming, ServerlessNaming } from './private/naming/serverless-naming';
import { Fault } from './private/problem';
import type { WebsocketStageOptions } from './stage';

/**
 * Options of `ServiceNaming.serverless`: what a serverless.yml says besides functions and routes.
 *
 * @example
 * new WebsocketService(this, 'Chat', {
 *   functions: { messages: { handler: 'src/messages.main' } },
 *   routes: { say: { functionKey: 'messages' } },
 *   authorizer: ConnectAuthorizer.none(),
 *   naming: ServiceNaming.serverless({ service: 'chat' }),
 * });
 */
export interface ServerlessNamingOptions {
  /** The name of the service: `service` in serverless.yml. */
  readonly service: string;

  /**
   * Whether each function has a version that is published on every change, and an output with its ARN: `provider.versionFunctions`.
   *
   * @default true
   */
  readonly versionFunctions?: boolean;

  /**
   * Whether the stack has the bucket in which the Serverless Framework keeps its artefacts. Set `false` if the service has
   * `provider.deploymentBucket`. The CDK does not use the bucket; it is kept so that the first deployment deletes nothing, and so that
   * `serverless deploy` can still roll back.
   *
   * @default true
   */
  readonly deploymentBucket?: boolean;

  /**
   * The role of all functions: `provider.iam.role`, if that is an ARN or a role of `resources`.
   *
   * @default - `IamRoleLambdaExecution`, the role that the Serverless Framework makes, with least privilege for connections and logs
   */
  readonly role?: iam.IRole;

  /**
   * More statements of the role that all functions share: `provider.iam.role.statements`.
   *
   * @default - no more statements
   */
  readonly roleStatements?: iam.PolicyStatement[];

  /**
   * Tags of the functions and of the API: `provider.tags`.
   *
   * @default - no tags
   */
  readonly tags?: { [name: string]: string };

  /**
   * How long the logs of the functions and the access log are kept: `provider.logRetentionInDays`. `logGroupRetention` of a function, and
   * `retention` of the access log, override it.
   *
   * @default - the logs never expire
   */
  readonly logGroupRetention?: RetentionDays;
}

/**
 * The logical ids and names of the resources of a service.
 *
 * By default, ids come from construct paths. With the naming of the Serverless Framework, a service can be deployed onto the CloudFormation
 * stack of a serverless.yml service: CloudFormation updates the API, the functions and the roles in place, and clients keep their URL.
 *
 * @see https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
 * @example
 * new WebsocketService(this, 'Chat', {
 *   functions: { connections: { handler: 'src/connections.main' }, auth: { handler: 'src/auth.main' } },
 *   routes: { $connect: { functionKey: 'connections' }, $disconnect: { functionKey: 'connections' } },
 *   authorizer: ConnectAuthorizer.functionKey('auth', { authorizerName: 'auth' }),
 *   naming: ServiceNaming.serverless({ service: 'chat', versionFunctions: false }),
 * });
 */
export class ServiceNaming {
  /**
   * The ids, names, roles, log groups, versions and outputs that the Serverless Framework (3 and 4, and osls) gives a service.
   *
   * Applies to `functions`, and to the routes and the authorizer that name them by `functionKey`. The stage is deployed explicitly, not by
   * `autoDeploy`. Permissions have no `SourceArn`, since adding one would replace them.
   */
  public static serverless(options: ServerlessNamingOptions): ServiceNaming {
    return new ServiceNaming(options);
  }

  private constructor(private readonly options: ServerlessNamingOptions) {}

  /**
   * The options of a stage that has a deployment, and logs that expire only if that is said.
   *
   * @internal
   */
  public _stageOptions(options: WebsocketStageOptions): WebsocketStageOptions {
    const { accessLog } = options;
    const retention = this.options.logGroupRetention ?? RetentionDays.INFINITE;
    const isMade = accessLog && !accessLog.logGroup && !accessLog.destination;
    return { ...options, autoDeploy: false, ...isMade && { accessLog: { retention, ...accessLog } } };
  }

  /**
   * Checks the options and makes the resources that belong to no function and no route.
   *
   * @internal
   */
  public _bind(scope: Construct, stageName: string): Naming {
    const checks = new Checks(scope, 'naming');
    checks.required('', this.options, { ...OBJECT, example: "{ service: 'chat' }" });
    checks.names('ServerlessNamingOptions', this.options);
    checks.required('service', this.options.service, STRING);
    checks.that('service', this.options.service, serviceNameFault);
    checks.kind('role', this.options.role, withMember('a role', 'roleArn', "iam.Role.fromRoleArn(this, 'Role', arn)"));
    checks.that('logGroupRetention', this.options.logGroupRetention, retentionFault);
    if (this.options.role && this.options.roleStatements) {
      checks.refuse('roleStatements', this.options.roleStatements.length, {
        reason: 'are statements of the role that is made, but `role` is given', remedy: 'add them to that role',
      });
    }
    checks.values('ServerlessNamingOptions', this.options);
    return new ServerlessNaming(scope, stageName, this.options);
  }
}

export const NAMING = withMember('a ServiceNaming', '_bind', "ServiceNaming.serverless({ service: 'chat' })");

function serviceNameFault(name: string): Fault | undefined {
  if (!Token.isUnresolved(name) && /^[a-zA-Z][0-9A-Za-z-]*$/.test(name)) return undefined;
  return {
    reason: 'is not a legal name of a service',
    remedy: 'use `service` of the serverless.yml: a letter, then letters, digits and hyphens',
  };
}
