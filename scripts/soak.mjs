// What takes too long for every run: browsers killed again and again, then one that is clicked in at random for ten minutes.
// `npm run soak`, some thirty minutes.
//   npm run soak -- --engine=chromium --times=5
//   npm run soak -- --times=0 --minutes=2
import { parseArgs } from 'node:util';
import { loadFaults } from './loadFaults.mjs';

const { values } = parseArgs({
  options: { engine: { type: 'string' }, times: { type: 'string' }, minutes: { type: 'string' } },
});
const number = (text) => (text === undefined ? undefined : Number(text));
const { soak } = await loadFaults('soak');
const areAllRight = await soak({
  engine: values.engine,
  times: number(values.times),
  minutes: number(values.minutes),
});
process.exit(areAllRight ? 0 : 1);
