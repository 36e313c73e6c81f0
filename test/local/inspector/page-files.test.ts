import { servePage } from '../../../lib/local/inspector/page-files';

test.each(['/index.html', '/../gateway.js', '/page.ts', '/constructor', '/__proto__'])('%s is no file of the page', async (rest) => {
  expect(await servePage({ method: 'GET', rest })).toEqual({ status: 404, json: { message: 'the gateway has nothing there' } });
});

test('the page takes GET', async () => {
  expect(await servePage({ method: 'POST', rest: '' })).toEqual({ status: 405, json: { message: 'the page takes GET' } });
});
