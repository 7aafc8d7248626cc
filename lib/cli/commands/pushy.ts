import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StandpipeError } from '../../errors';
import { init, reload, type PushyConfig } from '../../pushy';
import { drainOnSignals } from '../process/drain-on-signals';
import { readJsonFile } from '../json-file';
import { processLog } from '../process/process-log';
import { reloadOnHangup } from '../process/reload-on-hangup';

/** Runs a pushy server by its configuration file, which SIGHUP reads again; `sslKey` and `sslCert` are files beside it. */
export async function pushy(file: string): Promise<void> {
  const { log, countIn } = processLog({ level: 'info' });
  const ready = reloadOnHangup(log, () => void reload(gateway, readConfig(file)));
  const config = readConfig(file);
  const gateway = await init({ ...config, log });
  countIn(gateway);
  log.info({ url: gateway.url, ssl: config.ssl === true }, 'pushy listens');
  drainOnSignals(gateway, log);
  ready();
}

function readConfig(file: string): PushyConfig {
  const config = readJsonFile(file) as unknown as PushyConfig;
  for (const name of ['sslKey', 'sslCert'] as const) {
    const value = config[name];
    if (typeof value === 'string' && !value.startsWith('-----BEGIN')) {
      config[name] = read(name, resolve(dirname(file), value));
    }
  }
  return config;
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `${name}: cannot read ${file}: ${(cause as Error).message}`;
    throw new StandpipeError('bad_option', message, { cause });
  }
}
