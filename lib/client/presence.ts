import type { Frame } from './room';
import type { Member } from './types';

export interface Presence {
  list(): readonly Member[];
  /** @returns Whether the frame has changed anything. */
  announced(frame: Frame): boolean;
  replace(members: unknown): void;
  /** The connection is gone: from now on announcements are missed. */
  lost(): void;
}

/** Who is in a room. Announcements overtake each other: the later `at` of a connection counts. */
export function presence(): Presence {
  let members = new Map<unknown, Member>();
  const changes = new Map<unknown, Frame>();
  const idOf = (member: unknown) => (Object(member) as Member).connectionId as unknown;

  const apply = ({ event, at, data }: Frame) => {
    const id = idOf(data);
    if (Date.parse(members.get(id)?.joinedAt!) > at!) return false;
    return event === 'room:left' ? members.delete(id) : !!members.set(id, data as Member);
  };

  return {
    list: () => [...members.values()],
    lost: () => changes.clear(),

    announced(frame) {
      const id = idOf(frame.data);
      if (!/^room:(joined|left)$/.test(frame.event!) || !id || changes.get(id)?.at! > frame.at!) return false;
      changes.set(id, frame);
      return apply(frame);
    },

    // An announcement may be newer than the list.
    replace(list) {
      members = new Map(Array.isArray(list) ? list.map((member: Member) => [idOf(member), member]) : []);
      changes.forEach(apply);
    },
  };
}
