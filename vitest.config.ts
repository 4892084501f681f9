import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const browserTests = 'test/**/*.browser.test.ts';
const packageTests = 'test/{architecture,bundle,imports,readme}.test.ts';

/** What waits for most of a long time begins first, beside what keeps the processor busy. */
class LongWaitsFirst extends BaseSequencer {
  async sort(files: TestSpecification[]) {
    const isLong = ({ moduleId }: TestSpecification) => Number(/(faults|frustration|shop)\.browser/.test(moduleId));
    return (await super.sort(files)).sort((a, b) => isLong(b) - isLong(a));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongWaitsFirst },
    projects: [
      {
        test: {
          name: 'logic',
          environment: 'happy-dom',
          // None takes a second, but where a machine is busy with something else.
          testTimeout: 30_000,
          include: ['test/**/*.test.{ts,tsx}'],
          // test/types is checked by the compiler.
          exclude: [browserTests, packageTests, 'test/types/**'],
        },
      },
      {
        test: {
          name: 'collector',
          environment: 'node',
          include: ['collector/test/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        // Looks at what was built: run `npm run build` first.
        test: {
          name: 'package',
          environment: 'node',
          include: [packageTests],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          environment: 'node',
          include: [browserTests],
          // They mostly wait, and share the machine's few cores.
          maxWorkers: 4,
          // Drivers and machines have moods. What fails twice fails; where events could be lost there is one try.
          retry: 1,
          testTimeout: 90_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
