// Figures, not tests: `npm run bench`, after a build. Compare ratios; absolute times are this machine's, at this moment.
import { benchCaptures } from '../bench/captures.mjs';
import { benchDelivery } from '../bench/delivery.mjs';
import { benchTrack } from '../bench/track.mjs';
import { benchIngest } from '../collector/bench/ingest.mjs';

await benchTrack();
console.log();
await benchDelivery();
console.log();
await benchCaptures();
console.log();
await benchIngest();
