import type { Server } from 'node:http';
import { StandpipeError } from '../../errors';

/** Connections that may wait to be accepted; the kernel has a limit of its own. SYNs beyond the limit are dropped. */
const BACKLOG = 4096;

/** Lets a server listen. Rejects with `listen_failed` and a message that names the option and the address. */
export async function listen(
  server: Server,
  { option, host, port }: { option: string; host: string; port: number },
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === 'EADDRINUSE' ? 'the port is in use' : cause.message;
      const message = `${option}: cannot listen on ${host}:${port}: ${why}`;
      reject(new StandpipeError('listen_failed', message, { cause }));
    };
    server.once('error', fail);
    server.listen({ port, host, backlog: BACKLOG }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
