import { createHash } from 'node:crypto';
import { limitsSchema } from '../../../options/limits';
import type { GatewaySettings } from '../../../options/options';
import type { ConfigPage } from '../api';

/** Names of options whose values are secrets. */
const SECRET = /(^|\.)(secret|token|password|sentinelPassword|key|cert|headers)$/;
/** Names whose end reads like a secret's, and which are none: every page has the key of its app. */
const PUBLIC = /^apps\[[^\]]*\]\.key$/;
const MAX_VALUES = 2_000;

/** The configuration in force, a line for each value. Secrets are told by their length. */
export function configPage(settings: GatewaySettings): ConfigPage {
  const { log: _log, pushyCommands, ...rest } = settings;
  const defaults = new Map(linesOf('limits', limitsSchema.parse({})));
  const lines = [...linesOf('', { ...rest, pushyCommands: Object.keys(pushyCommands) })];
  return {
    values: lines.slice(0, MAX_VALUES).map(([name, value]) => {
      return { name, value, isDefault: defaults.get(name) === value };
    }),
  };
}

/** Digest of what nodes should have alike: not their addresses. */
export function digestOf({ apps, limits, broker }: GatewaySettings): string {
  const text = JSON.stringify([apps, limits, broker ?? null]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function* linesOf(name: string, value: unknown): IterableIterator<[string, string]> {
  if (value === undefined) return;
  const isSecret = SECRET.test(name) && !PUBLIC.test(name);
  if (isSecret) {
    yield [name, `set, ${lengthOf(value)}`];
    return;
  }
  if (Array.isArray(value)) {
    for (const [i, each] of value.entries()) {
      yield* linesOf(`${name}[${nameIn(each) ?? i}]`, each);
    }
    if (value.length === 0) yield [name, 'none'];
  } else if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
    for (const [key, each] of Object.entries(value)) {
      yield* linesOf(name === '' ? key : `${name}.${key}`, each);
    }
  } else yield [name, shown(name, value)];
}

/** Entries of lists are found by their id or name. */
function nameIn(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { id, name } = entry as { id?: unknown; name?: unknown };
  return typeof id === 'string' ? id : typeof name === 'string' ? name : undefined;
}

function lengthOf(value: unknown): string {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return `${value.length} characters`;
  return `${Object.keys(value as object).length} entries`;
}

/** Addresses may hold a password, or a secret in their path. */
function shown(name: string, value: unknown): string {
  if (Buffer.isBuffer(value)) return `${value.length} bytes`;
  if (typeof value !== 'string' || !value.includes('://')) return String(value);
  if (!URL.canParse(value)) return name.endsWith('.redis') ? 'set' : value;
  const { protocol, host, pathname, username } = new URL(value);
  const who = username === '' ? '' : '…@';
  return `${protocol}//${who}${host}${pathname.length > 1 ? '/…' : ''}`;
}
