import type { Server } from 'node:http';
import { StandpipeError } from '../../errors';

/** Connections that may wait to be accepted; the kernel has a limit of its own. SYNs beyond the limit are dropped. */
const BACKLOG = 4096;

/** A place to listen at: an address, or the descriptor of a socket that listens already. */
export interface Place {
  /** Option that names it. */
  option: string;
  host: string;
  port: number;
  fd?: number | undefined;
  /** Other processes may listen there too. */
  reusePort?: boolean | undefined;
}

/** Lets a server listen. Rejects with `listen_failed` and a message that names the option and the place. */
export async function listen(
  server: Server,
  { option, host, port, fd, reusePort }: Place,
): Promise<void> {
  const place = fd === undefined ? `${host}:${port}` : `file descriptor ${fd}`;
  const failed = (why: string, cause?: Error): StandpipeError => {
    const message = `${option}: cannot listen on ${place}: ${why}`;
    return new StandpipeError('listen_failed', message, { cause });
  };
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      reject(failed(cause.code === 'EADDRINUSE' ? 'the port is in use' : cause.message, cause));
    };
    server.once('error', fail);
    const at = fd === undefined ? { port, host, reusePort } : { fd };
    server.listen({ ...at, backlog: BACKLOG }, () => {
      server.off('error', fail);
      if (typeof server.address() === 'object') resolve();
      else server.close(() => reject(failed('it is no TCP socket')));
    });
  });
}
