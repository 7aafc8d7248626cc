import { z } from 'zod';
import { StandpipeError } from '../../errors';
import { isLoopback } from './address-guard';
import { host, port, tlsFile } from './kinds';

/** Rights of a token: a viewer sees counts and names; an operator also addresses and data, and may act. */
export type ConsoleRole = 'viewer' | 'operator';

const tokenSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9_.@-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 _ . @ -')
    .describe('Name of the person or team, for the log of what was done.'),
  token: z
    .string()
    .regex(/^[\x21-\x7e]{32,256}$/, 'must be 32 to 256 characters of ASCII without blanks')
    .describe('Opens the console. Never leaves the servers and the people who look.'),
  role: z
    .enum(['viewer', 'operator'])
    .default('viewer')
    .describe('viewer: counts and names. operator: also addresses and data, and acts.'),
  apps: z
    .array(z.string().max(64))
    .min(1)
    .default(['*'])
    .describe('Ids of the apps that it opens; * for all of them, with the gateway itself.'),
});

export const consoleSchema = z.strictObject({
  host: host.default('127.0.0.1').describe('Address to listen on with `port`.'),
  port: port
    .optional()
    .describe('A port of its own; 0 takes a free one. It or `public` is needed.'),
  public: z
    .boolean()
    .default(false)
    .describe(
      'Serves it below `path` of the gateway at /console/ too, or there alone without `port`. Needs tokens, and on other addresses than loopback TLS or `behindProxy`; browsers come by a name of `hosts`, or by an address.',
    ),
  tls: z
    .strictObject({
      cert: tlsFile.describe('Certificate with its chain, as PEM.'),
      key: tlsFile.describe('Private key, as PEM.'),
    })
    .optional()
    .describe('Certificate and key, as PEM text; needed where other machines reach it.'),
  behindProxy: z
    .boolean()
    .default(false)
    .describe(
      'A proxy before it ends TLS, so that it needs no certificate of its own. `trustedProxies` names it: wrong tokens are then counted for each client.',
    ),
  hosts: z
    .array(z.string().min(1).max(253))
    .max(100)
    .default([])
    .describe('Names by which browsers reach it, besides localhost and addresses.'),
  tokens: z
    .array(tokenSchema)
    .max(100)
    .default([])
    .describe('People who may look; on loopback one is made at each start unless given.'),
});

export type ConsoleOptions = z.output<typeof consoleSchema>;

/** Options of a gateway that the console is judged with. */
interface Guarded {
  readonly console?: ConsoleOptions | undefined;
  readonly host: string;
  readonly tls?: object | undefined;
  readonly trustedProxies: readonly string[];
}

/** The console shows everything that goes on, so that other machines need a token, and its way is encrypted. */
export function guardConsole(gateway: Guarded): void {
  const { console: options } = gateway;
  if (options === undefined) return;
  const refuse = (path: string, why: string): never => {
    throw new StandpipeError('bad_option', `console.${path}: ${why}`);
  };
  const { host, port: own, tls, tokens, behindProxy } = options;
  if (own === undefined && !options.public) {
    refuse('port', 'is needed, or public: true for the port of the gateway');
  }
  const proxies = 'set behindProxy to true where a proxy ends TLS before it';
  if (own !== undefined && !isLoopback(host)) {
    const where = `on ${host}, which other machines reach`;
    if (tokens.length === 0) refuse('tokens', `must hold a token ${where}`);
    if (tls === undefined && !behindProxy) refuse('tls', `is needed ${where}; ${proxies}`);
  }
  if (options.public) {
    if (tokens.length === 0) refuse('tokens', 'must hold a token with public: true');
    if (behindProxy && gateway.trustedProxies.length === 0) {
      refuse(
        'behindProxy',
        'needs trustedProxies with public: true, to know the proxy from others',
      );
    }
    if (!isLoopback(gateway.host) && gateway.tls === undefined && !behindProxy) {
      const where = `on ${gateway.host}, which other machines reach`;
      refuse('public', `needs the gateway's tls ${where}; ${proxies}`);
    }
  }
  const names = new Set<string>();
  const owners = new Map<string, string>();
  tokens.forEach(({ name, token }, i) => {
    if (names.has(name)) refuse(`tokens[${i}].name`, `'${name}' is the name of another token`);
    names.add(name);
    const owner = owners.get(token);
    if (owner !== undefined)
      refuse(`tokens[${i}].token`, `is that of '${owner}': each has its own`);
    owners.set(token, name);
  });
}
