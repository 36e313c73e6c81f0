import { RealStore } from './_helpers/real-store';
import { user } from '../../lib/runtime/user';

let store: RealStore;
beforeAll(async () => { store = await RealStore.start(); });
afterAll(async () => store.stop());

test('all connections of a user are sent to, on the stage of each', async () => {
  const ann = store.unique('ann');
  const [one, two, other] = [await store.connect(ann), await store.connect(ann, 'prod'), await store.connect('bob')];

  const sent = await user(ann).send('raw');
  const emitted = await user(ann).emit('progress', { done: 3 }, { except: [two] });
  const none = await user(ann).send('to nobody', { except: [ann] });

  expect([sent.delivered, emitted.delivered, none.delivered]).toEqual([2, 1, 0]);
  expect(store.api.arrived.map(({ path }) => path.split('/')[1])).toEqual(['dev', 'prod', 'dev']);
  expect(store.framesOf(one)).toEqual(['raw', { event: 'progress', data: { done: 3 } }]);
  expect(store.framesOf(two)).toEqual(['raw']);
  expect(store.framesOf(other)).toEqual([]);
});

test('connections are listed since when they are there', async () => {
  const ann = store.unique('ann');
  const { id, connectedAt } = await store.connect(ann);

  expect(await user(ann).connections()).toEqual([{ connectionId: id, user: ann, joinedAt: connectedAt }]);
  expect(await user(store.unique('nobody')).connections()).toEqual([]);
});

test('close ends those that are there, and forgets those that are gone', async () => {
  const ann = store.unique('ann');
  const [one, gone] = [await store.connect(ann), await store.connect(ann)];
  store.gone.add(gone.id);

  expect(await user(ann).close()).toBe(1);

  expect(store.framesOf(one)).toEqual(['DELETE']);
  // The other one is removed by its $disconnect.
  expect((await user(ann).connections()).map(({ connectionId }) => connectionId)).toEqual([one.id]);
});

test('a user whose connection is gone is no user any more', async () => {
  const ann = store.unique('ann');
  const { id } = await store.connect(ann);
  store.gone.add(id);

  expect(await user(ann).send('hi')).toEqual({ delivered: 0, gone: [id], pending: [], failed: [], handedOver: 0 });

  expect(await store.items(`U#${ann}`)).toEqual([]);
  expect(await store.items(`C#${id}`)).toEqual([]);
});

test('names and events are checked', async () => {
  expect(() => user('')).toThrow('the name of a user is 1 to 512 bytes of UTF-8 without control characters, not ""');
  await expect(user('ann').emit('room:left')).rejects.toMatchObject({ code: 'BAD_NAME' });
});

test('a connection without a user is no name, and the error says where users come from', () => {
  const { user: nobody } = {} as { user?: string };

  expect(() => user(nobody!)).toThrow(expect.objectContaining({
    code: 'BAD_NAME',
    message: 'user(undefined): the connection has no user, since its service has no authorizer, or one without a principalId',
  }));
});
