/** The rules: players swim in a field of 1 by 1 and collect the one pearl. Nothing here knows of the network. */

export interface Point {
  x: number;
  y: number;
}

export interface Player extends Point {
  id: string;
  name: string;
  /** Number of the player, from 1; views name players by it. */
  number: number;
  /** Direction, each from -1 to 1. */
  dx: number;
  dy: number;
  score: number;
  /** Number of the last input that was heard; a client measures its lag with it. */
  seq: number;
}

export interface View {
  /** The last input that this view knows of. */
  seq: number;
  you: Point & { number: number; score: number };
  pearl: Point;
  /** Players within sight, and no others: nobody can cheat with what is never sent. */
  near: Array<Point & { number: number }>;
}

/** Distance that a player swims in a second. */
export const SPEED = 0.5;
const REACH = 0.03;
export const SIGHT = 0.3;
const MAX_NAME = 16;
const BEST = 8;

const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value));
const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const somewhere = (): Point => ({ x: Math.random(), y: Math.random() });
/** A thousandth of the field is less than a pixel. */
const rounded = ({ x, y }: Point): Point => ({
  x: Math.round(x * 1_000) / 1_000,
  y: Math.round(y * 1_000) / 1_000,
});

export class Game {
  readonly #players = new Map<string, Player>();
  #count = 0;
  pearl = somewhere();

  get size(): number {
    return this.#players.size;
  }

  join(id: string): void {
    this.#count += 1;
    const name = `Fish ${this.#count}`;
    const still = { dx: 0, dy: 0, score: 0, seq: 0 };
    this.#players.set(id, { id, name, number: this.#count, ...somewhere(), ...still });
  }

  leave(id: string): void {
    this.#players.delete(id);
  }

  /** Takes `{ name }`; a player without a fitting one keeps the name it has. */
  rename(id: string, data: unknown): void {
    const player = this.#players.get(id);
    const { name } = (data ?? {}) as Record<string, unknown>;
    if (player === undefined || typeof name !== 'string') return;
    const visible = name.slice(0, 200).replace(/\p{C}/gu, '').trim();
    player.name = [...visible].slice(0, MAX_NAME).join('') || player.name;
  }

  /** Takes an input of `{ seq, dx, dy }`; anything else is not an input. */
  steer(id: string, input: unknown): void {
    const player = this.#players.get(id);
    const { seq, dx, dy } = (input ?? {}) as Record<string, unknown>;
    if (player === undefined || !isFinite(seq) || !isFinite(dx) || !isFinite(dy)) return;
    // As far for all, whichever way.
    const length = Math.max(1, Math.hypot(dx, dy));
    player.seq = seq;
    player.dx = dx / length;
    player.dy = dy / length;
  }

  /** Moves everybody on. Returns those who have caught a pearl. */
  tick(seconds: number): Player[] {
    const catchers: Player[] = [];
    for (const player of this.#players.values()) {
      player.x = clamp(player.x + player.dx * SPEED * seconds, 0, 1);
      player.y = clamp(player.y + player.dy * SPEED * seconds, 0, 1);
      if (distance(player, this.pearl) > REACH) continue;
      player.score += 1;
      catchers.push(player);
      this.pearl = somewhere();
    }
    return catchers;
  }

  players(): IterableIterator<Player> {
    return this.#players.values();
  }

  /** The best players, the first one first. */
  best(): Array<{ number: number; name: string; score: number }> {
    return [...this.#players.values()]
      .sort((a, b) => b.score - a.score || a.number - b.number)
      .slice(0, BEST)
      .map(({ number, name, score }) => ({ number, name, score }));
  }

  viewOf({ seq, number, score, ...you }: Player): View {
    const near: View['near'] = [];
    for (const other of this.#players.values()) {
      if (other.number === number || distance(other, you) >= SIGHT) continue;
      near.push({ number: other.number, ...rounded(other) });
    }
    return { seq, you: { number, score, ...rounded(you) }, pearl: rounded(this.pearl), near };
  }
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}
