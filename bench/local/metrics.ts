/** A bare `ws` server, the gateway, and serverless-offline. */
export type Variant = 'bare' | 'gateway' | 'offline';

/** All that is measured, in the order of the report. */
export const METRICS = {
  'start': { name: 'start to first connection, without a `$connect` function, ms', digits: 0 },
  'guarded-start': { name: 'start to first connection, with one, ms', digits: 0 },
  'connects': { name: 'connections a second, 10 at once', digits: 0 },
  '1-p50': { name: 'round trip, 1 client, p50, ms', digits: 2 },
  '1-p99': { name: 'round trip, 1 client, p99, ms', digits: 2 },
  '100-p50': { name: 'round trip, 100 clients, p50, ms', digits: 1 },
  '100-p99': { name: 'round trip, 100 clients, p99, ms', digits: 1 },
  '100-rate': { name: 'messages a second, 100 clients', digits: 0 },
  'pipelined-rate': { name: 'messages a second, 10 clients with 10 in flight each', digits: 0 },
  'idle-memory': { name: 'resident memory idle, MiB', digits: 0 },
  'idle-children': { name: '- its child processes, MiB', digits: 0 },
  'some-memory': { name: 'resident memory, 1,000 connections, MiB', digits: 0 },
  'some-children': { name: '- its child processes, MiB', digits: 0 },
  'many-memory': { name: 'resident memory, 5,000 connections, MiB', digits: 0 },
  'many-children': { name: '- its child processes, MiB', digits: 0 },
  'version': { name: 'save to new code, ms', digits: 0 },
  'versionWithSdk': { name: 'save to new code of a handler that imports the AWS SDK, ms', digits: 0 },
} as const;

export type Metric = keyof typeof METRICS;

/** What one step measured of one server. */
export type Figures = Partial<Record<Metric, number>>;
