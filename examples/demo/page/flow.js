/**
 * The picture of the flow. A trip is a list of steps; each step is a list of hops that happen together; a hop is a pipe
 * and a direction: 'up' toward the backend, 'down' toward the tabs.
 */
const HOP_MS = 340;
const MAX_DROPS = 36;

const still = matchMedia('(prefers-reduced-motion: reduce)');
const part = (name, value) => document.querySelector(`[data-${name}="${value}"]`);

/** The node at which a hop ends, which lights up. */
const arrival = (pipe, way) =>
  way === 'down'
    ? pipe === 'backend'
      ? 'gateway'
      : pipe
    : pipe === 'backend'
      ? 'backend'
      : 'gateway';

export const UP = [[['self', 'up']], [['backend', 'up']]];
export const DOWN_TO_ME = [[['backend', 'down']], [['self', 'down']]];
export const DOWN_TO_OTHERS = [[['backend', 'down']], [['others', 'down']]];
export const DOWN_TO_ALL = [
  [['backend', 'down']],
  [
    ['self', 'down'],
    ['others', 'down'],
  ],
];
export const UP_FROM_OTHERS = [[['others', 'up']], [['backend', 'up']]];
export const DOWN_FROM_OTHERS = [...UP_FROM_OTHERS, ...DOWN_TO_ALL];

let drops = 0;

/** Shows one trip in the colour of the person who caused it. Resolves when it has arrived. */
export async function travel(steps, { hue = 215, faint = false } = {}) {
  if (document.hidden || drops > MAX_DROPS) return;
  for (const step of steps)
    await Promise.all(step.map(([pipe, way]) => hop(pipe, way, hue, faint)));
}

async function hop(name, way, hue, faint) {
  // A trip needs a tab.
  if (name === 'others' && part('node', name).classList.contains('empty')) return;
  const pipe = part('pipe', name);
  if (!still.matches) await drop(pipe, way, hue, faint);
  const node = part('node', arrival(name, way));
  node.style.setProperty('--hue', hue);
  if (!faint) light(node);
}

async function drop(pipe, way, hue, faint) {
  const dot = document.createElement('i');
  dot.className = faint ? 'drop faint' : 'drop';
  dot.style.setProperty('--hue', hue);
  pipe.append(dot);
  drops += 1;
  const from = -8;
  const to = pipe.clientWidth - 4;
  const path = way === 'up' ? [from, to] : [to, from];
  const frames = path.map((x) => ({ transform: `translate(${x}px, -50%)` }));
  try {
    await dot.animate(frames, { duration: HOP_MS, easing: 'ease-in-out' }).finished;
  } finally {
    drops -= 1;
    dot.remove();
  }
}

const lit = new WeakMap();

function light(node) {
  clearTimeout(lit.get(node));
  node.classList.add('lit');
  lit.set(
    node,
    setTimeout(() => node.classList.remove('lit'), still.matches ? 900 : 260),
  );
}
