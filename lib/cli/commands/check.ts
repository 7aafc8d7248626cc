import { limitsTable } from '../../gateway/options/limits';
import { checkGatewayOptions } from '../../gateway/options/options';
import { requireUsable } from '../../gateway/transport/tls-server';
import { type Environment, readConfig } from '../config';
import type { ServeFlags } from '../flags';
import { withNames } from '../option-names';

/**
 * Says whether `serve` would take a configuration, and what it would do with it. Opens nothing, and shows no secret.
 * Throws `bad_option` with what `serve` would refuse.
 */
export function check(flags: ServeFlags, env: Environment): void {
  const { options, development, names } = readConfig(flags, env);
  const {
    apps,
    host,
    port,
    path,
    tls,
    metrics,
    broker,
    limits,
    console: page,
  } = withNames(names, () => checkGatewayOptions(options));
  if (tls !== undefined) requireUsable(tls);
  if (page?.tls !== undefined) requireUsable(page.tls, 'console.tls');
  const say = (name: string, text: string): void => console.log(`${name.padEnd(9)} ${text}`);
  const secure = tls === undefined ? [] : [`wss://${host}:${tls.port}${path}`];
  const plain = tls?.only === true ? [] : [`ws://${host}:${port}${path}`];
  say('listens', [...plain, ...secure].join(', '));
  for (const { id, enabled, webhooks, clientEvents } of apps) {
    const details = [
      ...(development ? ['the development app, whose secret everybody knows'] : []),
      ...(enabled ? [] : ['refuses every connection']),
      ...(clientEvents ? ['client events'] : []),
      ...(webhooks.length === 1 ? ['1 webhook endpoint'] : []),
      ...(webhooks.length > 1 ? [`${webhooks.length} webhook endpoints`] : []),
    ];
    say('app', [id, ...details].join(', '));
  }
  if (metrics !== undefined) say('metrics', `http://${metrics.host}:${metrics.port}/metrics`);
  if (page !== undefined) {
    const scheme = page.tls === undefined ? 'http' : 'https';
    const own = page.port === undefined ? [] : [`${scheme}://${page.host}:${page.port}`];
    const open = page.public ? [`${path}/console/ of the gateway`] : [];
    const who = page.tokens.map(({ name, role }) => `${name} (${role})`).join(', ');
    const made = 'a token that is made at each start';
    say('console', `${[...own, ...open].join(' and ')}, ${who || made}`);
  }
  if (broker !== undefined) say('broker', `keys begin with ${broker.prefix}`);
  for (const { name, value } of limitsTable()) {
    const own = limits[name as keyof typeof limits];
    if (own !== value) say('limit', `${name} ${own}, in place of ${value}`);
  }
}
