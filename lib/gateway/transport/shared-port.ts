import { readFileSync } from 'node:fs';

/** State of a listening socket (Linux, include/net/tcp_states.h). */
const LISTEN = '0A';
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * True when two sockets of this network namespace listen on the same address and port, as they may with SO_REUSEPORT.
 * False where the system has no table of them.
 */
export function isShared(port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return TABLES.some((path) => {
    const addresses = rowsOf(path).flatMap((row) => {
      // Columns: number, local address, remote address, state.
      const [, local = '', , state] = row.trim().split(/\s+/);
      return state === LISTEN && local.endsWith(suffix) ? local : [];
    });
    return new Set(addresses).size < addresses.length;
  });
}

function rowsOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return [];
  }
}
