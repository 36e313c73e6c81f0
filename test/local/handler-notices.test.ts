import { Api, LambdaFunction, LocalApp, Notice } from '../../lib/local/assembly/local-app';
import type { GatewayEvent } from '../../lib/local/gateway-event';
import { HandlerNotices } from '../../lib/local/handler-notices';

const fn = { id: 'Test/SendFn', path: 'Test/Chat/Handler-src%2Fchat.send', name: 'send', runtime: 'nodejs24.x', environment: {} } as unknown as LambdaFunction;
const python = { ...fn, id: 'Test/PyFn', path: 'Test/Py', runtime: 'python3.13', environment: { WEBSOCKET_CALLBACK_URLS: '{}' } };

let observed: Notice[];
beforeEach(() => { observed = []; });

function notices(shell: NodeJS.ProcessEnv = {}, all: Record<string, string> = {}): HandlerNotices {
  const functions = new Map([fn, python].map((one) => [one.id, one]));
  const app: LocalApp = { apis: [{ apiId: 'aabbccddee' }] as unknown as Api[], functions, tables: [], notices: [] };
  return new HandlerNotices({
    app: () => app, ports: () => [3001], overrides: () => ({ all, functions: {} }), shell: { HOME: '/nowhere', ...shell }, onNotice: (notice) => observed.push(notice),
  });
}

const failed = (service: string, host: string, outcome: string, accessKeyId?: string) => ({ type: 'failed', call: { service, host, accessKeyId }, outcome }) as const;
const output = (text: string): GatewayEvent => ({ type: 'output', time: 1, functionId: fn.id, stream: 'stderr', text });
const texts = () => observed.map(({ text }) => text);

