import type { Member } from './types';

export interface Presence {
  list(): readonly Member[];
  /** A join is sent: what is announced from now on may be newer than the list that its reply brings. */
  begin(): void;
  /** @returns Whether anything has changed. */
  announced(event: string, at: unknown, member: Partial<Member> | null | undefined): boolean;
  replace(members: unknown): void;
}

/** Who is in a room. Announcements overtake each other: the later `at` of a connection counts. */
export function presence(): Presence {
  let members = new Map<string, Member>();
  const changes = new Map<string, { readonly at: number; readonly member?: Member | undefined }>();

  const apply = (id: string) => {
    const { at, member } = changes.get(id)!;
    if (Date.parse(members.get(id)?.joinedAt ?? '') > at) return false;
    if (member) members.set(id, member);
    return member ? true : members.delete(id);
  };

  return {
    list: () => [...members.values()],

    begin() {
      changes.clear();
    },

    announced(event, at, member) {
      const id = member?.connectionId;
      if (typeof id !== 'string' || changes.get(id)?.at! > (at as number)) return false;
      changes.set(id, { at: at as number, member: event === 'room:joined' ? member as Member : undefined });
      return apply(id);
    },

    replace(list) {
      members = new Map((Array.isArray(list) ? list as Member[] : []).map((member) => [member?.connectionId, member]));
      for (const id of changes.keys()) apply(id);
    },
  };
}
