import type { TraceEntry } from '../../lib/local/trace';

export type Numbered = { readonly n: number } & TraceEntry;

const START = Date.UTC(2026, 0, 5, 14, 4, 43, 332);
const PEOPLE = ['ann', 'bob', 'cy'] as const;
export const CONNECTIONS = PEOPLE.map((user, at) => ({
  connectionId: `${['iVrGcMaQ', 'gYg0QPGo', 'Kq5qS_Ik'][at]}IAMFkJw=`,
  api: 'Chat',
  stage: 'dev',
  user,
  connectedAt: START + at * 900,
  lastActiveAt: START + 5_000,
  sourceIp: '127.0.0.1',
  rooms: at === 2 ? ['lobby', 'kitchen'] : ['lobby'],
  state: 'open',
}));

/** A room in which people talk: handshakes first, then message after message with what it causes, six entries each. */
export function conversation(count: number): Numbered[] {
  const entries: TraceEntry[] = CONNECTIONS.map(({ connectionId, user, connectedAt }, at) => ({
    type: 'connected',
    time: connectedAt,
    connectionId,
    user,
    requestId: `connect-${at}`,
    api: 'Chat',
    stage: 'dev',
    url: `/dev?token=eyJhbGciOi&name=${user}`,
    rawHeaders: ['Host', 'localhost:3001', 'Upgrade', 'websocket', 'User-Agent', 'node'],
    sourceIp: '127.0.0.1',
    authorizer: { principalId: user, group: 'staff' },
  }));
  for (let message = 0; entries.length < count; message++) {
    const { connectionId, user } = CONNECTIONS[message % 3];
    const [requestId, invocationId] = [`request-${message}`, `invocation-${message}`];
    const time = START + 3_000 + message * 150;
    const text = `{"action":"say","room":"lobby","text":"message ${message} of ${user}","id":${message}}`;
    const fails = message % 17 === 16;
    entries.push(
      { type: 'frame', time, connectionId, direction: 'in', text, requestId, routeKey: 'say' },
      { type: 'output', time: time + 4, functionId: 'Say', invocationId, stream: fails ? 'stderr' : 'stdout', text: `${user} says something in lobby` },
      {
        type: 'store',
        time: time + 6,
        operation: 'UpdateItem',
        table: 'Chat-ConnectionTable',
        status: 200,
        duration: 1.4,
        input: '{"TableName":"Chat-ConnectionTable","Key":{"pk":{"S":"S#lobby"},"sk":{"S":"seq"}}}',
        output: '{"Attributes":{"seq":{"N":"17"}}}',
      },
      {
        type: 'frame',
        time: time + 9,
        connectionId: CONNECTIONS[(message + 1) % 3].connectionId,
        direction: 'out',
        by: 'post',
        requestId: `post-${message}`,
        text: `{"event":"said","room":"lobby","seq":${message},"data":{"text":"message ${message}","from":"${user}"}}`,
      },
      {
        type: 'invocation',
        time: time + 12,
        invocationId,
        requestId,
        connectionId,
        functionId: 'Say',
        target: 'Chat/Chat/Handler-src%2Frooms.say',
        routeKey: 'say',
        role: 'route',
        startedAt: time + 1,
        duration: 11.2,
        isColdStart: message === 0,
        event: JSON.stringify({ requestContext: { routeKey: 'say', connectionId, requestId }, body: text }),
        ...fails ? { error: { type: 'TypeError', message: 'JSON.pasre is not a function', stackTrace: ['    at say (src/rooms.ts:7:25)'] } }
          : { answer: '{"statusCode":200,"body":"{\\"delivered\\":2}"}' },
      },
      fails ? {
        type: 'frame',
        time: time + 13,
        connectionId,
        direction: 'out',
        by: 'error',
        requestId,
        reason: 'the function failed',
        text: '{"message":"Internal server error","connectionId":"iVrGcMaQIAMFkJw=","requestId":"request"}',
      } : { type: 'frame', time: time + 13, connectionId, direction: 'out', by: 'reply', requestId, text: `{"id":${message},"data":{"delivered":2}}` },
    );
  }
  return numbered(entries.slice(0, count));
}

export function numbered(entries: readonly TraceEntry[], from = 1): Numbered[] {
  return entries.map((entry, at) => ({ n: from + at, ...entry }));
}