describe('calls of AWS that failed', () => {
  const PLACEHOLDERS = 'It was signed with placeholder credentials, since the shell has none. ';

  test.each([
    ['dynamodb', 'dynamodb.eu-west-1.amazonaws.com', 'ENOTFOUND', 'DynamoDB', 'this machine cannot find dynamodb.eu-west-1.amazonaws.com (ENOTFOUND)',
      'DynamoDB Local', 'AWS_ENDPOINT_URL_DYNAMODB'],
    ['dynamodb', '111111111111.ddb.eu-west-1.amazonaws.com', 'InvalidSignatureException', 'DynamoDB',
      'AWS does not accept its credentials (InvalidSignatureException)', 'DynamoDB Local', 'AWS_ENDPOINT_URL_DYNAMODB'],
    ['s3', 'bucket.s3.eu-west-1.amazonaws.com', 'ECONNREFUSED', 'S3', 'bucket.s3.eu-west-1.amazonaws.com cannot be reached (ECONNREFUSED)', 'MinIO',
      'AWS_ENDPOINT_URL_S3'],
    ['aws', 'bedrock-runtime.us-east-1.amazonaws.com', 'timeout', 'Bedrock Runtime',
      'bedrock-runtime.us-east-1.amazonaws.com had not answered when the function timed out', 'LocalStack', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'],
    ['secretsmanager', 'localhost:4566', 'ExpiredToken', 'Secrets Manager', 'its credentials have expired (ExpiredToken)', 'LocalStack',
      'AWS_ENDPOINT_URL_SECRETS_MANAGER'],
    ['sts', 'sts.amazonaws.com', 'InvalidClientTokenId', 'STS', 'AWS does not accept its credentials (InvalidClientTokenId)', 'LocalStack', 'AWS_ENDPOINT_URL_STS'],
    ['sqs', 'sqs.cn-north-1.amazonaws.com.cn', 'ETIMEDOUT', 'SQS', 'sqs.cn-north-1.amazonaws.com.cn cannot be reached (ETIMEDOUT)', 'ElasticMQ', 'AWS_ENDPOINT_URL_SQS'],
  ])('%s at %s: %s', (service, host, outcome, name, why, standIn, variable) => {
    notices().onCall(fn, failed(service, host, outcome, 'localgateway'));

    expect(observed).toEqual([{
      code: 'aws-call-failed',
      subject: fn.path,
      text: `src/chat.send: its call to ${name} failed: ${why}. ${PLACEHOLDERS}For a stand-in on this machine, such as ${standIn}, set ${variable} `
        + 'in the shell or with --env-vars',
    }]);
  });

  test('have one notice for a function and a service', () => {
    const all = notices();
    for (const one of [fn, fn, python]) all.onCall(one, failed('dynamodb', 'dynamodb.eu-west-1.amazonaws.com', 'ENOTFOUND', 'localgateway'));
    all.onCall(fn, failed('sqs', 'sqs.eu-west-1.amazonaws.com', 'ENOTFOUND', 'localgateway'));
    all.onEvent(output('Error: getaddrinfo ENOTFOUND dynamodb.eu-west-1.amazonaws.com'));
    all.onEvent(output('UnrecognizedClientException: The security token included in the request is invalid.'));

    expect(observed.map(({ subject, text }) => [subject, /AWS_ENDPOINT_URL_\w+/.exec(text)![0]])).toEqual([
      [fn.path, 'AWS_ENDPOINT_URL_DYNAMODB'], [python.path, 'AWS_ENDPOINT_URL_DYNAMODB'], [fn.path, 'AWS_ENDPOINT_URL_SQS'],
    ]);
  });

  test('name the credentials of the shell, and the stand-in in the variable', () => {
    const shell = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000' };
    notices(shell).onCall(fn, failed('dynamodb', 'localhost:8000', 'ECONNREFUSED', 'AKIDEXAMPLE'));

    expect(texts()).toEqual(['src/chat.send: its call to DynamoDB failed: localhost:8000 cannot be reached (ECONNREFUSED). It was signed with '
      + 'credentials of the shell: the access key id AKIDEXAMPLE (AWS_ACCESS_KEY_ID). AWS_ENDPOINT_URL_DYNAMODB is http://localhost:8000: start '
      + 'DynamoDB Local there, or name another endpoint']);
  });

  test('by the SDK v2, which does not read the variable', () => {
    notices().onCall(fn, { type: 'failed', call: { service: 'sns', host: 'sns.eu-west-1.amazonaws.com', bySdk2: true }, outcome: 'ENOTFOUND' });

    expect(texts()).toEqual([`src/chat.send: its call to SNS failed: this machine cannot find sns.eu-west-1.amazonaws.com (ENOTFOUND). ${PLACEHOLDERS}`
      + 'The AWS SDK for JavaScript v2 does not read AWS_ENDPOINT_URL_SNS: for a stand-in on this machine, such as LocalStack, pass `endpoint` to its client']);
  });

  test('of an API that is not served name those that are', () => {
    notices().onCall(fn, failed('execute-api', 'zzzzzzzzzz.execute-api.eu-west-1.amazonaws.com', 'ENOTFOUND'));

    expect(texts()).toEqual(['src/chat.send: its call to the API zzzzzzzzzz failed: this machine cannot find '
      + 'zzzzzzzzzz.execute-api.eu-west-1.amazonaws.com (ENOTFOUND). Calls to an API that is not in this app leave the machine; the APIs of this '
      + 'app have the ids aabbccddee']);
  });
});

describe('what a function prints or throws', () => {
  test.each([
    ['CredentialsProviderError: Could not load credentials from any providers', 'its AWS client got no credentials'],
    ['Unable to locate credentials', 'its AWS client got no credentials'],
    ['Error: getaddrinfo ENOTFOUND kinesis.eu-west-1.amazonaws.com', 'its call to Kinesis failed: this machine cannot find'],
    ['botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "https://sqs.eu-west-1.amazonaws.com/"', 'its call to SQS failed'],
    ['An error occurred (UnrecognizedClientException) when calling the ListTables operation', 'a call to AWS failed: AWS does not accept'],
    ['The security token included in the request is expired', 'a call to AWS failed: its credentials have expired'],
  ])('%s', (text, beginning) => {
    // WHEN
    notices().onEvent(output(`  at work: ${text}`));
    const error = { type: 'Error', message: text, stackTrace: [] };
    notices().onEvent({
      type: 'message', time: 1, requestId: 'r', routeKey: 'send', target: fn.path, status: 502, duration: 1, bytesIn: 0, bytesOut: 0, error,
    });

    // THEN
    expect(texts()).toEqual([expect.stringContaining(`src/chat.send: ${beginning}`), expect.stringContaining(`src/chat.send: ${beginning}`)]);
  });

  test.each(['Error: getaddrinfo ENOTFOUND api.example.com', 'connect ECONNREFUSED 127.0.0.1:5432', 'https://sqs.eu-west-1.amazonaws.com/1/queue', ''])(
    '%j says nothing of AWS', (text) => {
      notices().onEvent(output(text));

      expect(observed).toEqual([]);
    });
});

describe('clients of @connections that work on this machine only', () => {
  test('have no endpoint', () => {
    const all = notices();
    for (const { id } of [fn, fn, python]) all.onMissingEndpoint(id);
    // The call did not reach the gateway: the SDK v2 does not read the variable.
    all.onCall(fn, failed('execute-api', 'execute-api.eu-west-1.amazonaws.com', 'ENOTFOUND'));
    all.onMissingEndpoint('Test/Nobody');

    const why = 'a client of @connections was made without an endpoint, so on AWS it calls execute-api.<region>.amazonaws.com, which does not know the API; '
      + 'it works on this machine only. Write ';
    expect(observed).toEqual([
      {
        code: 'endpoint-missing',
        subject: fn.path,
        text: `src/chat.send: ${why}new ApiGatewayManagementApiClient({ endpoint: `
          + '`https://${event.requestContext.domainName}/${event.requestContext.stage}` })',
      },
      {
        code: 'endpoint-missing',
        subject: python.path,
        text: `Test/Py: ${why}boto3.client("apigatewaymanagementapi", endpoint_url=`
          + 'json.loads(os.environ["WEBSOCKET_CALLBACK_URLS"])[event["requestContext"]["stage"]])',
      },
    ]);
  });

  test.each([
    ['localhost:3001', '/dev/@connections/x', {}, ['localhost:3001/dev']],
    ['aabbccddee.execute-api.eu-west-1.amazonaws.com', '/dev/@connections/x', {}, ['aabbccddee.execute-api.eu-west-1.amazonaws.com/dev']],
    ['localhost:4000', '/dev/@connections/x', {}, []],
    ['localhost:3001', '/dev/@connections/x', { WEBSOCKET_CALLBACK_URL: 'http://localhost:3001/dev' }, []],
  ])('call without TLS: %s%s', (host, path, given, urls) => {
    notices({}, given as Record<string, string>).onCall(fn, { type: 'plain', host, path });

    expect(texts()).toEqual(urls.map((url) => `src/chat.send: a client of @connections calls ${url} without TLS, as with an endpoint wss://... or `
      + 'http://..., and API Gateway answers https only; it works on this machine only. Write new ApiGatewayManagementApiClient({ endpoint: '
      + '`https://${event.requestContext.domainName}/${event.requestContext.stage}` })'));
  });
});
