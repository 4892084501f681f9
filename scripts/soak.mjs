// What takes too long for every run: browsers killed again and again, `npm run soak`, some twenty minutes.
//   npm run soak -- --engine=chromium --times=5
import { parseArgs } from 'node:util';
import { loadFaults } from './loadFaults.mjs';

const { values } = parseArgs({ options: { engine: { type: 'string' }, times: { type: 'string' } } });
const { soak } = await loadFaults('soak');
const areAllRight = await soak({ engine: values.engine, times: values.times && Number(values.times) });
process.exit(areAllRight ? 0 : 1);
