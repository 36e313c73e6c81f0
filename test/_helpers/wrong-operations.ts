import { Operations, RIGHT } from './room-world';
import { storeSettings } from '../../lib/runtime/configuration';
import { deliver } from '../../lib/runtime/delivery';
import { connectionItem } from '../../lib/runtime/store/connection-item';
import { catchUp, record } from '../../lib/runtime/store/history';
import { connectionKey, memberKey, roomPartition, userKey } from '../../lib/runtime/store/keys';
import { memberOf, memberRows, recipientOf } from '../../lib/runtime/store/members';
import { enter } from '../../lib/runtime/store/membership';
import { deleteRow } from '../../lib/runtime/store/removal';

/** The steps of the right operations in an order that loses something. */
export const WRONG = {
  /** `$disconnect` deletes the members first, and marks nothing. */
  membersFirst: {
    ...RIGHT,
    async disconnect(id) {
      const item = await connectionItem(id);
      if (!item) return;
      for (const name of item.rooms) await deleteRow(memberKey(name, id));
      await deleteRow(userKey(item.user!, id));
      await deleteRow(connectionKey(id));
    },
  },
  membersBeforeLog: {
    ...RIGHT,
    async emit(name, text, except) {
      const recipients = (await memberRows(roomPartition(name))).map(recipientOf).filter(({ connectionId }) => !except.includes(connectionId));
      const seq = await record(name, storeSettings().history!, { event: 'said', data: JSON.stringify(text), except: new Set(except) });
      return deliver({ recipients, frame: frameOf(name, seq, JSON.stringify(text)), rows: roomPartition(name) });
    },
  },
  historyBeforeMember: {
    ...RIGHT,
    async join(name, { id, user, stage, connectedAt }, { since }) {
      const at = connectedAt.getTime();
      const standing = await catchUp(name, storeSettings().history!, since, async ({ seq, data }) => {
        await deliver({ recipients: [{ connectionId: id, stage, at }], frame: frameOf(name, seq, data!), rows: roomPartition(name) });
        return true;
      });
      await enter(name, { id, user, stage, at }, { announce: false });
      return { members: (await memberRows(roomPartition(name))).map(memberOf), more: false, ...standing };
    },
  },
  /** The client asks from the highest number that has come. */
  highestNumber: { ...RIGHT, usesHighest: true },
} satisfies Record<string, Operations>;

function frameOf(name: string, seq: number, data: string): string {
  return JSON.stringify({ event: 'said', data: JSON.parse(data) as unknown, room: name, seq });
}
