import { handlerEndpoints } from '../../lib/local/handler-endpoints';

const NONE = { all: {}, functions: {} };
const HOME = { HOME: '/nowhere' };

test.each([
  ['nothing', {}, NONE, {}, 'Lambda: this gateway, for functions of the app; DynamoDB: new tables in memory, by the gateway, for tables of the app; '
    + 'everything else: AWS, without credentials, so that calls fail'],
  ['AWS', { dynamodb: 'aws', lambda: 'aws' as const }, NONE, { AWS_ACCESS_KEY_ID: 'AKIA' }, 'Lambda: AWS; DynamoDB: AWS; '
    + 'everything else: AWS, with the access key id AKIA (AWS_ACCESS_KEY_ID): what they write goes to that account'],
  ['endpoints', { dynamodb: 'http://localhost:8000' }, { all: { AWS_ENDPOINT_URL_S3: 'http://s3' }, functions: { send: { AWS_ENDPOINT_URL_SQS: 'http://sqs', X: '1' } } },
    { AWS_ENDPOINT_URL_SNS: 'http://sns' }, 'Lambda: this gateway, for functions of the app; DynamoDB: http://localhost:8000; S3: http://s3 (AWS_ENDPOINT_URL_S3); '
      + 'SNS: http://sns (AWS_ENDPOINT_URL_SNS); everything else: AWS, without credentials, so that calls fail; AWS_ENDPOINT_URL_SQS of send: http://sqs'],
  ['a stand-in for AWS', {}, NONE, { AWS_ENDPOINT_URL: 'http://localhost:4566', AWS_ACCESS_KEY_ID: 'AKIA' }, 'Lambda: this gateway, for functions of the app; '
    + 'DynamoDB: http://localhost:4566 (AWS_ENDPOINT_URL); everything else: http://localhost:4566 (AWS_ENDPOINT_URL)'],
])('with %s', (_what, options, overrides, shell, text) => {
  expect(handlerEndpoints(options, overrides, { ...HOME, ...shell })).toEqual({
    code: 'handler-endpoints', subject: 'AWS', text: `handlers may reach @connections: this gateway; ${text}`,
  });
});
