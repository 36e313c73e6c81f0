import { connect } from 'cdk-websocket-service/client';
import type { EventData, EventName, Member, Options, Room, Socket, SocketState } from 'cdk-websocket-service/client';
import { useEffect, useRef, useState } from 'react';

/** A socket while the component is mounted. The options are those of the first render: another `key` of the component has others. */
export function useSocket<Server, Events>(options: Options): readonly [Socket<Server, Events> | undefined, SocketState] {
  const [socket, setSocket] = useState<Socket<Server, Events>>();
  const [state, setState] = useState<SocketState>('connecting');
  useEffect(() => {
    const made = connect<Server, Events>(options);
    made.on('state', setState);
    setSocket(made);
    return () => void made.close();
  }, []);
  return [socket, state];
}

/** A room while the component is mounted, and who is in it. `join` is called when the socket or the name is another. */
export function useRoom<S, Events, Joined>(socket: S | undefined, name: string, join: (socket: S) => Room<Events, Joined>) {
  const [room, setRoom] = useState<Room<Events, Joined>>();
  const [members, setMembers] = useState<readonly Member[]>([]);
  useEffect(() => {
    const joined = socket && join(socket);
    joined?.on('members', setMembers);
    setRoom(joined);
    return () => joined?.leave();
  }, [socket, name]);
  return [room, members] as const;
}

/** Calls the listener of the latest render with each such event of the room. */
export function useEvent<Events, Joined, Name extends EventName<Events>>(
  room: Room<Events, Joined> | undefined, name: Name, listener: (data: EventData<Events, Name>) => void,
): void {
  const latest = useRef(listener);
  useEffect(() => { latest.current = listener; });
  useEffect(() => room?.on(name, (data) => latest.current(data)), [room, name]);
}
