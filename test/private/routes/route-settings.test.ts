import { mapEntry, RouteSettings, routeSettings, stageProperty, writesLogs } from '../../../lib/private/routes/route-settings';

describe('routeSettings', () => {
  test('are those of some options that are set', () => {
    const options = { throttle: { rateLimit: 1 }, loggingLevel: undefined, dataTraceEnabled: false, memorySize: 128 };
    expect(routeSettings(options as RouteSettings)).toEqual({ throttle: { rateLimit: 1 }, dataTraceEnabled: false });
  });
});

describe('stageProperty', () => {
  test.each<[string, RouteSettings]>([['nothing', {}], ['an empty throttle', { throttle: {} }]])('is nothing for %s', (_case, settings) => {
    expect(stageProperty(settings)).toBeUndefined();
  });

  test('has all that is set, zero and false included', () => {
    expect(stageProperty({ throttle: { rateLimit: 0, burstLimit: 5 }, detailedMetricsEnabled: false, loggingLevel: 'INFO', dataTraceEnabled: true }))
      .toEqual({ throttlingRateLimit: 0, throttlingBurstLimit: 5, detailedMetricsEnabled: false, loggingLevel: 'INFO', dataTraceEnabled: true });
  });
});

describe('mapEntry', () => {
  test('is as CloudFormation spells it, and has nothing that is not set', () => {
    expect(mapEntry({}, { throttle: { rateLimit: 0 }, dataTraceEnabled: false })).toEqual({ ThrottlingRateLimit: 0, DataTraceEnabled: false });
  });

  test('repeats what the route leaves out, and either half of the throttle', () => {
    const stage = { throttlingRateLimit: 10, throttlingBurstLimit: 20, detailedMetricsEnabled: true, loggingLevel: 'ERROR', dataTraceEnabled: undefined };
    expect(mapEntry(stage, { throttle: { burstLimit: 2 }, loggingLevel: 'OFF' })).toEqual({
      ThrottlingRateLimit: 10, ThrottlingBurstLimit: 2, DetailedMetricsEnabled: true, LoggingLevel: 'OFF',
    });
  });

  test('is empty if nothing is set', () => {
    expect(mapEntry({}, {})).toEqual({});
  });
});

test.each<[RouteSettings, boolean]>([[{}, false], [{ loggingLevel: 'OFF' }, false], [{ loggingLevel: 'ERROR' }, true], [{ loggingLevel: 'INFO' }, true]])(
  'writesLogs: %j is %s', (settings, expected) => {
    expect(writesLogs(settings)).toBe(expected);
  });
