/** Draws the field into the terminal; where there is no terminal, one line tells the score. */
import type { Game } from './game';

const [WIDTH, HEIGHT] = [56, 16];
/** Players whose scores are shown. */
const BEST = 5;

export interface Figures {
  answersPerSecond: number;
  lagMs: number;
}

export function draw(game: Game, { answersPerSecond, lagMs }: Figures): void {
  const players = [...game.players()];
  const names = (index: number): string => String.fromCharCode(65 + (index % 26));
  const best = players
    .map(({ score }, index) => ({ score, name: names(index) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, BEST);
  const scores = best.map(({ score, name }) => `${name} ${score}`).join('  ');
  const line = `${scores}   ${answersPerSecond.toFixed(0)} answers/s, input to view ${lagMs.toFixed(1)} ms`;
  if (!process.stdout.isTTY) {
    console.log(line);
    return;
  }
  const rows = Array.from({ length: HEIGHT }, () => new Array<string>(WIDTH).fill(' '));
  const put = ({ x, y }: { x: number; y: number }, sign: string): void => {
    const row = rows[Math.round(y * (HEIGHT - 1))];
    if (row !== undefined) row[Math.round(x * (WIDTH - 1))] = sign;
  };
  put(game.pearl, 'o');
  players.forEach((player, index) => put(player, names(index)));
  const edge = `+${'-'.repeat(WIDTH)}+`;
  const field = rows.map((row) => `|${row.join('')}|`);
  // The cursor goes home, the picture is drawn, and the rest of the one before is erased.
  process.stdout.write(
    `\x1b[H\x1b[2J${[edge, ...field, edge, line, 'Ctrl-C ends it.'].join('\n')}\n`,
  );
}
