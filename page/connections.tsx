import { useEffect, useState } from 'preact/hooks';
import { Gateway, nameOf, OpenConnection, shortId } from './gateway';
import { useObservable } from './observable';

/** Who is connected; a click filters the timeline. */
export function Connections({ gateway, onPick }: { readonly gateway: Gateway; readonly onPick?: () => void }) {
  const { journal, connections, stream } = useObservable(gateway);
  useObservable(journal, ({ filter }) => filter.connectionId);
  const now = useNow();
  const { connectionId: picked } = journal.filter;
  const pick = (connectionId: string): void => {
    journal.show({ connectionId: picked === connectionId ? undefined : connectionId });
    onPick?.();
  };
  return (
    <section class="connections" aria-label="Connections">
      <h2>
        Connections <span class="count">{connections.length}</span>
      </h2>
      {connections.length === 0 && (
        <p class="hint">{stream === 'live' ? 'No client is connected.' : 'Unknown while the gateway does not answer.'}</p>
      )}
      <ul>
        {connections.map((connection) => (
          <li key={connection.connectionId}>
            <button class="connection" aria-pressed={picked === connection.connectionId} onClick={() => pick(connection.connectionId)}>
              <Lines connection={connection} now={now} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Lines({ connection, now }: { readonly connection: OpenConnection; readonly now: number }) {
  const { connectionId, state, user, rooms, connectedAt, lastActiveAt, api, stage } = connection;
  return (
    <>
      <span class="line">
        <span class={`state ${state}`}>{state}</span>
        <strong>{nameOf(connection)}</strong>
        <span class="age" title={`connected ${new Date(connectedAt).toLocaleTimeString()}`}>
          {age(now - connectedAt)}
        </span>
      </span>
      <span class="line faint">
        {user !== undefined && <span class="mono">{shortId(connectionId)}</span>}
        <span>
          {api}/{stage}
        </span>
        <span class="age">idle {age(now - lastActiveAt)}</span>
      </span>
      {rooms.length > 0 && (
        <span class="rooms">
          {rooms.slice(0, 12).map((room) => (
            <span class="room" key={room}>
              {room}
            </span>
          ))}
          {rooms.length > 12 && ` +${rooms.length - 12}`}
        </span>
      )}
    </>
  );
}

/** The time, once a second. */
function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function age(duration: number): string {
  const seconds = Math.max(0, Math.floor(duration / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
