import type { GatewayOptions } from '../../gateway';
import type { Environment } from '../config';

/** Descriptor of the first passed socket (sd_listen_fds(3)). */
const FIRST_FD = 3;

/**
 * Number of listening sockets that systemd, or any parent that follows its protocol, passes on to this process: descriptors
 * from 3 on (sd_listen_fds(3)). Sockets for another process of the same environment are not meant.
 */
export function passedSockets(env: Environment, pid: number): number {
  const { LISTEN_PID: forPid, LISTEN_FDS: count = '' } = env;
  return forPid === String(pid) && /^\d{1,3}$/.test(count) ? Number(count) : 0;
}

/** Warning of a parent that means this process and passes no sockets on, so that the gateway opens ports of its own. */
export function passedNothing(env: Environment, pid: number): string | undefined {
  const { LISTEN_PID: forPid, LISTEN_FDS: count = '' } = env;
  if (forPid !== String(pid) || passedSockets(env, pid) > 0) return undefined;
  return `LISTEN_FDS is '${count}', which passes no socket on: a number from 1 on is expected. The ports are opened instead`;
}

/** Options with passed sockets in their places: the first one for the plain port, the next one for TLS. */
export function withSockets(
  options: GatewayOptions,
  count: number,
): { options: GatewayOptions; left: number } {
  const { tls } = options;
  let used = 0;
  const next = (): { fd?: number } => (used < count ? { fd: FIRST_FD + used++ } : {});
  const plain = tls?.only === true ? {} : next();
  const secure = tls && { tls: { ...tls, ...next() } };
  return { options: { ...options, ...plain, ...secure }, left: count - used };
}
