import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StandpipeError } from '../errors';
import type { GatewayOptions } from '../gateway';
import { isLoopback } from '../gateway/options/address-guard';
import { isHost } from '../gateway/options/kinds';
import { DEVELOPMENT_APP } from './defaults';
import type { ServeFlags } from './flags';
import { readJson, readJsonFile } from './json-file';
import { nameOf, type OptionNames } from './option-names';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  options: GatewayOptions;
  /** True when no app was configured and the development app stands in. */
  development: boolean;
  /** Names of the options that flags or variables gave; the others are of the file. */
  names: OptionNames;
  /** Files that were read. */
  files: readonly string[];
  /** True when a change of these files is a reload. */
  watches: boolean;
}

/** Paths of the options that flags give. */
const PATHS = {
  ...{ host: 'host', port: 'port', path: 'path', portWaitMs: 'portWaitMs', reusePort: 'reusePort' },
  insecureDev: 'insecureDev',
  ...{ metricsHost: 'metrics.host', metricsPort: 'metrics.port' },
  consolePort: 'console.port',
  ...{ tlsPort: 'tls.port', tlsCert: 'tls.cert', tlsKey: 'tls.key' },
} satisfies Partial<Record<keyof ServeFlags, string>>;

/**
 * Puts a gateway's options together: flags, or their variables, go before the file. A secret is never a flag, since every
 * process of a machine can read flags; `STANDPIPE_APP_…` variables name an app, and `STANDPIPE_APPS` is a JSON array of
 * them. The gateway checks the values.
 */
export function readConfig(flags: ServeFlags, env: Environment): Config {
  const { config: file, host, port, path, metricsHost, metricsPort, portWaitMs } = flags;
  const files = [file, flags.appsFile].filter((each) => each !== undefined);
  const fromFile = file === undefined ? {} : readFile(file);
  const base = file === undefined ? '.' : dirname(file);

  const merged: Record<string, unknown> = { ...fromFile };
  if (host !== undefined) merged['host'] = host;
  if (port !== undefined) merged['port'] = port;
  if (path !== undefined) merged['path'] = path;
  if (flags.broker !== undefined) {
    merged['broker'] = { ...object(merged['broker']), redis: flags.broker };
  }
  if (portWaitMs !== undefined) merged['portWaitMs'] = portWaitMs;
  if (flags.reusePort === true || switchFrom(env, 'REUSE_PORT')) merged['reusePort'] = true;
  if (flags.insecureDev === true || switchFrom(env, 'INSECURE_DEV')) merged['insecureDev'] = true;
  const metrics = {
    ...object(merged['metrics']),
    ...(metricsHost !== undefined && { host: metricsHost }),
    ...(metricsPort !== undefined && { port: metricsPort }),
  };
  const token = textFrom(env, 'METRICS_TOKEN');
  // A token alone opens no port.
  if (!('port' in metrics) && metricsHost !== undefined) {
    throw new StandpipeError('bad_option', '--metrics-host: give --metrics-port too');
  }
  if ('port' in metrics) {
    merged['metrics'] = { ...metrics, ...(token !== undefined && { token }) };
  }
  const consoleToken = textFrom(env, 'CONSOLE_TOKEN');
  const names = namesOf(flags, env);
  if (token !== undefined) names.set('metrics.token', 'STANDPIPE_METRICS_TOKEN');
  const page = consoleFrom(flags, object(merged['console']), { token: consoleToken, base });
  if (page !== undefined) merged['console'] = page;
  const tls = tlsFrom(flags, object(merged['tls']), { base, names, files });
  if (tls !== undefined) merged['tls'] = tls;
  if (flags.appsFile !== undefined) merged['apps'] = readApps(flags.appsFile, merged['apps']);
  for (const { app, nameOf: named } of appsFrom(env)) {
    const apps = listOf('apps', merged['apps']);
    merged['apps'] = [...apps, app];
    for (const name of ['id', 'key', 'secret'])
      names.set(`apps[${apps.length}].${name}`, named(name));
  }

  const development = merged['apps'] === undefined;
  if (development) {
    const address = (merged['host'] as string | undefined) ?? '127.0.0.1';
    if (merged['insecureDev'] !== true && isHost(address) && !isLoopback(address)) {
      const message =
        `apps: none configured, and the development app is not served on ${address}; ` +
        "make one with 'standpipe keys', or give --insecure-dev";
      throw new StandpipeError('bad_option', message);
    }
    merged['apps'] = [DEVELOPMENT_APP];
  }
  const watches = flags.watch === true || switchFrom(env, 'WATCH');
  return { options: merged as unknown as GatewayOptions, development, names, files, watches };
}

function namesOf(flags: ServeFlags, env: Environment): Map<string, string> {
  const given = new Map<string, unknown>(Object.entries(flags));
  const named = Object.entries(PATHS).flatMap(([flag, path]): Array<[string, string]> => {
    const value = given.get(flag);
    return value === undefined ? [] : [[path, nameOf(flag, value, env)]];
  });
  return new Map(named);
}

function readFile(file: string): Record<string, unknown> {
  // `$schema` is for editors.
  const { $schema: _schema, ...rest } = readJsonFile(file);
  return rest;
}

/** Apps of a file of their own. Both places at once would leave it open which app an error means. */
function readApps(file: string, others: unknown): unknown[] {
  if (others !== undefined) {
    const message = 'apps: stand in the configuration and in --apps-file; put all into one of them';
    throw new StandpipeError('bad_option', message);
  }
  const apps = readJson(file, 'apps-file');
  if (Array.isArray(apps)) return apps;
  const message = `apps-file: ${file} must hold a JSON array of apps, such as [{"id":"1","key":"…","secret":"…"}]`;
  throw new StandpipeError('bad_option', message);
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A list of the file, to which a variable adds. */
function listOf(path: string, value: unknown = []): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new StandpipeError('bad_option', `${path}: must be a list`);
}

