import { parseArgs } from 'node:util';
import { checkIngestPath } from './collector.ts';
import { type ConsentCookieOptions, checkConsentCookie } from './ingest/consentCookie.ts';

/** What `beaconry-collector --help` prints. */
export const HELP = `Usage: beaconry-collector [options]

Receives the events of beaconry, keeps them in one file, and shows them on a dashboard.

  --port <number>   port to listen on (default 4318; 0 takes a free one)
  --host <address>  address to listen on (default 127.0.0.1: this machine alone)
  --data <file>     data file, made when missing (default beaconry.duckdb)
  --site <name>     accept events of this site only; may be given several times (default: every site)
  --path <path>     where batches arrive (default /e)
  --consent-cookie <name>    cookie that the answer to a consent record sets, as cookieName of createConsent
                             (default user_tracking_consent; 'off' sets none)
  --consent-domain <domain>  its domain, as cookieDomain; lets pages on all hosts of it have the cookie
  --consent-days <number>    its life, as cookieExpiry (default 365)
  --version         print the version
  --help            print this`;

export interface CommandLine {
  port: number;
  host: string;
  data: string;
  sites: string[];
  path: string;
  consentCookie: ConsentCookieOptions | false;
}

/** What the command line asks for; a `problem` names the option and the remedy. */
export type Command =
  | { kind: 'start'; options: CommandLine }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'problem'; problem: string };

/** Reads the arguments after the program's name. */
export function parseCommandLine(argv: string[]): Command {
  let values: ReturnType<typeof read>;
  try {
    values = read(argv);
  } catch (error) {
    return { kind: 'problem', problem: error instanceof Error ? error.message : String(error) };
  }
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };

  const problem = check(values);
  if (problem) return { kind: 'problem', problem };
  const { port, host, data, site: sites, path } = values;
  const consentCookie = values['consent-cookie'] === 'off' ? false : consentCookieOf(values);
  return { kind: 'start', options: { port: Number(port), host, data, sites, path, consentCookie } };
}

function read(args: string[]) {
  const { values } = parseArgs({
    args,
    allowPositionals: false,
    options: {
      port: { type: 'string', default: '4318' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: 'beaconry.duckdb' },
      site: { type: 'string', multiple: true, default: [] },
      path: { type: 'string', default: '/e' },
      'consent-cookie': { type: 'string' },
      'consent-domain': { type: 'string' },
      'consent-days': { type: 'string' },
      version: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return values;
}

function check(values: ReturnType<typeof read>): string | null {
  const { port, host, data, site, path } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    return `--port must be a number from 0 to 65535, such as 4318; got '${port}'.`;
  }
  if (host.trim() === '') return '--host must be an address, such as 127.0.0.1 or 0.0.0.0; got nothing.';
  if (data.trim() === '') return '--data must be the name of a file, such as beaconry.duckdb; got nothing.';
  if (site.some((name) => name === '' || name.length > 128)) return '--site must be a name of 1 to 128 characters.';
  const pathProblem = checkIngestPath(path);
  if (pathProblem) return `--path ${pathProblem}; got '${path}'.`;
  const cookieProblem = checkConsentCookie(consentCookieOf(values));
  return cookieProblem && `--consent-${cookieProblem.replace(/^name/, 'cookie')}.`;
}

function consentCookieOf(values: ReturnType<typeof read>): ConsentCookieOptions {
  const days = values['consent-days'];
  return {
    name: values['consent-cookie'],
    domain: values['consent-domain'],
    ...(days !== undefined && { days: /^\d+$/.test(days) ? Number(days) : Number.NaN }),
  };
}
