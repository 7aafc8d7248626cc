import type { Broker } from '../../../brokers/broker';
import { all, type Eventual, later } from '../../../brokers/eventual';
import { isObject, parseJson } from '../../../pusher/json';
import { nodeOfSocketId } from '../../../pusher/socket-id';
import { hash32 } from '../../../util/hash';
import type { Clock } from '../../../util/timers';
import type { App } from '../model/app';
import { type Bundle, Bundles } from './bundles';

/** A message of one node to another about an app: JSON, and so is the answer, where there is one. */
export interface NodeMessage {
  readonly type:
    | ('changed' | 'counted' | 'terminate' | 'arrived' | 'met' | 'leaving')
    | ('commands' | 'query' | 'decide' | 'to_socket')
    | ('hear' | 'report' | 'keep' | 'tail' | 'pipe' | 'look' | 'act' | 'watch' | 'seen');
  readonly [field: string]: unknown;
}

/** Longest wait for the answers of all nodes: one that has died is known to be dead later. */
const PATIENCE_MS = 2_000;
/** The same for a node that is about to serve: a message that was lost comes again after 2 s. */
const ARRIVAL_MS = 4_000;

/** Does what a message asks for; the answer is a JSON text, or ''. */
export type MessageHandler = (app: App, message: NodeMessage, from: number) => Eventual<string>;

/** Called when this node's place among the others has changed. */
export interface NodesWatcher {
  /** Nodes came or went. */
  changed?(): void;
  /** A node that may be known is about to serve an app. */
  arrived?(app: App, node: number): void;
  /** The others took this node for dead: it is the home of nothing any more. */
  fenced?(): void;
  /** Another node is the home of a name, which this one was. */
  homeLost?(app: App, name: string): void;
}