/** The console of a variable's token is an operator's. A token alone opens no port. */
function consoleFrom(
  { consolePort: port }: ServeFlags,
  fromFile: Record<string, unknown> | undefined,
  { token, base }: { token: string | undefined; base: string },
): Record<string, unknown> | undefined {
  if (fromFile === undefined && port === undefined) return undefined;
  const tls = object(fromFile?.['tls']);
  const text = (name: string): string => pem(`console.tls.${name}`, tls?.[name], base).text;
  const own = { name: 'STANDPIPE_CONSOLE_TOKEN', token, role: 'operator' };
  return {
    ...fromFile,
    ...(port !== undefined && { port }),
    ...(tls !== undefined && { tls: { ...tls, cert: text('cert'), key: text('key') } }),
    ...(token !== undefined && {
      tokens: [...listOf('console.tokens', fromFile?.['tokens']), own],
    }),
  };
}

/** Certificates may stand in a file as PEM; a path is relative to the configuration file. */
function tlsFrom(
  flags: ServeFlags,
  fromFile: Record<string, unknown> | undefined,
  { base, names, files }: { base: string; names: OptionNames; files: string[] },
): Record<string, unknown> | undefined {
  const tls: Record<string, unknown> = { ...fromFile };
  if (flags.tlsPort !== undefined) tls['port'] = flags.tlsPort;
  const given = { cert: flags.tlsCert, key: flags.tlsKey };
  const isAsked = Object.keys(tls).length > 0 || (given.cert ?? given.key) !== undefined;
  if (!isAsked) return undefined;
  for (const name of ['cert', 'key'] as const) {
    const value = given[name] ?? tls[name];
    const path = `tls.${name}`;
    if (value === undefined) {
      const message = `${path}: is missing; give --tls-${name}, or ${path} in the file, for TLS`;
      throw new StandpipeError('bad_option', message);
    }
    const read = pem(names.get(path) ?? path, value, given[name] === undefined ? base : '.');
    tls[name] = read.text;
    if (read.file !== undefined) files.push(read.file);
  }
  return tls;
}

/** Text of a certificate or a key; a value that holds no PEM is the path of a file. */
function pem(name: string, value: unknown, base: string): { text: string; file?: string } {
  if (typeof value !== 'string') {
    throw new StandpipeError('bad_option', `${name}: must be the path of a PEM file, or its text`);
  }
  if (value.includes('-----BEGIN')) return { text: value };
  // A text of several lines may be a key that was cut, so none of it is shown.
  if (value.includes('\n')) {
    throw new StandpipeError('bad_option', `${name}: is neither PEM nor the path of a file`);
  }
  try {
    const file = resolve(base, value);
    return { text: readFileSync(file, 'utf8'), file };
  } catch (cause) {
    const why = (cause as Error).message;
    throw new StandpipeError('bad_option', `${name}: cannot read ${value}: ${why}`, { cause });
  }
}

/** Apps of the variables, with the names of their fields in errors. */
function appsFrom(env: Environment): Array<{ app: unknown; nameOf: (field: string) => string }> {
  const one = appFrom(env);
  const text = textFrom(env, 'APPS');
  let many: unknown = [];
  try {
    if (text !== undefined) many = JSON.parse(text);
  } catch {
    many = undefined;
  }
  // A list of none would be served as if nothing had been said: by the development app, whose secret everybody knows.
  if (!Array.isArray(many) || (text !== undefined && many.length === 0)) {
    const message =
      'STANDPIPE_APPS: must be a JSON array of one app or more, such as [{"id":"1","key":"…","secret":"…"}]';
    throw new StandpipeError('bad_option', message);
  }
  return [
    ...many.map((app: unknown, i) => ({
      app,
      nameOf: (field: string) => `STANDPIPE_APPS[${i}].${field}`,
    })),
    ...(one === undefined
      ? []
      : [{ app: one, nameOf: (field: string) => `STANDPIPE_APP_${field.toUpperCase()}` }]),
  ];
}

function appFrom(env: Environment): Record<string, unknown> | undefined {
  const [id, key, secret] = ['ID', 'KEY', 'SECRET'].map((name) => textFrom(env, `APP_${name}`));
  const clientEvents = switchFrom(env, 'CLIENT_EVENTS');
  if (id === undefined && key === undefined && secret === undefined) return undefined;
  if (id === undefined || key === undefined || secret === undefined) {
    const message =
      'apps: STANDPIPE_APP_ID, STANDPIPE_APP_KEY and STANDPIPE_APP_SECRET go together; one of them is missing';
    throw new StandpipeError('bad_option', message);
  }
  return { id, key, secret, clientEvents };
}

/** A variable of the command; undefined when it is empty. */
function textFrom(env: Environment, name: string): string | undefined {
  const value = env[`STANDPIPE_${name}`];
  return value === '' ? undefined : value;
}

function switchFrom(env: Environment, name: string): boolean {
  const value = textFrom(env, name)?.toLowerCase() ?? 'false';
  if (/^(1|true|yes|on)$/.test(value)) return true;
  if (/^(0|false|no|off)$/.test(value)) return false;
  const message = `STANDPIPE_${name}: must be 1, true, yes or on, or 0, false, no or off`;
  throw new StandpipeError('bad_option', message);
}
