// Type-checks every folder by its own tsconfig, two at a time.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules', '.bin', 'tsc');
const examples = readdirSync(join(root, 'examples')).map((name) => join('examples', name));
const folders = ['test', 'src', 'collector', 'collector/dashboard', ...examples].filter((folder) =>
  existsSync(join(root, folder, 'tsconfig.json')),
);

const waiting = [...folders];
let failures = 0;

async function checkNext() {
  for (let folder = waiting.shift(); folder; folder = waiting.shift()) {
    const { code, output } = await check(folder);
    if (code !== 0) failures++;
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${folder}`);
    if (output) console.log(output);
  }
}

function check(folder) {
  return new Promise((resolve) => {
    execFile(tsc, ['-p', folder, '--pretty', 'false'], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error ? 1 : 0, output: (stdout + stderr).trim() || error?.message }),
    );
  });
}

await Promise.all([checkNext(), checkNext()]);
if (failures || folders.length === 0) process.exitCode = 1;
