/** The pool that all tabs share: a lattice of points that waves run through, and one float for each person. */
const SPACING = 24;
const WAVE_SPEED = 300;
const WAVE_WIDTH = 22;
/** The second ring, which follows the first one. */
const ECHO_BEHIND = 74;
const ECHO_FORCE = 0.45;
const WAVE_MS = 2_600;
const MAX_WAVES = 12;
const STEP = 0.03;
/** Moves go out at most 8 times a second: a gateway may refuse more than ten messages a second of one socket. */
const MOVE_MS = 125;

const still = matchMedia('(prefers-reduced-motion: reduce)');
const dark = matchMedia('(prefers-color-scheme: dark)');
const within = (value) => Math.min(1, Math.max(0, value));
const bell = (distance) => Math.exp(-((distance / WAVE_WIDTH) ** 2));
const rounded = (value) => Math.round(value * 1_000) / 1_000;
const tone = (hue, alpha = 1) => `oklch(${dark.matches ? 0.78 : 0.56} 0.15 ${hue} / ${alpha})`;

export class Pool {
  #canvas;
  #brush;
  #onMove;
  #onDrop;
  #people = new Map();
  #me;
  #waves = [];
  #frame;
  #moveTimer;
  #moved = false;
  #width = 0;
  #height = 0;

  constructor(canvas, { onMove, onDrop }) {
    this.#canvas = canvas;
    this.#brush = canvas.getContext('2d');
    this.#onMove = onMove;
    this.#onDrop = onDrop;
    canvas.addEventListener('pointermove', (event) => this.#goTo(this.#pointOf(event)));
    canvas.addEventListener('click', (event) => {
      // A click made by a key has no place of its own.
      if (event.detail > 0) this.#goTo(this.#pointOf(event));
      this.#drop();
    });
    canvas.addEventListener('keydown', (event) => this.#key(event));
    new ResizeObserver(() => this.#resize()).observe(canvas);
    dark.addEventListener('change', () => this.#draw());
  }

  /** The people who are here now, and the one of this tab. */
  setPeople(people, me) {
    this.#me = me;
    const known = this.#people;
    this.#people = new Map(
      people.map((person) => {
        const before = known.get(person.id);
        // This tab knows best where it is; the others glide from where they were seen.
        const place =
          person.id === me && before ? { x: before.x, y: before.y } : { x: person.x, y: person.y };
        return [
          person.id,
          { ...person, ...place, seenX: before?.seenX ?? place.x, seenY: before?.seenY ?? place.y },
        ];
      }),
    );
    this.#draw();
  }

  place() {
    const me = this.#people.get(this.#me);
    return me === undefined ? {} : { x: rounded(me.x), y: rounded(me.y) };
  }

  move(id, x, y) {
    const person = this.#people.get(id);
    if (person === undefined || id === this.#me) return;
    Object.assign(person, { x, y });
    this.#draw();
  }

  wave(x, y, hue) {
    this.#waves.push({ x, y, hue, since: performance.now() });
    if (this.#waves.length > MAX_WAVES) this.#waves.shift();
    this.#draw();
  }

  #pointOf(event) {
    const box = this.#canvas.getBoundingClientRect();
    return {
      x: within((event.clientX - box.left) / box.width),
      y: within((event.clientY - box.top) / box.height),
    };
  }

  #key(event) {
    const me = this.#people.get(this.#me);
    const ways = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const way = ways[event.key];
    if (me !== undefined && way !== undefined)
      this.#goTo({ x: within(me.x + way[0]), y: within(me.y + way[1]) });
    else if (event.key === 'Enter' || event.key === ' ') this.#drop();
    else return;
    event.preventDefault();
  }

  #goTo(point) {
    const me = this.#people.get(this.#me);
    if (me === undefined) return;
    Object.assign(me, point, { seenX: point.x, seenY: point.y });
    this.#draw();
    this.#moved = true;
    if (this.#moveTimer === undefined) this.#tellMove();
  }

  /** The first move goes out at once, the last one always, those between at the pace of MOVE_MS. */
  #tellMove() {
    this.#moveTimer = undefined;
    if (!this.#moved) return;
    this.#moved = false;
    this.#onMove(this.place());
    this.#moveTimer = setTimeout(() => this.#tellMove(), MOVE_MS);
  }

  #drop() {
    const { x, y } = this.place();
    if (x !== undefined) this.#onDrop({ x, y });
  }

  #resize() {
    const density = Math.min(2, devicePixelRatio);
    this.#width = this.#canvas.clientWidth;
    this.#height = this.#canvas.clientHeight;
    this.#canvas.width = this.#width * density;
    this.#canvas.height = this.#height * density;
    this.#brush.setTransform(density, 0, 0, density, 0, 0);
    this.#paint(performance.now());
  }

  #draw() {
    if (this.#frame !== undefined) return;
    this.#frame = requestAnimationFrame((now) => {
      this.#frame = undefined;
      if (this.#paint(now)) this.#draw();
    });
  }

