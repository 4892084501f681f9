import { expect, test } from 'vitest';
import { get, makeBatch, makeCollector, makeEvent, NOW, post } from './fakes.ts';

test('loss is what pages took in, less what is stored and what they say they dropped', async () => {
  const { collector } = await makeCollector();
  const dropped = { too_large: 1, filtered: 2 };
  await post(collector, makeBatch('b1', [makeEvent('1'), makeEvent('2')], { counts: { accepted: 6, dropped } }));
  await post(collector, makeBatch('b2', [makeEvent('3')], { counts: { accepted: 3, dropped: { filtered: 1 } } }));
  // A repeat adds nothing.
  await post(collector, makeBatch('b2', [makeEvent('3')], { counts: { accepted: 3, dropped: { filtered: 1 } } }));
  await post(collector, makeBatch('b3', [makeEvent('other')], { site: 'blog', counts: { accepted: 1 } }));

  expect(await (await get(collector, `/v1/query/loss?site=shop&to=${NOW + 1}`)).json()).toMatchObject({
    site: 'shop',
    accepted: 9,
    stored: 3,
    dropped: { too_large: 1, filtered: 3 },
    lost: 2,
    lossRate: 2 / 9,
  });
});

test('a site that has sent nothing has lost nothing', async () => {
  const { collector } = await makeCollector();
  const answer = await (await get(collector, '/v1/query/loss?site=none')).json();
  expect(answer).toMatchObject({ accepted: 0, stored: 0, dropped: {}, lost: 0, lossRate: 0 });
});
