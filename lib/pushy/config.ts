import { StandpipeError } from '../errors';
import type { GatewayOptions } from '../gateway';

type Sockjs = NonNullable<NonNullable<GatewayOptions['apps'][number]['pushy']>['sockjs']>;

/** The configuration of pushy, as its `config.json` has it. */
export interface PushyConfig {
  /** Signs triggers and subscriptions. */
  secretKey: string;
  /** Default 8123. */
  port?: number | undefined;
  /** Default `0.0.0.0`, as pushy had it. */
  host?: string | undefined;
  /** True: an HTTPS server, with `sslKey` and `sslCert`. Default false. */
  ssl?: boolean | undefined;
  /** Key and certificate as PEM. */
  sslKey?: string | null | undefined;
  /** Certificate as PEM. */
  sslCert?: string | null | undefined;
  /** Options of the SockJS endpoint. */
  sockjs?: Sockjs | undefined;
  /** Taken and not used. */
  name?: string | undefined;
  /** Any pino-like logger. Without one, commands that throw are warnings of the process, and all else is silent. */
  log?: GatewayOptions['log'];
}

export interface CheckedPushyConfig extends Pick<PushyConfig, 'secretKey' | 'sockjs' | 'log'> {
  host: string;
  port: number;
  tls: { cert: string; key: string } | undefined;
}

const DEFAULT_PORT = 8123;
const DEFAULT_HOST = '0.0.0.0';
const KNOWN: readonly string[] = [
  ...(['secretKey', 'port', 'host', 'ssl', 'sslKey', 'sslCert', 'sockjs', 'name', 'log'] as const),
] satisfies Array<keyof PushyConfig>;

/** Checks what the gateway does not check. Throws `bad_option`. */
export function pushyConfig(config: PushyConfig): CheckedPushyConfig {
  const bad = (message: string): never => {
    throw new StandpipeError('bad_option', message);
  };
  if (typeof config !== 'object' || config === null) return bad('config must be an object');
  const unknown = Object.keys(config).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) {
    return bad(`${unknown}: is no option of pushy; the options are ${KNOWN.join(', ')}`);
  }
  const { secretKey, port = DEFAULT_PORT, host = DEFAULT_HOST, ssl = false, sockjs, log } = config;
  if (typeof secretKey !== 'string' || secretKey === '') {
    return bad('secretKey: must be a string, which signs triggers and subscriptions');
  }
  if (typeof ssl !== 'boolean') return bad('ssl: must be true or false');
  const { sslKey: key, sslCert: cert } = config;
  if (!ssl) return { secretKey, port, host, sockjs, log, tls: undefined };
  if (typeof key !== 'string' || typeof cert !== 'string') {
    return bad('ssl: true needs sslKey and sslCert');
  }
  return { secretKey, port, host, sockjs, log, tls: { cert, key } };
}
