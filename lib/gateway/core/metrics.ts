import { Counter, Gauge, Registry } from 'prom-client';

/**
 * What a gateway counts. Hot paths bump plain numbers; they become Prometheus metrics when somebody asks. No label ever
 * holds a name from outside.
 */
export class Metrics {
  readonly registry = new Registry();
  socketsOpened = 0;
  /** Messages that browsers sent. */
  messagesReceived = 0;
  /** Events accepted for channels and sockets, from whatever side. */
  eventsAccepted = 0;
  /** Sockets these events went to. */
  deliveries = 0;
  /** Events handed to backends. */
  pipeEvents = 0;
  /** Commands of backends applied. */
  pipeCommands = 0;
  /** Questions put to backends for pusher-js. */
  authRequests = 0;
  /** Those that no backend answered, or none in time, or with a failure. */
  authFailures = 0;
  /** Connections closed because they did not read. */
  socketsCut = 0;
  /** Connections that were reset or broke a rule of WebSockets. */
  peerFailures = 0;
  /** Events a backend's stream had to drop. */
  pipeEventsDropped = 0;
  /** Events that endpoints of webhooks have taken. */
  webhookEventsSent = 0;
  /** Events given up: refused for too long, or more than may wait. */
  webhookEventsDropped = 0;
  /** Attempts that failed. */
  webhookFailures = 0;
  /** Events that wait for an endpoint now. */
  webhookEventsWaiting = 0;
  /** Faults of the gateway itself; each is logged. */
  failures = 0;

  constructor(live: { sockets: () => number; channels: () => number; pipes: () => number }) {
    const count = (name: string, help: string, read: () => number): void => {
      new Counter({
        name: `standpipe_${name}`,
        help,
        registers: [this.registry],
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    };
    const level = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name: `standpipe_${name}`,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    };
    level('sockets', 'Browser connections open now', live.sockets);
    level('channels', 'Channels occupied now', live.channels);
    level('pipes', 'Backends connected now', live.pipes);
    count('sockets_opened_total', 'Browser connections opened', () => this.socketsOpened);
    count('messages_received_total', 'Messages from browsers', () => this.messagesReceived);
    count('events_accepted_total', 'Events accepted', () => this.eventsAccepted);
    count('deliveries_total', 'Events written to a socket', () => this.deliveries);
    count('pipe_events_total', 'Events sent to backends', () => this.pipeEvents);
    count('pipe_commands_total', 'Commands of backends applied', () => this.pipeCommands);
    count(
      'pipe_events_dropped_total',
      'Events dropped from full streams',
      () => this.pipeEventsDropped,
    );
    count('auth_requests_total', 'Authorizations asked of backends', () => this.authRequests);
    count('auth_failures_total', 'Authorizations without an answer', () => this.authFailures);
    count('peer_failures_total', 'Connections reset or against the rules', () => this.peerFailures);
    count('socket_cut_total', 'Connections cut because they did not read', () => this.socketsCut);
    level(
      'webhook_events_waiting',
      'Events that wait for a webhook endpoint',
      () => this.webhookEventsWaiting,
    );
    count('webhook_events_sent_total', 'Webhook events taken', () => this.webhookEventsSent);
    count(
      'webhook_events_dropped_total',
      'Webhook events given up',
      () => this.webhookEventsDropped,
    );
    count('webhook_failures_total', 'Webhook attempts that failed', () => this.webhookFailures);
    count('failures_total', 'Faults of the gateway itself', () => this.failures);
  }
}
