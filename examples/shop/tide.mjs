const RATE = 11_025;
const SECONDS = 14;
/** Each wave: when it breaks, in seconds, and how loud. */
const WAVES = [
  [1.6, 0.7],
  [5.4, 1],
  [9.6, 0.8],
];

let sound;

/** The sea behind the workshop, as a WAV file: made here, so that no recording has to lie in the repository. */
export function tide() {
  sound ??= toWav(render());
  return sound;
}

/** Noise that swells and ebbs; the louder a wave, the brighter it is. */
function render() {
  const samples = new Int16Array(RATE * SECONDS);
  let seed = 1;
  let low = 0;
  let lower = 0;
  for (let index = 0; index < samples.length; index++) {
    const at = index / RATE;
    // https://en.wikipedia.org/wiki/Linear_congruential_generator
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
    const noise = seed / 2 ** 31 - 1;
    const swell = 0.12 + WAVES.reduce((sum, [breaksAt, force]) => sum + force * shapeOf(at - breaksAt), 0);
    low += (0.05 + 0.4 * swell) * (noise - low);
    lower += 0.5 * (low - lower);
    const fade = Math.min(1, at, SECONDS - at);
    samples[index] = Math.max(-1, Math.min(1, 0.9 * swell * lower * fade)) * 32_767;
  }
  return samples;
}

/** A wave comes quickly and runs out slowly. */
const shapeOf = (after) => (after < 0 ? Math.exp(after * 2.2) : Math.exp(-after * 0.9));

function toWav(samples) {
  const data = Buffer.from(samples.buffer);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  // Plain samples, one channel, 16 bits each.
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}
