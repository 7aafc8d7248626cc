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

/** The commands of an embedding program. Throws `bad_option`. */
export function checkedCommands(given: { commands?: PushyCommands } = {}): PushyCommands {
  const { commands = {}, ...rest } = given;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    throw new StandpipeError(
      'bad_option',
      `pushy: there is no option ${unknown}; there is commands`,
    );
  }
  if (typeof commands !== 'object' || commands === null) {
    throw new StandpipeError('bad_option', 'pushy.commands: must be an object of functions');
  }
  for (const [name, command] of Object.entries(commands)) {
    if (typeof command === 'function') continue;
    throw new StandpipeError('bad_option', `pushy.commands.${name}: must be a function`);
  }
  return commands;
}
