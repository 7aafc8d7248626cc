/** The rules: players swim in a field of 1 by 1 and collect the one pearl. Nothing here knows of the network. */

export interface Player {
  id: string;
  x: number;
  y: number;
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
  you: { x: number; y: number; score: number };
  pearl: { x: number; y: number };
  /** Players within sight, and no others: nobody can cheat with what is never sent. */
  near: Array<{ x: number; y: number }>;
}

const SPEED = 0.5;
const REACH = 0.05;
const SIGHT = 0.4;

const clamp = (value: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, value));
const distance = (a: { x: number; y: number }, b: { x: number; y: number }): number =>
  Math.hypot(a.x - b.x, a.y - b.y);
const somewhere = (): { x: number; y: number } => ({ x: Math.random(), y: Math.random() });

export class Game {
  readonly #players = new Map<string, Player>();
  pearl = somewhere();

  join(id: string): void {
    this.#players.set(id, { id, ...somewhere(), dx: 0, dy: 0, score: 0, seq: 0 });
  }

  leave(id: string): void {
    this.#players.delete(id);
  }

  /** Takes an input of `{ seq, dx, dy }`; anything else is not an input. */
  steer(id: string, input: unknown): void {
    const player = this.#players.get(id);
    const { seq, dx, dy } = (input ?? {}) as Record<string, unknown>;
    if (player === undefined || !isFinite(seq) || !isFinite(dx) || !isFinite(dy)) return;
    player.seq = seq;
    player.dx = clamp(dx, -1, 1);
    player.dy = clamp(dy, -1, 1);
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

  viewOf(id: string): View | undefined {
    const you = this.#players.get(id);
    if (you === undefined) return undefined;
    const near = [...this.#players.values()].filter(
      (other) => other !== you && distance(other, you) < SIGHT,
    );
    return {
      seq: you.seq,
      you: { x: you.x, y: you.y, score: you.score },
      pearl: this.pearl,
      near: near.map(({ x, y }) => ({ x, y })),
    };
  }
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}
