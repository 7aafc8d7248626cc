import type { Answer, Settled, Telling } from '../broker';
import type { EngineTellings, OwedTelling } from '../joined/engine-link';
import {
  AppKeys,
  owedField,
  readMemberField,
  readOwedField,
  readToldField,
  toldField,
} from './keys';
import { RedisReads, type Send } from './reads';
import { Script } from './scripts/script';
import { TAKE, TELL, TOLD } from './scripts/tell';

const tellScript = new Script(TELL);
const toldScript = new Script(TOLD);
const takeScript = new Script(TAKE);
export const tellingScripts = [tellScript, toldScript, takeScript];

/** Time for which it is known that something was told as gone: questions about it come late, or again, within it. */
const GONE_MS = '600000';
/** Field that is there when everything that was told is. */
const COMPLETE = '';

/** Answers of the script that tells, by its numbers. */
const ANSWERS: readonly Answer[] = ['no', 'yes', 'apart'];

/** States in a command. */
const PAGE = 500;

export interface RedisAppParts {
  readonly send: Send;
  /** Nodes that have a lease. */
  nodes(): Promise<readonly number[]>;
}

/** An app in Redis: its keys, and the questions about it. */
export class RedisApp {
  readonly keys: AppKeys;
  readonly reads: RedisReads;
  readonly tellings: RedisTellings;

  constructor(prefix: string, id: string, parts: RedisAppParts) {
    this.keys = new AppKeys(prefix, id);
    this.reads = new RedisReads(parts.send, this.keys);
    this.tellings = new RedisTellings(parts, this.keys, this.reads);
  }
}

/** States of which observers outside were told last. */
class RedisTellings implements EngineTellings {
  readonly #parts: RedisAppParts;
  readonly #keys: AppKeys;
  readonly #reads: RedisReads;

  constructor(parts: RedisAppParts, keys: AppKeys, reads: RedisReads) {
    this.#parts = parts;
    this.#keys = keys;
    this.#reads = reads;
  }

  async tell(node: number, tellings: readonly Telling[]): Promise<readonly Answer[]> {
    const keys = [this.#keys.told, this.#keys.owed];
    const args = [`${node}`, GONE_MS];
    for (const { channel, userId, present, seq, isFound } of tellings) {
      const field = toldField(channel, userId);
      keys.push(this.#keys.toldGone(field));
      args.push(field, present ? '1' : '0', `${seq}`, isFound === true ? `${node}f` : `${node}`);
    }
    const reply = (await this.#send(tellScript.call(keys, args) as string[])) as number[];
    return reply.map((answer) => ANSWERS[answer] as Answer);
  }

  async told(node: number, settled: readonly Settled[]): Promise<Telling[]> {
    const keys = [this.#keys.told, this.#keys.owed];
    const args = [`${node}`];
    for (const { channel, userId, present, seq, isLast } of settled) {
      const field = toldField(channel, userId);
      keys.push(this.#keys.toldGone(field));
      args.push(field, present ? '1' : '0', `${seq}`, isLast ? '1' : '0');
    }
    const reply = (await this.#send(toldScript.call(keys, args) as string[])) as number[];
    return settled.flatMap(({ channel, userId, present }, i) => {
      const seq = reply[i] ?? -1;
      return seq < 0 ? [] : { channel, userId, present: !present, seq };
    });
  }

  async owed(): Promise<OwedTelling[]> {
    const found = new Map<string, OwedTelling>();
    for await (const page of this.#reads.scan('HSCAN', this.#keys.owed)) {
      for (let i = 0; i < page.length; i += 2) {
        const field = page[i] as string;
        found.set(field, readOwedField(field));
      }
    }
    return [...found.values()].sort((a, b) => a.telling.seq - b.telling.seq);
  }

  async take(node: number, owed: readonly OwedTelling[]): Promise<boolean[]> {
    const taken: number[] = [];
    for (let at = 0; at < owed.length; at += PAGE) {
      const args = owed
        .slice(at, at + PAGE)
        .flatMap(({ node: of, telling }) => [owedField(of, telling), owedField(node, telling)]);
      const reply = await this.#send(takeScript.call([this.#keys.owed], args) as string[]);
      taken.push(...(reply as number[]));
    }
    return taken.map((answer) => answer === 1);
  }

  /** The number is read first: changes behind it are being told. */
  async *untold(): AsyncGenerator<readonly Telling[]> {
    const { told } = this.#keys;
    const nodes = await this.#parts.nodes();
    const seq = await this.#reads.seq();
    const isComplete = (await this.#send(['HEXISTS', told, COMPLETE])) === 1;
    for await (const fields of this.#present(nodes)) {
      const marks = (await this.#send(['HMGET', told, ...fields])) as unknown[];
      const added = fields.filter((_, i) => marks[i] === null);
      if (added.length === 0) continue;
      if (isComplete) yield added.map((field) => ({ ...readToldField(field), present: true, seq }));
      else await this.#send(['HSET', told, ...added.flatMap((field) => [field, '0 0'])]);
    }
    if (!isComplete) await this.#send(['HSET', told, COMPLETE, '1']);
    for await (const page of this.#reads.scan('HSCAN', told)) {
      const fields = page.filter((field, i) => i % 2 === 0 && field !== COMPLETE);
      const are = await this.#arePresent(fields);
      const gone = fields.filter((_, i) => !are[i]);
      if (gone.length === 0) continue;
      yield gone.map((field) => ({ ...readToldField(field), present: false, seq }));
    }
  }

  #send(command: Parameters<Send>[0]): ReturnType<Send> {
    return this.#parts.send(command);
  }

  /** Fields of all that is present, in pages; one may be empty, and fields may come twice. */
  async *#present(nodes: readonly number[]): AsyncGenerator<readonly string[]> {
    for await (const page of this.#reads.scan('HSCAN', this.#keys.subscriptions)) {
      const channels = page.filter((_, i) => i % 2 === 0);
      if (channels.length > 0) yield channels.map((channel) => toldField(channel, undefined));
    }
    for (const node of nodes) {
      for await (const page of this.#reads.scan('HSCAN', this.#keys.nodeMembers(node))) {
        const members = page.filter((_, i) => i % 2 === 0).map(readMemberField);
        if (members.length === 0) continue;
        yield members.map(({ channel, userId }) => toldField(channel, userId));
      }
    }
  }

  /** A question for each channel with members among them, and one for all channels. */
  async #arePresent(fields: readonly string[]): Promise<boolean[]> {
    const asked = new Map<string, string[]>();
    const places = fields.map((field) => {
      const { channel, userId } = readToldField(field);
      const key = userId === undefined ? this.#keys.subscriptions : this.#keys.members(channel);
      const names = asked.get(key) ?? [];
      asked.set(key, names);
      return { key, at: names.push(userId ?? channel) - 1 };
    });
    const answers = new Map<string, unknown[]>();
    const answered = Array.from(asked, async ([key, names]) => {
      answers.set(key, (await this.#send(['HMGET', key, ...names])) as unknown[]);
    });
    await Promise.all(answered);
    return places.map(({ key, at }) => (answers.get(key)?.[at] ?? null) !== null);
  }
}
