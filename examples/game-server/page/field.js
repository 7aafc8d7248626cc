/** Draws views. Between two of them, everybody glides on to where the last one says. */
const SIGHT = 0.3;
/** Pixels between the field and the edge of the canvas. */
const EDGE = 14;
const SPLASH_MS = 700;
/** Share of the way to go that is gone in 16 ms. */
const EASE = 0.35;

const MINE = { light: '#c2402b', dark: '#ff9d8a' };
const OTHER = { light: '#4b86a3', dark: '#7fb6cf' };

const still = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');

export class Field {
  #canvas;
  #brush;
  #view;
  #seen = new Map();
  #splash;
  #frame;
  #last = 0;
  #width = 1;
  #height = 1;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#brush = canvas.getContext('2d');
    new ResizeObserver(() => this.#resize()).observe(canvas);
    dark.addEventListener('change', () => this.#draw());
  }

  show(view) {
    this.#view = view;
    this.#draw();
  }

  /** Marks the place where the pearl was. */
  splash() {
    if (this.#view !== undefined) this.#splash = { ...this.#view.pearl, since: performance.now() };
  }

  /** The place on the field at which a pointer is. */
  placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return {
      x: (clientX - left - EDGE) / (width - 2 * EDGE),
      y: (clientY - top - EDGE) / (height - 2 * EDGE),
    };
  }

  #resize() {
    const density = Math.min(2, devicePixelRatio);
    this.#width = this.#canvas.clientWidth;
    this.#height = this.#canvas.clientHeight;
    this.#canvas.width = this.#width * density;
    this.#canvas.height = this.#height * density;
    this.#brush.setTransform(density, 0, 0, density, 0, 0);
    this.#draw();
  }

  #draw() {
    if (this.#frame !== undefined) return;
    this.#frame = requestAnimationFrame((now) => {
      this.#frame = undefined;
      if (this.#view !== undefined && this.#paint(now)) this.#draw();
    });
  }

  /** Paints once; true while something still moves. */
  #paint(now) {
    const { you, near, pearl } = this.#view;
    const ease = still.matches ? 1 : 1 - (1 - EASE) ** (Math.min(100, now - this.#last) / 16);
    this.#last = now;
    const all = [...near, you];
    let moves = false;
    const seen = new Map();
    for (const { number, x, y } of all) {
      const before = this.#seen.get(number) ?? { x, y, heading: 0 };
      const place = { x: before.x + (x - before.x) * ease, y: before.y + (y - before.y) * ease };
      const [dx, dy] = [x - before.x, y - before.y];
      const isMoving = Math.abs(dx) + Math.abs(dy) > 0.001;
      place.heading = isMoving ? Math.atan2(dy, dx) : before.heading;
      moves ||= isMoving;
      seen.set(number, place);
    }
    this.#seen = seen;
    this.#brush.clearRect(0, 0, this.#width, this.#height);
    const me = seen.get(you.number);
    this.#paintSight(me);
    this.#paintPearl(pearl);
    for (const { number } of near) this.#paintFish(seen.get(number), false);
    this.#paintFish(me, true);
    return this.#paintSplash(now) || moves;
  }

  #at({ x, y }) {
    return [EDGE + x * (this.#width - 2 * EDGE), EDGE + y * (this.#height - 2 * EDGE)];
  }

  #paintSight(me) {
    const [x, y] = this.#at(me);
    const brush = this.#brush;
    brush.beginPath();
    brush.ellipse(
      x,
      y,
      SIGHT * (this.#width - 2 * EDGE),
      SIGHT * (this.#height - 2 * EDGE),
      0,
      0,
      2 * Math.PI,
    );
    brush.fillStyle = dark.matches ? 'rgb(76 201 240 / 0.1)' : 'rgb(255 255 255 / 0.5)';
    brush.fill();
    brush.setLineDash([3, 6]);
    brush.strokeStyle = dark.matches ? 'rgb(140 205 230 / 0.5)' : 'rgb(10 111 156 / 0.45)';
    brush.stroke();
    brush.setLineDash([]);
  }

  #paintPearl(pearl) {
    const [x, y] = this.#at(pearl);
    const brush = this.#brush;
    const shine = brush.createRadialGradient(x - 3, y - 3, 1, x, y, 10);
    shine.addColorStop(0, '#ffffff');
    shine.addColorStop(1, dark.matches ? '#f0b95a' : '#e39a1c');
    brush.beginPath();
    brush.arc(x, y, 18, 0, 2 * Math.PI);
    brush.fillStyle = dark.matches ? 'rgb(240 185 90 / 0.2)' : 'rgb(227 154 28 / 0.22)';
    brush.fill();
    brush.beginPath();
    brush.arc(x, y, 9, 0, 2 * Math.PI);
    brush.fillStyle = shine;
    brush.fill();
  }

  #paintFish({ heading, ...place }, mine) {
    const [x, y] = this.#at(place);
    const brush = this.#brush;
    const size = mine ? 10 : 7;
    const colour = mine ? MINE : OTHER;
    brush.save();
    brush.translate(x, y);
    brush.rotate(heading);
    brush.beginPath();
    brush.ellipse(0, 0, size * 1.25, size * 0.75, 0, 0, 2 * Math.PI);
    brush.moveTo(-size * 0.9, 0);
    brush.lineTo(-size * 2, -size * 0.75);
    brush.lineTo(-size * 2, size * 0.75);
    brush.closePath();
    if (mine) {
      brush.lineWidth = 4;
      brush.strokeStyle = dark.matches ? '#06141d' : '#ffffff';
      brush.stroke();
    }
    brush.fillStyle = dark.matches ? colour.dark : colour.light;
    brush.fill();
    brush.beginPath();
    brush.arc(size * 0.65, -size * 0.2, size * 0.16, 0, 2 * Math.PI);
    brush.fillStyle = dark.matches ? '#06141d' : '#ffffff';
    brush.fill();
    brush.restore();
    brush.lineWidth = 1;
    if (!mine) return;
    brush.font = '600 13px system-ui, sans-serif';
    brush.textAlign = 'center';
    brush.fillStyle = dark.matches ? '#e9f5fa' : '#0b2a3c';
    brush.fillText('you', x, y < 40 ? y + 34 : y - 24);
  }

  #paintSplash(now) {
    if (this.#splash === undefined) return false;
    const age = (now - this.#splash.since) / SPLASH_MS;
    if (age >= 1) {
      this.#splash = undefined;
      return false;
    }
    const [x, y] = this.#at(this.#splash);
    const brush = this.#brush;
    brush.beginPath();
    brush.arc(x, y, still.matches ? 24 : 12 + 34 * Math.max(0, age), 0, 2 * Math.PI);
    brush.lineWidth = 3;
    brush.strokeStyle = dark.matches
      ? `rgb(240 185 90 / ${1 - age})`
      : `rgb(190 120 0 / ${1 - age})`;
    brush.stroke();
    brush.lineWidth = 1;
    return true;
  }
}
