import { StandpipeError } from '../../errors';
import { AddressGuard, isLoopback } from './address-guard';

/** Options that are judged together. */
interface Guarded {
  readonly apps: ReadonlyArray<{
    readonly id: string;
    readonly key: string;
    readonly secret: string;
    readonly keys: ReadonlyArray<{ readonly key: string; readonly secret: string }>;
    readonly webhooks: ReadonlyArray<{ readonly url: string }>;
    readonly pushy?: object | undefined;
  }>;
  readonly host: string;
  readonly insecureDev: boolean;
  readonly webhookAllow: string[];
  readonly broker?: object | undefined;
}

const MIN_SECRET_LENGTH = 20;
const PUBLIC_SECRETS: ReadonlySet<string> = new Set(['standpipe-dev-secret']);

/** Refuses two apps of one id. */
export function requireUniqueIds(apps: Guarded['apps']): void {
  requireUnique(apps.map(({ id }, i) => [`apps[${i}].id`, id]));
}

/** Refuses a key that stands twice, in one app or in two. */
export function requireUniqueKeys(apps: Guarded['apps']): void {
  requireUnique(apps.flatMap((app, i) => keysOf(app, i).map(({ path, key }) => [path.key, key])));
}

function requireUnique(named: Array<readonly [path: string, name: string]>): void {
  const seen = new Map<string, string>();
  for (const [path, name] of named) {
    const other = seen.get(name);
    if (other !== undefined) {
      throw new StandpipeError('bad_option', `${path}: '${name}' belongs to ${other} already`);
    }
    seen.set(name, path);
  }
}

/** All keys of an app, with the paths of their options. */
function keysOf(
  { key, secret, keys }: Guarded['apps'][number],
  i: number,
): Array<{ key: string; secret: string; path: { key: string; secret: string } }> {
  return [{ key, secret }, ...keys].map((each, j) => {
    const at = j === 0 ? `apps[${i}]` : `apps[${i}].keys[${j - 1}]`;
    return { ...each, path: { key: `${at}.key`, secret: `${at}.secret` } };
  });
}

/** Clients of pushy are served by one gateway alone: their members and commands are those of one process. */
export function guardBroker({ apps, broker }: Guarded): void {
  if (broker === undefined) return;
  apps.forEach(({ id, pushy }, i) => {
    if (pushy === undefined) return;
    const message = `apps[${i}].pushy: clients of pushy (app ${id}) know one gateway alone: take out pushy, or broker and --workers`;
    throw new StandpipeError('bad_option', message);
  });
}

/** Short secrets are found by trying, and a secret gives every right over its app. */
export function guardSecrets({ apps, host, insecureDev }: Guarded): void {
  if (insecureDev || isLoopback(host)) return;
  for (const { secret, path } of apps.flatMap(keysOf)) {
    if (secret.length >= MIN_SECRET_LENGTH && !PUBLIC_SECRETS.has(secret)) continue;
    const message =
      `${path.secret}: must have at least ${MIN_SECRET_LENGTH} characters, and not be the development app's, ` +
      `on ${host}, which other machines reach; make one with 'standpipe keys', or set insecureDev (--insecure-dev)`;
    throw new StandpipeError('bad_option', message);
  }
}

interface Ports {
  readonly port: number;
  readonly tls?: { readonly port: number; readonly only: boolean } | undefined;
  readonly metrics?: { readonly port: number } | undefined;
  readonly console?: { readonly port?: number | undefined } | undefined;
}

/** Refuses a port that two listeners of the gateway would open. */
export function guardPorts({ port, tls, metrics, console }: Ports): void {
  const plain = tls?.only === true ? undefined : port;
  const taken: Array<[option: string, port: number | undefined]> = [['port', plain]];
  for (const [option, each] of [
    ['tls.port', tls?.port],
    ['metrics.port', metrics?.port],
    ['console.port', console?.port],
  ] as const) {
    const other = taken.find(([, port]) => port === each);
    if (each !== undefined && each > 0 && other !== undefined) {
      const message = `${option}: must be another port than ${other[0]}, which is ${each}`;
      throw new StandpipeError('bad_option', message);
    }
    taken.push([option, each]);
  }
}

/** Versions of Node that ask the system for a shared port; others ignore the wish. */
const SHARING = { 22: 12, 23: 1 } as const;

/** Refuses a shared port where the second process would find it taken. */
export function guardReusePort({ reusePort }: { readonly reusePort: boolean }): void {
  if (!reusePort || sharesPorts(process.versions.node)) return;
  const message = `reusePort: needs Node 22.12, 23.1 or later; this is ${process.versions.node}`;
  throw new StandpipeError('bad_option', message);
}

/** True when a version of Node can share a port. */
export function sharesPorts(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const least = new Map(Object.entries(SHARING)).get(String(major));
  return least === undefined ? major > 23 : minor >= least;
}

/** Endpoints whose URL names a forbidden address are refused here. Resolved addresses are checked at each connection. */
export function guardWebhooks({ apps, webhookAllow }: Guarded): void {
  const guard = new AddressGuard(webhookAllow);
  apps.forEach(({ webhooks }, i) => {
    webhooks.forEach(({ url }, j) => {
      const why = guard.refusal(new URL(url));
      if (why !== undefined) {
        throw new StandpipeError('bad_option', `apps[${i}].webhooks[${j}].url: ${why}`);
      }
    });
  });
}
