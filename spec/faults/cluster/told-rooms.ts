import type { Test } from 'tap';
import type { Chance } from '../../support/simulator/chance';
import { WebhookEndpoint } from '../../support/webhook-endpoint';

/** Rooms that several browsers may be in. */
const SHARED = 10;
/** Requests of which one is answered with 500. */
const REFUSED = 12;

interface Told {
  name: string;
  channel: string;
  user_id?: string;
}

/** A browser as the rooms know it. */
interface Guest {
  readonly rooms: ReadonlySet<string>;
  readonly entered: ReadonlySet<string>;
  turn(room: string): void;
}

/** Faults that may have come between the changes of a round and the endpoint. */
export interface Excuses {
  /** A gateway has ended, or was taken for dead, with webhooks on their way: each may come twice. */
  mayDouble: boolean;
  /** Changes may be undone, or forgotten, before anybody tells them. */
  mayVanish: boolean;
}

/**
 * An endpoint that refuses some requests and is away at times, and the rooms of whose changes it is told: to it each
 * becomes occupied and vacated in turn, as each member is added and removed.
 */
export class ToldRooms {
  readonly url: string;
  readonly #chance: Chance;
  readonly #taken: Told[] = [];
  /** Events that were looked at. */
  #seen = 0;
  /** True for channels and members that were told as there. */
  readonly #states = new Map<string, boolean>();
  #rooms = 0;
  /** Rooms that were entered for the first time in this round, each with its only guest. */
  #fresh = new Map<string, Guest>();
  #isAway = false;
  #wasAway = false;
  doubles = 0;

  private constructor(endpoint: WebhookEndpoint, chance: Chance) {
    this.#chance = chance;
    this.url = endpoint.url;
    endpoint.answer = (response) => {
      if (this.#isAway) return void response.destroy();
      if (this.#chance.whole(1, REFUSED) === 1) return void response.writeHead(500).end();
      this.#taken.push(...((endpoint.webhooks.at(-1)?.events ?? []) as Told[]));
      endpoint.webhooks.length = 0;
      response.end();
    };
  }

  static async start(t: Test, chance: Chance): Promise<ToldRooms> {
    return new ToldRooms(await WebhookEndpoint.start(t), chance);
  }

  get events(): number {
    return this.#taken.length;
  }

  goAway(): void {
    this.#isAway = this.#wasAway = true;
  }

  comeBack(): void {
    this.#isAway = false;
  }

  /** Has a guest enter a room or leave it. */
  turn(guests: readonly Guest[]): void {
    const guest = this.#chance.pick(guests as readonly [Guest]);
    if (this.#chance.whole(0, 1) === 0) {
      guest.turn(`shared-${this.#chance.whole(1, SHARED)}`);
      return;
    }
    const own = [...guest.rooms].find((room) => room.startsWith('own-'));
    const room = own ?? `own-${++this.#rooms}`;
    if (own === undefined) this.#fresh.set(room, guest);
    guest.turn(room);
  }

  /** Names of the rooms that guests are in. */
  static occupied(guests: readonly Guest[]): string[] {
    return [...new Set(guests.flatMap(({ rooms }) => [...rooms]))].sort();
  }

  /**
   * Names whose last event is not the truth.
   * @param there channels, and members as `channel user`
   * @param mayForget an engine that has lost everything tells nobody of those who left meanwhile
   */
  untrue(there: ReadonlySet<string>, mayForget: boolean): string[] {
    const last = new Map(this.#states);
    for (const event of this.#taken.slice(this.#seen)) last.set(nameOf(event), isPresent(event));
    const names = new Set([...last.keys(), ...there]);
    return [...names].flatMap((name) => {
      const isTold = last.get(name) === true;
      if (isTold && mayForget) return [];
      return isTold === there.has(name) ? [] : `${name} is told as ${isTold ? 'there' : 'gone'}`;
    });
  }

  /** Faults in the events since the last call. Names that are the truth by `untrue` are told right at last. */
  judge({ mayDouble, mayVanish }: Excuses): string[] {
    const told = new Map<string, string>();
    for (const event of this.#taken.slice(this.#seen)) {
      const name = nameOf(event);
      told.set(name, (told.get(name) ?? '') + (isPresent(event) ? '+' : '-'));
    }
    const wrong: string[] = [];
    for (const [name, text] of told) {
      const before = this.#states.has(name) ? (this.#states.get(name) === true ? '+' : '-') : '-';
      const doubles = [...text].filter((each, i) => each === (i === 0 ? before : text[i - 1]));
      this.doubles += doubles.length;
      const isRight = mayDouble ? !/(.)\1\1/.test(text) : doubles.length === 0;
      if (!isRight) wrong.push(`${name}: ${before} ${text}`);
      this.#states.set(name, text.endsWith('+'));
    }
    if (!mayVanish && !this.#wasAway) {
      for (const [room, { entered }] of this.#fresh) {
        if (entered.has(room) && !told.has(room)) wrong.push(`${room} was never told`);
      }
    }
    this.#seen = this.#taken.length;
    this.#fresh = new Map();
    this.#wasAway = false;
    return wrong;
  }
}

function nameOf({ channel, user_id: userId }: Told): string {
  return userId === undefined ? channel : `${channel} ${userId}`;
}

function isPresent({ name }: Told): boolean {
  return name === 'channel_occupied' || name === 'member_added';
}