/** The nodes that the broker joins, this one among them, and the messages between them. */
export class Nodes {
  readonly #broker: Broker;
  readonly #clock: Clock;
  readonly #handlers = new Map<string, MessageHandler>();
  readonly #watchers: NodesWatcher[] = [];
  readonly #bundles = new Bundles((node, bundle) =>
    bundle.app.broker.send(node, JSON.stringify({ type: bundle.type, parts: bundle.take() })),
  );
  /** Nodes that are about to leave: they are given nothing more to look after. */
  readonly #leaving = new Set<number>();
  /** Answers to nodes that have arrived and that this one does not know yet. */
  readonly #arrived = new Map<number, Array<() => void>>();

  constructor(broker: Broker, clock: Clock) {
    this.#broker = broker;
    this.#clock = clock;
    this.on('leaving', (_app, _message, from) => {
      this.#leaving.add(from);
      return '';
    });
    // Messages before this one may have to be sent again: they are asked for when its answer has come.
    this.on('arrived', (app, _message, from) =>
      later(this.#known(from), () => {
        for (const watcher of this.#watchers) watcher.arrived?.(app, from);
        return later(this.send(app, from, { type: 'met' }), (answer) => answer ?? '');
      }),
    );
    this.on('met', () => 'ok');
  }

  get own(): number {
    return this.#broker.node;
  }

  get isAlone(): boolean {
    return this.#broker.nodes.size <= 1;
  }

  has(node: number): boolean {
    return this.#broker.nodes.has(node);
  }

  /** The other node that has a socket; undefined when it is here, or nowhere. */
  elsewhere(app: App, socketId: string): number | undefined {
    if (this.isAlone || app.sockets.has(socketId)) return undefined;
    const node = nodeOfSocketId(socketId);
    return node !== undefined && node !== this.own && this.has(node) ? node : undefined;
  }

  /** Nodes other than this one. */
  others(): number[] {
    return [...this.#broker.nodes].filter((node) => node !== this.own);
  }

  /** The node that looks after a name of an app. All nodes that know the same nodes say the same one. */
  ownerOf(name: string): number {
    return this.isAlone ? this.own : this.#ownerOf(name, this.#broker.nodes);
  }

  /** The node that looked after a name while this one was taken for dead. */
  ownerWithoutThis(name: string): number {
    return this.#ownerOf(name, this.others());
  }

  #ownerOf(name: string, nodes: Iterable<number>): number {
    let owner = this.own;
    let best = -1;
    for (const node of nodes) {
      if (this.#leaving.has(node)) continue;
      const score = hash32(`${name}/${node}`);
      if (score > best || (score === best && node < owner)) [best, owner] = [score, node];
    }
    return owner;
  }

  watch(watcher: NodesWatcher): void {
    this.#watchers.push(watcher);
  }

  on(type: NodeMessage['type'], handler: MessageHandler): void {
    this.#handlers.set(type, handler);
  }

  /** A message has come. Messages that this version does not know are answered with ''. */
  received(app: App, from: number, text: string): Eventual<string> {
    const message = parseJson(text);
    if (!isObject(message)) return '';
    const { type } = message;
    const handler = typeof type === 'string' ? this.#handlers.get(type) : undefined;
    return handler === undefined ? '' : handler(app, message as unknown as NodeMessage, from);
  }

  /** Answers with the node's answer; undefined when it is gone, or does not answer. */
  send(app: App, node: number, message: NodeMessage): Eventual<string | undefined> {
    this.#bundles.flush(node);
    return app.broker.send(node, JSON.stringify(message));
  }

  /**
   * A part of a message, whose `parts` are all that this callback of the event loop says so to the node; its answer is a JSON array
   * with one for each. Returns the bundle, of which this is the last part now.
   * @param part a value of JSON, of about `length` characters
   */
  sendPart(app: App, node: number, type: 'commands', part: unknown, length: number): Bundle {
    return this.#bundles.add(app, node, type, part, length);
  }

  /** As `send`, and undefined when the answer is not there in time, 2 s unless given. The message may be heard all the same. */
  sendSoon(
    app: App,
    node: number,
    message: NodeMessage,
    withinMs = PATIENCE_MS,
  ): Eventual<string | undefined> {
    const answer = this.send(app, node, message);
    if (!(answer instanceof Promise)) return answer;
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(() => resolve(undefined), withinMs);
      void answer.then((text) => {
        this.#clock.clearTimeout(timer);
        resolve(text);
      });
    });
  }

  /** The answers of all other nodes to a message; undefined for those that are gone, or do not answer in time. */
  ask(
    app: App,
    message: NodeMessage,
    withinMs = PATIENCE_MS,
  ): Eventual<ReadonlyArray<string | undefined>> {
    if (this.isAlone) return [];
    const answers = this.others().map(async (node) => this.sendSoon(app, node, message, withinMs));
    return Promise.all(answers);
  }

  /**
   * Tells the others that this node is about to serve apps, and waits until each knows it and has asked for what its backends
   * want to hear, for 4 s at most. Messages that browsers sent before would be heard by none of them.
   */
  arrive(apps: readonly App[]): Eventual<unknown> {
    return all(apps.map((app) => this.ask(app, { type: 'arrived' }, ARRIVAL_MS)));
  }

  /** This node is about to leave: the others look after what it had. */
  leave(app: App): void {
    this.#leaving.add(this.own);
    void later(this.ask(app, { type: 'leaving' }), () => undefined);
  }

  /** Nodes came or went. */
  changed(): void {
    for (const node of this.#leaving) {
      if (node !== this.own && !this.has(node)) this.#leaving.delete(node);
    }
    for (const watcher of this.#watchers) watcher.changed?.();
    // After the watchers, which ask it for reports: this answer comes behind their questions.
    for (const [node, answers] of this.#arrived) {
      if (!this.has(node)) continue;
      this.#arrived.delete(node);
      for (const answer of answers) answer();
    }
  }

  /** Answers when this node knows another one. */
  #known(node: number): Eventual<string> {
    if (this.has(node)) return 'ok';
    return new Promise((resolve) => {
      const answers = this.#arrived.get(node) ?? [];
      answers.push(() => resolve('ok'));
      this.#arrived.set(node, answers);
    });
  }

  fenced(): void {
    for (const watcher of this.#watchers) watcher.fenced?.();
  }

  homeLost(app: App, name: string): void {
    for (const watcher of this.#watchers) watcher.homeLost?.(app, name);
  }
}
