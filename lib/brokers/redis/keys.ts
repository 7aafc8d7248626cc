import type { OwedTelling } from '../joined/engine-link';
import type { Telling } from '../broker';

/**
 * Names of keys and topics. All keys of an app carry its id in braces, which makes them one slot of Redis Cluster: so one
 * script may touch them all.
 */
export class AppKeys {
  /** Hash: `seq`, the number of the last change; `event`, one that is not below that of the last event. */
  readonly head: string;
  /** Hash: channel to subscriptions, of all nodes; user to connections. */
  readonly subscriptions: string;
  readonly users: string;
  /** Sorted set: channels with a cached event, by the time at which it is forgotten. */
  readonly cached: string;
  /** Hash: name to the node that is its home. */
  readonly homes: string;
  /** Hash: `toldField` of a thing of which observers were told that it is present, to the number of the change and the node. */
  readonly told: string;
  /** Hash: `owedField` of what a node has to tell, to nothing. */
  readonly owed: string;
  readonly #base: string;

  constructor(prefix: string, app: string) {
    this.#base = `${prefix}:{${app}}:`;
    this.head = `${this.#base}head`;
    this.subscriptions = `${this.#base}subs`;
    this.users = `${this.#base}users`;
    this.cached = `${this.#base}kz`;
    this.homes = `${this.#base}homes`;
    this.told = `${this.#base}told`;
    this.owed = `${this.#base}owed`;
  }

  /** Hash: `token` of the process that has the node's number, or 'dead'; `last` turn applied; results of the last turns. */
  turns(node: number): string {
    return `${this.#base}w:${node}`;
  }

  /** Hash: user to connections on a channel, of all nodes. */
  members(channel: string): string {
    return `${this.#base}m:${channel}`;
  }

  /** Hash: user to information. */
  infos(channel: string): string {
    return `${this.#base}i:${channel}`;
  }

  nodeSubscriptions(node: number): string {
    return `${this.#base}n:${node}:subs`;
  }

  nodeUsers(node: number): string {
    return `${this.#base}n:${node}:users`;
  }

  /** Hash: `memberField` to connections. */
  nodeMembers(node: number): string {
    return `${this.#base}n:${node}:members`;
  }

  nodeSockets(node: number): string {
    return `${this.#base}n:${node}:sockets`;
  }

  /** String: the same of a thing that observers were told as gone. */
  toldGone(field: string): string {
    return `${this.#base}gone:${field}`;
  }

  /** Hash: field to value of the records of a name. */
  records(name: string): string {
    return `${this.#base}l:${name}`;
  }

  /** Set: sockets that a dead node had. */
  sweptSockets(node: number): string {
    return `${this.#base}swept:${node}`;
  }

  /** String: number of the last event, a space, and the event. */
  cachedEvent(channel: string): string {
    return `${this.cachedEvents}${channel}`;
  }

  get cachedEvents(): string {
    return `${this.#base}k:`;
  }

  cacheMiss(channel: string): string {
    return `${this.#base}miss:${channel}`;
  }

  /** Hash: `f`ingerprint and `a`nswer of an idempotency key. */
  idempotency(key: string): string {
    return `${this.#base}x:${key}`;
  }

  /** Hash: `t`okens of a rate `at` a time. */
  rate(name: string): string {
    return `${this.#base}rate:${name}`;
  }

  /** Stream: topics and messages of the events of each turn, by the number of the last one; for one run of the engine. */
  replay(run: string): string {
    return `${this.#base}r:${run}`;
  }

  /**
   * Hash about `replay`: `low`, the number up to which events were dropped; numbers of the `oldest` and the `newest` part,
   * by part the number before its first event and its time; `bytes` of the newest.
   */
  replayParts(run: string): string {
    return `${this.#base}rp:${run}`;
  }

  channelTopic(channel: string): string {
    return `${this.#base}c:${channel}`;
  }

  /** Undefined for the topic of something else. */
  channelOfTopic(topic: string): string | undefined {
    const begin = `${this.#base}c:`;
    return topic.startsWith(begin) ? topic.slice(begin.length) : undefined;
  }

  /** Topic that tells how far the events are. */
  get numbersTopic(): string {
    return `${this.#base}numbers`;
  }

  userTopic(userId: string): string {
    return `${this.#base}u:${userId}`;
  }
}

/** Keys of the leases: one slot, too. */
export class NodeKeys {
  /** Sorted set: nodes by the end of their lease, in ms of the engine's clock. */
  readonly nodes: string;
  /** Hash: node to the token of its process. */
  readonly tokens: string;
  /** Sorted set: numbers by the time of their last use. */
  readonly used: string;
  /** Set: nodes that were declared dead and have not been swept. */
  readonly dead: string;
  /** Set: ids of apps in which nodes may have facts. */
  readonly apps: string;
  /** String: name of what is known, lost with everything else. */
  readonly era: string;
  readonly #base: string;

  constructor(prefix: string) {
    this.#base = `${prefix}:{nodes}:`;
    this.nodes = `${this.#base}leases`;
    this.tokens = `${this.#base}tokens`;
    this.used = `${this.#base}used`;
    this.dead = `${this.#base}dead`;
    this.apps = `${this.#base}apps`;
    this.era = `${this.#base}era`;
  }

  topic(node: number): string {
    return `${this.#base}to:${node}`;
  }
}

/** Field of a member in the index of a node. The length tells where the channel ends: names may hold any character. */
export function memberField(channel: string, userId: string): string {
  return `${channel.length}:${channel}${userId}`;
}

/** Field of a channel, or of a member, among what was told. */
export function toldField(channel: string, userId: string | undefined): string {
  return userId === undefined ? `c${channel}` : `m${memberField(channel, userId)}`;
}

export function readToldField(field: string): { channel: string; userId: string | undefined } {
  if (field.startsWith('c')) return { channel: field.slice(1), userId: undefined };
  return readMemberField(field.slice(1));
}

/** Field of a state that a node owes to observers. */
export function owedField(node: number, { channel, userId, present, seq }: Telling): string {
  return `${node} ${seq} ${present ? '1' : '0'} ${toldField(channel, userId)}`;
}

export function readOwedField(field: string): OwedTelling {
  const [, node, seq, present, rest = ''] = /^(\d+) (\d+) ([01]) ([^]*)$/.exec(field) ?? [];
  const telling = { ...readToldField(rest), present: present === '1', seq: Number(seq) };
  return { node: Number(node), telling };
}

export function readMemberField(field: string): { channel: string; userId: string } {
  const colon = field.indexOf(':');
  const end = colon + 1 + Number(field.slice(0, colon));
  return { channel: field.slice(colon + 1, end), userId: field.slice(end) };
}
