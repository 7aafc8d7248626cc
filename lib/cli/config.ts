import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StandpipeError } from '../errors';
import type { GatewayOptions } from '../gateway';
import { DEVELOPMENT_APP } from './defaults';
import type { ServeFlags } from './flags';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  options: GatewayOptions;
  /** True when no app was configured and the development app stands in. */
  development: boolean;
}

/**
 * Puts a gateway's options together: flags, or their variables, go before the file. A secret is never a flag, since every
 * process of a machine can read flags; `STANDPIPE_APP_…` variables name an app. The gateway checks the values.
 */
export function readConfig(flags: ServeFlags, env: Environment): Config {
  const { config: file, host, port, path, metricsHost, metricsPort, portWaitMs } = flags;
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
  const tls = tlsFrom(flags, object(merged['tls']), base);
  if (tls !== undefined) merged['tls'] = tls;
  const app = appFrom(env);
  if (app !== undefined)
    merged['apps'] = [...((merged['apps'] as unknown[] | undefined) ?? []), app];

  const development = merged['apps'] === undefined;
  if (development) {
    const address = (merged['host'] as string | undefined) ?? '127.0.0.1';
    if (!/^(127\.|localhost$|::1$)/.test(address)) {
      const message = `apps: none configured, and the development app is not served on ${address}; make one with 'standpipe keys'`;
      throw new StandpipeError('bad_option', message);
    }
    merged['apps'] = [DEVELOPMENT_APP];
  }
  return { options: merged as unknown as GatewayOptions, development };
}

function readFile(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    // Editors of Windows begin files with a byte order mark.
    value = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (cause) {
    const why = (cause as Error).message;
    throw new StandpipeError('bad_option', `config: cannot read ${file}: ${why}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new StandpipeError('bad_option', `config: ${file} must hold a JSON object`);
  }
  // `$schema` is for editors.
  const { $schema: _schema, ...rest } = value as Record<string, unknown>;
  return rest;
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}

/** Certificates may stand in a file as PEM; a path is relative to the configuration file. */
function tlsFrom(
  flags: ServeFlags,
  fromFile: Record<string, unknown> | undefined,
  base: string,
): Record<string, unknown> | undefined {
  const tls: Record<string, unknown> = { ...fromFile };
  if (flags.tlsPort !== undefined) tls['port'] = flags.tlsPort;
  for (const name of ['cert', 'key'] as const) {
    const given = name === 'cert' ? flags.tlsCert : flags.tlsKey;
    const value = given ?? tls[name];
    if (value === undefined) continue;
    tls[name] = pem(name, value, given === undefined ? base : '.');
  }
  return Object.keys(tls).length === 0 ? undefined : tls;
}

function pem(name: string, value: unknown, base: string): unknown {
  if (typeof value !== 'string' || value.startsWith('-----BEGIN')) return value;
  try {
    return readFileSync(resolve(base, value), 'utf8');
  } catch (cause) {
    const why = (cause as Error).message;
    throw new StandpipeError('bad_option', `tls.${name}: cannot read ${value}: ${why}`, { cause });
  }
}

function appFrom(env: Environment): Record<string, unknown> | undefined {
  const [id, key, secret] = ['ID', 'KEY', 'SECRET'].map((name) => textFrom(env, `APP_${name}`));
  if (id === undefined && key === undefined && secret === undefined) return undefined;
  if (id === undefined || key === undefined || secret === undefined) {
    const message =
      'apps: STANDPIPE_APP_ID, STANDPIPE_APP_KEY and STANDPIPE_APP_SECRET go together; one of them is missing';
    throw new StandpipeError('bad_option', message);
  }
  return { id, key, secret, clientEvents: switchFrom(env, 'CLIENT_EVENTS') };
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
