import * as path from 'path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { MetricName, metricOf, routeMetricOf, STATISTICS, warnOfRouteMetrics } from '../../../lib/private/observability/metrics';
import { inlineFunction, quickApp, quickStack, warnings } from '../../_helpers/quick-app';

const STAGE = { apiId: 'abc', stageName: 'dev' };
const NAMES = Object.keys(STATISTICS) as MetricName[];

/** What aws-cdk-lib knows of metrics by itself: AWS's own list, with a function for each metric and statistic. */
function cannedMetrics(): Record<string, (dimensions: object) => { namespace: string; metricName: string; statistic: string }> {
  const library = path.dirname(require.resolve('aws-cdk-lib/package.json'));
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require(path.join(library, 'aws-apigatewayv2/lib/apigatewayv2-canned-metrics.generated.js')).ApiGatewayMetrics;
}

function dataOf(metric: Metric): object {
  const { namespace, metricName, statistic, dimensions } = metric;
  return { namespace, metricName, statistic, dimensions };
}

test('there are six', () => {
  expect(NAMES).toEqual(['ConnectCount', 'MessageCount', 'IntegrationError', 'ClientError', 'ExecutionError', 'IntegrationLatency']);
});

test.each(NAMES)('%s has the statistic that AWS has for it', (name) => {
  // GIVEN
  const canned = `${name.charAt(0).toLowerCase()}${name.slice(1)}${STATISTICS[name]}`;

  // WHEN
  const { statistic, metricName, namespace } = cannedMetrics()[canned]({ ApiId: 'abc', Stage: 'dev' });

  // THEN
  expect(dataOf(metricOf(quickStack(), STAGE, name))).toEqual({ namespace, metricName, statistic, dimensions: { ApiId: 'abc', Stage: 'dev' } });
});

test.each(NAMES)('%s of a route has the dimension that AWS has for it', (name) => {
  // GIVEN
  const canned = `${name.charAt(0).toLowerCase()}${name.slice(1)}${STATISTICS[name]}`;
  const dimensions = { ApiId: 'abc', Stage: 'dev', Route: '$connect' };

  // THEN
  expect(dataOf(routeMetricOf(quickStack(), STAGE, '$connect', name))).toEqual({
    ...cannedMetrics()[canned](dimensions), dimensions, dimensionsMap: undefined,
  });
});

test('a name that is not known is averaged', () => {
  expect(metricOf(quickStack(), STAGE, 'Other')).toMatchObject({ metricName: 'Other', statistic: 'Average' });
});

test('options win, and dimensions are added', () => {
  // WHEN
  const metric = metricOf(quickStack(), STAGE, 'MessageCount', {
    statistic: 'SampleCount', period: Duration.minutes(1), label: 'All', dimensionsMap: { Route: 'foo' },
  });

  // THEN
  expect(metric).toMatchObject({
    statistic: 'SampleCount', period: Duration.minutes(1), label: 'All', dimensions: { ApiId: 'abc', Stage: 'dev', Route: 'foo' },
  });
});

test('a statistic that is undefined is that of the table', () => {
  expect(metricOf(quickStack(), STAGE, 'MessageCount', { statistic: undefined })).toMatchObject({ statistic: 'Sum' });
});

test('a metric is of the Region and the account of its stack', () => {
  // GIVEN
  const app = quickApp();
  const here = new Stack(app, 'Here', { env: { region: 'eu-west-1', account: '111111111111' } });

  // WHEN
  const metric = metricOf(here, STAGE, 'MessageCount');

  // THEN
  expect(metric.toMetricConfig().metricStat).toMatchObject({ region: 'eu-west-1', account: '111111111111' });
});

test('a metric of a route that has none is a warning', () => {
  // GIVEN
  const stack = quickStack();

  // WHEN
  warnOfRouteMetrics(inlineFunction(stack, 'Fn'), 'foo');

  // THEN
  expect(warnings(stack)).toEqual([
    '/Stack/Fn: CloudWatch gets no metrics of the route foo: set `detailedMetricsEnabled` of the service or of the route '
      + '[ack: cdk-websocket-service:routeMetricsOff]',
  ]);
});
