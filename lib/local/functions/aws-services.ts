import type { AwsCall } from './aws-calls';

export interface AwsService {
  /** Its name in AWS's SDKs. */
  readonly name: string;
  /** The variable that sets the endpoint of its clients. */
  readonly variable: string;
  /** A local replacement, such as DynamoDB Local. */
  readonly standIn: string;
}

/**
 * The service of a call.
 *
 * @param variables of the function: if one contains this host, its name identifies the service
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function serviceOf({ service, host }: AwsCall, variables: NodeJS.ProcessEnv): AwsService {
  const given = Object.keys(variables).find((name) => name.startsWith(VARIABLE) && hostOf(variables[name]) === host);
  if (given !== undefined) {
    const name = Object.values(SERVICE_IDS).find((id) => variableOf(id) === given) ?? SERVICE_IDS[service] ?? given.slice(VARIABLE.length);
    return serviceNamed(name, given);
  }
  const prefix = prefixOf(host);
  // The host is more specific: several services share a signing name.
  return serviceNamed(SERVICE_IDS[prefix ?? service] ?? SERVICE_IDS[service] ?? (prefix ?? service).toUpperCase());
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

/** SDK names of services, by host prefix or signing name, where the name is not the same in capitals. */
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
