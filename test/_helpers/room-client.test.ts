import { RoomClient } from './room-client';

const FRAME = { event: 'said', room: 'lobby' };
const JOINED = { members: [], more: false, missed: false, void: [] };

test('the mark is the number up to which all have come', () => {
  const client = new RoomClient();
  client.reply({ ...JOINED, seq: 10 }, 0);

  for (const seq of [11, 13, 14, 11]) client.receive({ ...FRAME, seq, data: seq });

  expect([client.mark, client.since, client.hasHole, [...client.heard]]).toEqual([11, 11, true, [11, 13, 14]]);
  client.reply({ ...JOINED, seq: 14, void: [12] }, 1);
  expect([client.mark, client.hasHole, client.start]).toEqual([14, false, { seq: 10, began: 0 }]);
});

test('what is not above the mark is dropped, and noted if it had not come', () => {
  const client = new RoomClient();
  client.receive({ ...FRAME, seq: 9, data: 9 });
  client.reply({ ...JOINED, seq: 10 }, 0);

  client.receive({ ...FRAME, seq: 9, data: 9 });
  client.receive({ ...FRAME, seq: 10, data: 10 });
  client.receive({ ...FRAME, data: 'live' });

  expect([[...client.heard], client.dropped]).toEqual([[9], [10]]);
});

test('after `missed` the mark is that of the reply; the wrong client asks from the highest number on', () => {
  const [client, wrong] = [new RoomClient(), new RoomClient(true)];
  for (const one of [client, wrong]) {
    one.reply({ ...JOINED, seq: 10 }, 0);
    one.receive({ ...FRAME, seq: 12 });
  }

  expect([client.since, wrong.since]).toEqual([10, 12]);
  client.reply({ ...JOINED, seq: 90, missed: true }, 1);
  expect([client.mark, client.missedTo]).toEqual([90, 90]);
});
