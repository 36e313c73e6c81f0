/*
 * A room of ../chat in React: the hooks in hooks.ts, 40 lines to copy, and a component that uses them.
 *
 *   const url = () => fetchToken().then((token) => `wss://chat.example.com/dev?token=${token}`);
 *   createRoot(document.getElementById('root')!).render(<StrictMode><Chat url={url} room="lobby" /></StrictMode>);
 */
import { useState } from 'react';
import { useEvent, useRoom, useSocket } from './hooks';
import type * as server from '../chat/src/rooms';

type Said = server.Events['said'];

export function Chat({ url, room: name }: { url: string | (() => Promise<string>); room: string }) {
  const [socket, state] = useSocket<typeof server, server.Events>({ url });
  const [room, members] = useRoom(socket, name, (open) => open.join({ action: 'join', room: name }, { leave: { action: 'leave', room: name } }));
  const [messages, setMessages] = useState<Said[]>([]);
  useEvent(room, 'said', (said) => setMessages([...messages, said]));
  return (
    <section>
      <p>{state}, {members.length} here</p>
      <ol>{messages.map(({ from, text }, index) => <li key={index}>{from}: {text}</li>)}</ol>
      <form action={(form) => socket?.send({ action: 'say', room: name, text: `${form.get('text')}` })}>
        <input name="text" aria-label="Message" />
      </form>
    </section>
  );
}
