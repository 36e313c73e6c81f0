import { connection, SendOptions, Target } from './connection';
import { deliver, Delivery } from './delivery';
import { runtimeError } from './error';
import { frameOf } from './posts';
import { checkEvent, checkName, userPartition } from './store/keys';
import { exceptions, isExcepted, Member, memberOf, memberRows, recipientOf } from './store/members';

/** All connections of a user. */
export interface UserTarget extends Target {
  /**
   * Ends them.
   *
   * @returns How many this call has closed
   */
  close(): Promise<number>;
  connections(): Promise<Member[]>;
}

export function user(id: string): UserTarget {
  // `connection.user!`, most likely.
  if (id === undefined) {
    throw runtimeError('BAD_NAME', 'user(undefined): the connection has no user, since its service has no authorizer, or one without a '
      + 'principalId');
  }
  const partition = userPartition(checkName('user', id));
  const send = async (frame: string | Uint8Array, { except }: SendOptions = {}): Promise<Delivery> => {
    const excepted = exceptions(except);
    const rows = (await memberRows(partition)).filter(({ sk }) => !isExcepted(excepted, sk!.S!, id));
    return deliver({ recipients: rows.map(recipientOf), frame, rows: partition });
  };

  return {
    send: async (data, options) => send(frameOf(data), options),
    emit: async (event, data, options) => send(frameOf({ event: checkEvent(event), data }), options),
    async close() {
      const closed = await Promise.all((await memberRows(partition)).map(({ sk, stage, at }) => (
        connection({ id: sk!.S!, stage: stage!.S!, connectedAt: new Date(Number(at!.N)), claims: {}, sourceIp: '' }).close()
      )));
      return closed.filter(Boolean).length;
    },
    async connections() {
      return (await memberRows(partition)).map((row) => ({ ...memberOf(row), user: id }));
    },
  };
}
