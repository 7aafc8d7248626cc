import { z } from 'zod';
import { StandpipeError } from '../../errors';
import type { PushyCommands, PushyOptions } from './pushy';

/** Two apps are told apart by the path of a client and by the key of a trigger. Throws `bad_option`. */
export function requireUniquePushy(
  apps: ReadonlyArray<{ pushy?: PushyOptions | undefined }>,
): void {
  const [prefixes, keys] = [new Set<string>(), new Set<string>()];
  apps.forEach(({ pushy }, i) => {
    if (pushy === undefined) return;
    const { secretKey, sockjs } = pushy;
    if (prefixes.has(sockjs.prefix)) {
      const message = `apps[${i}].pushy.sockjs.prefix: '${sockjs.prefix}' belongs to another app already`;
      throw new StandpipeError('bad_option', message);
    }
    if (keys.has(secretKey)) {
      const message = `apps[${i}].pushy.secretKey: is that of another app already`;
      throw new StandpipeError('bad_option', message);
    }
    prefixes.add(sockjs.prefix);
    keys.add(secretKey);
  });
}

/** The commands of an embedding program: any object, which may be a module or an instance of a class. */
export const commandsSchema = z
  .custom<PushyCommands>(
    (commands) => typeof commands === 'object' && commands !== null,
    'must be an object of functions',
  )
  .superRefine((commands, context) => {
    for (const [name, command] of Object.entries<unknown>(commands)) {
      if (typeof command === 'function') continue;
      context.addIssue({ code: 'custom', path: [name], message: 'must be a function' });
    }
  })
  .default({});
