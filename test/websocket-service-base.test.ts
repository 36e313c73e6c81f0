import { App, Duration, Stack } from 'aws-cdk-lib';
import { ConnectAuthorizer, WebsocketService } from '../lib';
import { AppFolder } from './_helpers/app-folder';
import { quickApp } from './_helpers/quick-app';

let folder: AppFolder;
beforeAll(() => { folder = new AppFolder({ 'src/a.ts': 'export const main = async () => ({});' }); });
afterAll(() => folder.leave());

const HERE = { region: 'eu-west-1', account: '111111111111' };

function service(app: App, env?: typeof HERE): WebsocketService {
  return new WebsocketService(new Stack(app, 'Api', { env }), 'Chat', {
    routes: { foo: { handler: 'src/a.main' } }, authorizer: ConnectAuthorizer.none(),
  });
}

test('is where its stack is', () => {
  const chat = service(quickApp(), HERE);
  expect([chat.region, chat.account]).toEqual(['eu-west-1', '111111111111']);
});

test('the names of the stages are a copy', () => {
  const chat = service(quickApp());
  chat.stageNames.push('more');
  expect(chat.stageNames).toEqual(['dev']);
});

describe('a metric', () => {
  test('is of the first stage, a count as its sum over five minutes', () => {
    // GIVEN
    const chat = service(quickApp());

    // WHEN
    const { metricStat } = chat.metric('ConnectCount').toMetricConfig();

    // THEN
    expect(metricStat).not.toHaveProperty('region', expect.anything());
    expect(Stack.of(chat).resolve(metricStat)).toMatchObject({
      namespace: 'AWS/ApiGateway',
      metricName: 'ConnectCount',
      dimensions: [{ name: 'ApiId', value: { Ref: expect.stringMatching(/^ChatApi/) } }, { name: 'Stage', value: 'dev' }],
      statistic: 'Sum',
      period: Duration.minutes(5),
    });
  });

  test('says where the API is, for an alarm or graph that is elsewhere', () => {
    const { metricStat } = service(quickApp(), HERE).metric('ConnectCount').toMetricConfig();
    expect(metricStat).toMatchObject(HERE);
  });

  test('has the options that are given', () => {
    const { metricStat } = service(quickApp(), HERE).metric('ConnectCount', { statistic: 'Sum', region: 'us-east-1' }).toMetricConfig();
    expect(metricStat).toMatchObject({ statistic: 'Sum', region: 'us-east-1' });
  });
});
