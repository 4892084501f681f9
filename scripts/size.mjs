// Prints what each import weighs. With --write the README says so too. Needs the build.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureBudgets, packPackage, sizesIn, sizeTable, withSizes } from './measure.mjs';

const packed = await packPackage();
try {
  const measured = await measureBudgets(packed);
  for (const { name, size, limit } of measured) {
    const verdict = size > limit ? `OVER by ${size - limit}` : `${limit - size} left`;
    console.log(`${String(size).padStart(7)} of ${String(limit).padStart(6)} bytes  ${verdict.padEnd(14)} ${name}`);
  }
  if (process.argv.includes('--write')) {
    const path = join(import.meta.dirname, '..', 'README.md');
    const readme = await readFile(path, 'utf8');
    if (sizesIn(readme) === null) throw new Error('README.md has no <!-- sizes --> … <!-- /sizes -->');
    await writeFile(path, withSizes(readme, sizeTable(measured)));
  }
  if (measured.some(({ size, limit }) => size > limit)) process.exitCode = 1;
} finally {
  await packed.remove();
}
