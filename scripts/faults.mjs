// Every fault that a machine can produce, in real browsers: `npm run faults`, some ten minutes. Prints what was lost and
// what came twice, and writes it to docs/reliability.md. Part of the table, for work on it:
//   npm run faults -- --engine=chromium --only=SIGKILL --outbox=careless
import { parseArgs } from 'node:util';
import { loadFaults } from './loadFaults.mjs';

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    only: { type: 'string' },
    outbox: { type: 'string' },
    quick: { type: 'boolean' },
  },
});
const { printFaults } = await loadFaults('report');
const areAllRight = await printFaults(values);
// Browsers leave handles behind that would keep the process.
process.exit(areAllRight ? 0 : 1);