  /** Paints once; true while something still moves. */
  #paint(now) {
    this.#waves = this.#waves.filter((wave) => now - wave.since < WAVE_MS);
    this.#brush.clearRect(0, 0, this.#width, this.#height);
    if (still.matches) this.#paintRings(now);
    this.#paintLattice(now);
    let gliding = false;
    for (const person of this.#people.values()) gliding = this.#paintPerson(person) || gliding;
    return gliding || this.#waves.length > 0;
  }

  #paintLattice(now) {
    const brush = this.#brush;
    const waves = (still.matches ? [] : this.#waves).map((wave) => {
      const age = Math.max(0, now - wave.since) / 1_000;
      return {
        x: wave.x * this.#width,
        y: wave.y * this.#height,
        reach: age * WAVE_SPEED,
        force: Math.exp(-1.3 * age),
        hue: wave.hue,
      };
    });
    const rest = dark.matches ? 'rgb(140 205 230 / 0.34)' : 'rgb(20 90 125 / 0.3)';
    for (let top = SPACING / 2; top < this.#height; top += SPACING) {
      for (let left = SPACING / 2; left < this.#width; left += SPACING) {
        let [x, y, lift, hue] = [left, top, 0, 0];
        for (const wave of waves) {
          const [dx, dy] = [left - wave.x, top - wave.y];
          const distance = Math.hypot(dx, dy) || 1;
          const behind = wave.reach - distance;
          const crest = wave.force * (bell(behind) + ECHO_FORCE * bell(behind - ECHO_BEHIND));
          if (crest < 0.02) continue;
          x += (dx / distance) * crest * 9;
          y += (dy / distance) * crest * 9;
          if (crest > lift) [lift, hue] = [crest, wave.hue];
        }
        brush.fillStyle = lift > 0 ? tone(hue, 0.3 + 0.7 * lift) : rest;
        brush.beginPath();
        brush.arc(x, y, 1.3 + 4.2 * lift, 0, 2 * Math.PI);
        brush.fill();
      }
    }
  }

  /** A wave without motion is one ring that fades. */
  #paintRings(now) {
    for (const { x, y, hue, since } of this.#waves) {
      this.#brush.strokeStyle = tone(hue, within(1 - (now - since) / WAVE_MS));
      this.#brush.lineWidth = 3;
      this.#brush.beginPath();
      this.#brush.arc(x * this.#width, y * this.#height, 44, 0, 2 * Math.PI);
      this.#brush.stroke();
    }
  }

  #paintPerson(person) {
    const brush = this.#brush;
    const ease = still.matches ? 1 : 0.22;
    person.seenX += (person.x - person.seenX) * ease;
    person.seenY += (person.y - person.seenY) * ease;
    const [x, y] = [person.seenX * this.#width, person.seenY * this.#height];
    const mine = person.id === this.#me;
    brush.fillStyle = tone(person.hue, 0.2);
    brush.beginPath();
    brush.arc(x, y, mine ? 19 : 16, 0, 2 * Math.PI);
    brush.fill();
    brush.fillStyle = tone(person.hue);
    brush.beginPath();
    brush.arc(x, y, mine ? 9 : 8, 0, 2 * Math.PI);
    brush.fill();
    this.#paintName(mine ? `${person.nick} (you)` : person.nick, x, y);
    return Math.abs(person.x - person.seenX) + Math.abs(person.y - person.seenY) > 0.001;
  }

  #paintName(name, x, y) {
    const brush = this.#brush;
    brush.font = '600 13px system-ui, sans-serif';
    brush.textAlign = 'center';
    const half = brush.measureText(name).width / 2 + 4;
    const left = Math.max(half, Math.min(this.#width - half, x));
    const base = y < 40 ? y + 34 : y - 26;
    brush.lineWidth = 4;
    brush.lineJoin = 'round';
    brush.strokeStyle = dark.matches ? 'rgb(6 24 36 / 0.85)' : 'rgb(255 255 255 / 0.9)';
    brush.strokeText(name, left, base);
    brush.fillStyle = dark.matches ? '#e9f5fa' : '#0b2a3c';
    brush.fillText(name, left, base);
  }
}
