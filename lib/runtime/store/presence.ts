import type { Recipient } from '../posts';
import { roomPartition } from './keys';
import { memberRows, recipientOf } from './members';
import type { Item } from './table';

/** Above, a room would do little but announce: a thousand who arrive are a million posts. */
export const MOST_TO_ANNOUNCE = 1_000;

/** What the other members of a room are sent when somebody joins or leaves. */
export interface Announcement {
  readonly recipients: Recipient[];
  readonly frame: string;
  readonly rows: string;
}

/** @param members - of the room; the one who joins is left out */
export function joinedAnnouncement(row: Item, members: readonly Item[]): Announcement {
  return announcement('room:joined', row, Number(row.joined!.N), members);
}

/**
 * Of memberships that have ended, as `removeGone` and `exit` return them; those that were not announced are left out. Each room is
 * read once.
 */
export async function leftAnnouncements(ended: readonly Item[]): Promise<Announcement[]> {
  const announced = ended.filter(({ announce }) => announce?.BOOL);
  const found: Announcement[] = [];
  for (const pk of new Set(announced.map((row) => row.pk!.S!))) {
    const members = await memberRows(pk, MOST_TO_ANNOUNCE + 1);
    if (members.length > MOST_TO_ANNOUNCE) {
      console.warn(`cdk-websocket-service: room:left is not sent to ${roomOf(pk)}, which has more than ${MOST_TO_ANNOUNCE} members`);
      continue;
    }
    for (const row of announced) {
      // Above the version that it ends, whatever the clock of this machine says.
      if (row.pk!.S === pk) found.push(announcement('room:left', row, Math.max(Date.now(), Number(row.joined!.N) + 1), members));
    }
  }
  return found.filter(({ recipients }) => recipients.length > 0);
}

function announcement(event: string, { pk, sk, user, meta }: Item, at: number, members: readonly Item[]): Announcement {
  const data = { connectionId: sk!.S, user: user?.S, meta: meta && JSON.parse(meta.S!) as object };
  return {
    recipients: members.filter((member) => member.sk!.S !== sk!.S).map(recipientOf),
    frame: JSON.stringify({ event, room: roomOf(pk!.S!), at, data }),
    rows: pk!.S!,
  };
}

function roomOf(partition: string): string {
  return partition.slice(roomPartition('').length);
}
