#!/usr/bin/env node
import { resolve } from 'node:path';

import { type CommandLine, HELP, parseCommandLine } from './commandLine.ts';
import { startCollector } from './server.ts';
import { version } from './version.ts';

const command = parseCommandLine(process.argv.slice(2));
switch (command.kind) {
  case 'help':
    console.log(HELP);
    break;
  case 'version':
    console.log(version);
    break;
  case 'problem':
    fail(`${command.problem}\nbeaconry-collector --help lists the options.`);
    break;
  case 'start':
    await run(command.options).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
}

async function run(options: CommandLine): Promise<void> {
  const collector = await startCollector(options);
  const { data, path, sites } = options;
  console.log(`beaconry-collector ${version}
  dashboard  ${collector.url}/
  ingest     ${collector.url}${path}${sites.length > 0 ? ` (${sites.join(', ')})` : ''}
  SDK file   ${collector.url}/beaconry.js
  data       ${data === ':memory:' ? 'in memory, lost when this stops' : resolve(data)}`);

  const stop = () => {
    // A second signal ends the process at once: what was acknowledged is on the disk already.
    process.removeListener('SIGINT', stop);
    process.removeListener('SIGTERM', stop);
    collector.close().then(
      () => process.exit(0),
      (error: unknown) => fail(`Stopped with an error: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(message: string): never {
  console.error(`beaconry-collector: ${message}`);
  process.exit(1);
}
