import { type Command, InvalidArgumentError, Option } from 'commander';
import { variableOf } from './option-names';

/** Levels of the log, most of it first. */
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** Forms of a line of the log. */
const LOG_FORMATS = ['pretty', 'json'] as const;

/** Address of a Kubernetes service, as containers of its namespace find it in their environment. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\//;
/** Variables whose links were told. */
const warned = new Set<string>();

/** Flags of `standpipe serve`, each from the command line or its variable. */
export interface ServeFlags {
  config?: string;
  host?: string;
  port?: number;
  tlsPort?: number;
  tlsCert?: string;
  tlsKey?: string;
  path?: string;
  broker?: string;
  metricsHost?: string;
  metricsPort?: number;
  consolePort?: number;
  reusePort?: boolean;
  portWaitMs?: number;
  workers?: number;
  insecureDev?: boolean;
  logLevel?: (typeof LOG_LEVELS)[number];
  logFormat?: (typeof LOG_FORMATS)[number];
}

/** Flags of the commands that connect to a gateway. */
export interface ConnectionFlags {
  config?: string;
  app?: string;
  host?: string;
  port?: number;
  path?: string;
  tls?: boolean;
  ca?: string;
  insecure?: boolean;
}

export function addServeFlags(command: Command): Command {
  return command
    .addOption(flag('-c, --config <file>', 'configuration, JSON'))
    .addOption(flag('--host <address>', 'address to listen on (default 127.0.0.1)'))
    .addOption(number('--port <number>', 'port to listen on (default 6001)'))
    .addOption(flag('--path <prefix>', 'prefix before /app/ (wsPath of pusher-js)'))
    .addOption(number('--tls-port <number>', 'TLS port (default 6443 with a certificate)'))
    .addOption(flag('--tls-cert <file>', 'certificate, PEM'))
    .addOption(flag('--tls-key <file>', 'key of the certificate, PEM'))
    .addOption(
      flag(
        '--broker <url>',
        'Redis that joins several gateways: redis://127.0.0.1:6379, or redis+sentinel://host:port,…/name',
      ),
    )
    .addOption(number('--metrics-port <number>', 'Prometheus metrics on a port of their own'))
    .addOption(flag('--metrics-host <address>', 'its address (default 127.0.0.1)'))
    .addOption(number('--console-port <number>', 'console for operators on 127.0.0.1'))
    .option(
      '--reuse-port',
      'share the ports with the process that takes over (Node 22.12 or newer; env: STANDPIPE_REUSE_PORT)',
    )
    .addOption(
      number(
        '--workers <number>',
        'processes that share the ports, each with a gateway (default 1)',
      ),
    )
    .addOption(number('--port-wait-ms <number>', 'time to wait for ports that another process has'))
    .option(
      '--insecure-dev',
      'take short secrets, and the development app, where other machines reach them (env: STANDPIPE_INSECURE_DEV)',
    )
    .addOption(
      flag('--log-level <level>', 'lowest level of the log (default info)').choices(LOG_LEVELS),
    )
    .addOption(
      flag('--log-format <format>', 'form of the log (default: pretty on a terminal)').choices(
        LOG_FORMATS,
      ),
    );
}

export function addBrokerFlags(command: Command): Command {
  return command
    .addOption(flag('-c, --config <file>', 'configuration of a gateway, JSON'))
    .addOption(flag('--broker <url>', 'Redis that joins the gateways: redis://127.0.0.1:6379'));
}

export function addConnectionFlags(command: Command): Command {
  return command
    .addOption(flag('-c, --config <file>', "the gateway's configuration, for the app's secret"))
    .option('--app <id>', 'id or key of the app (default: the first one)')
    .addOption(
      flag('--host <address>', 'address of the gateway (default: as in the file, or 127.0.0.1)'),
    )
    .addOption(number('--port <number>', 'port of the gateway (default: as in the file, or 6001)'))
    .addOption(flag('--path <prefix>', 'prefix of the paths of the gateway'))
    .option('--tls', 'connect with TLS (default port: as in the file, or 6443)')
    .addOption(flag('--ca <file>', 'certificate of the authority to trust, PEM; implies --tls'))
    .option('--insecure', 'connect with TLS to whoever answers, whatever its certificate');
}

/**
 * A flag that is also a variable: `--tls-port` is `STANDPIPE_TLS_PORT`. An empty variable counts as none, and so does what
 * Kubernetes sets beside a service named standpipe.
 */
function flag(flags: string, description: string): Option {
  const option = new Option(flags, description);
  const variable = variableOf(option.attributeName());
  const value = process.env[variable];
  if (value === undefined || value === '') return value === '' ? option : option.env(variable);
  if (!SERVICE_LINK.test(value)) return option.env(variable);
  if (!warned.has(variable)) {
    warned.add(variable);
    process.emitWarning(
      `${variable}=${value} is a service link of Kubernetes and is ignored: give the service another name, or set enableServiceLinks to false`,
    );
  }
  return option;
}

function number(flags: string, description: string): Option {
  return flag(flags, description).argParser((text) => {
    if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
    return Number(text);
  });
}
