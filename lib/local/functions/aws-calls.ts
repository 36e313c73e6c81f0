/** A signed call to AWS that a handler made. */
export interface AwsCall {
  /** The service name of the signature: `dynamodb`. */
  readonly service: string;
  /** Includes the port unless that is the default. */
  readonly host: string;
  readonly accessKeyId?: string;
  /** Whether the AWS SDK for JavaScript v2 made the call: it does not read `AWS_ENDPOINT_URL_<SERVICE>`. */
  readonly bySdk2?: boolean;
}

/** A call worth a notice: one to AWS that failed, or one to the gateway without TLS. */
export type AwsCallEvent =
  /** `outcome`: an error code, the name of AWS's error, or `timeout` if the function timed out before the response. */
  | { readonly type: 'failed'; readonly call: AwsCall; readonly outcome: string }
  | { readonly type: 'plain'; readonly host: string; readonly path: string };

/** The most pending calls of a process: a handler that writes to file descriptor 3 itself must not exhaust the memory. */
const MOST_PENDING = 1_000;

/** The calls to AWS of one process, as its runtime notes them (runtime/lines.ts). Malformed notes are ignored. */
export class AwsCalls {
  private readonly pending = new Map<number, AwsCall>();

  public constructor(private readonly onEvent: (event: AwsCallEvent) => void) {}

  public read(facts: unknown): void {
    const [kind, first, second, third, fourth, fifth] = Array.isArray(facts) ? facts as readonly unknown[] : [];
    if (kind === 'plain' && isText(first) && isText(second)) this.onEvent({ type: 'plain', host: first, path: second });
    if (typeof first !== 'number') return;
    if (kind === 'begin' && isText(second) && isText(third) && this.pending.size < MOST_PENDING) {
      const call = { service: second, host: third, ...isText(fourth) && { accessKeyId: fourth }, ...fifth === true && { bySdk2: true } };
      this.pending.set(first, call);
    }
    if (kind === 'end') this.end(first, isText(second) ? second : undefined);
  }

  /** The function has timed out while these calls were pending. */
  public timeOut(): void {
    for (const call of this.pending.keys()) this.end(call, 'timeout');
  }

  private end(id: number, outcome: string | undefined): void {
    const call = this.pending.get(id);
    this.pending.delete(id);
    if (call && outcome !== undefined) this.onEvent({ type: 'failed', call, outcome });
  }
}

export interface AwsService {
  /** The name in AWS's SDKs: `DynamoDB`. */
  readonly name: string;
  /** The variable that sets the endpoint of its clients. */
  readonly variable: string;
  /** A local replacement, such as DynamoDB Local. */
  readonly standIn: string;
}

/**
 * The service of a call.
 *
 * @param variables the function's environment: if an `AWS_ENDPOINT_URL_<SERVICE>` has this host, its name identifies the service
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function serviceOf({ service, host }: AwsCall, variables: NodeJS.ProcessEnv): AwsService {
  const configured = Object.keys(variables).find((name) => name.startsWith(VARIABLE) && hostOf(variables[name]) === host);
  if (configured !== undefined) {
    const id = Object.values(SERVICE_IDS).find((each) => variableOf(each) === configured) ?? SERVICE_IDS[service];
    return serviceNamed(id ?? configured.slice(VARIABLE.length), configured);
  }
  const prefix = prefixOf(host);
  // The host first: several services share a signing name.
  return serviceNamed(SERVICE_IDS[prefix ?? service] ?? SERVICE_IDS[service] ?? (prefix ?? service).toUpperCase());
}

/** A short string without control characters. */
function isText(value: unknown): value is string {
  // eslint-disable-next-line no-control-regex
  return typeof value === 'string' && value.length <= 300 && !/[\x00-\x1f\x7f-\x9f]/.test(value);
}

function serviceNamed(name: string, variable = variableOf(name)): AwsService {
  return { name, variable, standIn: STAND_INS[variable] ?? 'LocalStack' };
}

const VARIABLE = 'AWS_ENDPOINT_URL_';

function variableOf(id: string): string {
  return VARIABLE + id.toUpperCase().replace(/[ -]/g, '_');
}

function hostOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : undefined;
}

/** `dynamodb` of `dynamodb.eu-west-1.amazonaws.com`, `s3` of `bucket.s3.amazonaws.com`. */
function prefixOf(host: string): string | undefined {
  const labels = /^(.+)\.amazonaws\.com(?:\.cn)?(?::\d+)?$/.exec(host)?.[1].split('.').filter((label) => label !== 'dualstack');
  if (!labels) return undefined;
  const region = labels.findIndex((label) => /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(label));
  return (region > 0 ? labels[region - 1] : labels[labels.length - 1]).replace(/^s3-.*/, 's3');
}

/** SDK names of services by host prefix or signing name, except where the name is that in capitals. */
const SERVICE_IDS: Readonly<Record<string, string>> = {
  'appconfigdata': 'AppConfigData',
  'athena': 'Athena',
  'bedrock': 'Bedrock Runtime',
  'bedrock-agent-runtime': 'Bedrock Agent Runtime',
  'bedrock-runtime': 'Bedrock Runtime',
  'cognito-identity': 'Cognito Identity',
  'cognito-idp': 'Cognito Identity Provider',
  'ddb': 'DynamoDB',
  'dynamodb': 'DynamoDB',
  'email': 'SES',
  'es': 'OpenSearch',
  'events': 'EventBridge',
  'execute-api': 'ApiGatewayManagementApi',
  'firehose': 'Firehose',
  'geo': 'Location',
  'iotdata': 'IoT Data Plane',
  'kinesis': 'Kinesis',
  'lambda': 'Lambda',
  'logs': 'CloudWatch Logs',
  'mobiletargeting': 'Pinpoint',
  'monitoring': 'CloudWatch',
  'rds-data': 'RDS Data',
  'scheduler': 'Scheduler',
  'secretsmanager': 'Secrets Manager',
  'ses': 'SES',
  'states': 'SFN',
  'textract': 'Textract',
  'timestream': 'Timestream Write',
  'transcribe': 'Transcribe',
  'translate': 'Translate',
};

const STAND_INS: Readonly<Record<string, string>> = {
  AWS_ENDPOINT_URL_DYNAMODB: 'DynamoDB Local',
  AWS_ENDPOINT_URL_S3: 'MinIO',
  AWS_ENDPOINT_URL_SQS: 'ElasticMQ',
  AWS_ENDPOINT_URL_SFN: 'Step Functions Local',
};
