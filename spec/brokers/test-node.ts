import type {
  AppBroker,
  AppListener,
  Broker,
  BrokerState,
  PublishOptions,
  Transition,
} from '../../lib/brokers/broker';

export const APP = 'app-1';

/** A node with a listener that writes down whatever it hears. */
export class TestNode {
  readonly broker: Broker;
  readonly app: AppBroker;
  readonly states: BrokerState[] = [];
  readonly events: Array<{
    channel: string;
    text: string;
    options: PublishOptions | undefined;
    seq: number;
  }> = [];
  /** Members of channels by name: user ids as they came and went. */
  readonly members: Array<{
    channel: string;
    userId: string;
    userInfo: string | undefined;
    added: boolean;
    seq: number;
  }> = [];
  readonly counts: string[] = [];
  readonly users: string[] = [];
  readonly messages: string[] = [];
  /** Transitions that this node tells on: from answers, and others that no answer told. */
  readonly transitions: string[] = [];
  /** The same with their numbers. */
  readonly ledger: Array<{ seq: number; text: string }> = [];
  readonly missed: string[] = [];
  readonly homesLost: string[] = [];
  recordsLost = 0;
  fenced = 0;
  /** Sockets that an event is written to here. */
  sockets = 1;

  constructor(broker: Broker) {
    this.broker = broker;
    const listener: AppListener = {
      published: (channel, text, options, seq) => {
        this.events.push({ channel, text, options, seq });
        return this.sockets;
      },
      member: (channel, change) => void this.members.push({ channel, ...change }),
      counted: (channel, total) => void this.counts.push(`${channel} ${total}`),
      user: (userId, online) => void this.users.push(`${userId} ${online ? 'online' : 'offline'}`),
      message: (from, text) => {
        this.messages.push(text);
        return `${text} from ${from}`;
      },
      missed: (channels) => void this.missed.push(...channels),
      changed: (transition) => this.#told(transition),
      homeLost: (name) => void this.homesLost.push(name),
      recordsLost: () => void this.recordsLost++,
    };
    this.app = broker.app(APP, listener);
  }

  start(): Promise<void> {
    return this.broker.start({
      state: (state) => void this.states.push(state),
      nodes: () => undefined,
      fenced: () => void this.fenced++,
    });
  }

  texts(channel: string): string[] {
    return this.events.filter((event) => event.channel === channel).map(({ text }) => text);
  }

  /** Says a number of subscriptions; notes the transition of the answer. */
  async subscriptions(channel: string, count: number): Promise<number | undefined> {
    const answer = await this.app.subscriptions(channel, count, true);
    if (answer === 'unavailable') return undefined;
    const { change } = answer;
    if (change !== undefined) this.#told({ ...answer, kind: change, channel });
    return answer.total;
  }

  async member(channel: string, userId: string, count: number, max = 100): Promise<string> {
    const answer = await this.app.member(channel, { userId, userInfo: undefined }, count, max);
    if (typeof answer === 'string') return answer;
    const { seq, change } = answer;
    if (change !== undefined) this.#told({ seq, kind: change, channel, userId });
    return change ?? 'unchanged';
  }

  async user(userId: string, count: number): Promise<void> {
    const answer = await this.app.user(userId, count);
    if (answer === 'unavailable' || answer.change === undefined) return;
    this.#told({ ...answer, kind: answer.change, userId });
  }

  #told(transition: Transition): void {
    const text = textOf(transition);
    this.transitions.push(text);
    this.ledger.push({ seq: transition.seq, text });
  }
}

function textOf(transition: Transition): string {
  switch (transition.kind) {
    case 'occupied':
    case 'vacated':
      return `${transition.channel} ${transition.kind}`;
    case 'added':
    case 'removed':
      return `${transition.channel} ${transition.userId} ${transition.kind}`;
    case 'online':
    case 'offline':
      return `${transition.userId} ${transition.kind}`;
    case 'closed':
      return `${transition.socketId} closed`;
  }
}

/** Transitions of all nodes, sorted. */
export function transitionsOf(nodes: readonly TestNode[]): string[] {
  return nodes.flatMap(({ transitions }) => transitions).sort();
}
