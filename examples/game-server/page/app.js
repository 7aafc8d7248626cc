/** A player: stock pusher-js that sends inputs over the back channel and draws the views that come back. */
import { Field } from './field.js';

const $ = (id) => document.getElementById(id);
/** Inputs are sent at the pace of the server's ticks; more of them would only wait for each other. */
const INPUT_MS = 1_000 / 30;
const FIGURES_MS = 500;
const KEYS = new Map([
  ['ArrowLeft', [-1, 0]],
  ['ArrowRight', [1, 0]],
  ['ArrowUp', [0, -1]],
  ['ArrowDown', [0, 1]],
]);
const STATES = {
  connecting: 'connecting…',
  connected: 'connected',
  unavailable: 'the server is away, trying again',
};

const config = await (await fetch('/config.json')).json();
const pusher = window.standpipe.attachBackChannel(
  new window.Pusher(config.key, {
    cluster: 'local',
    wsHost: location.hostname,
    wsPort: config.port,
    forceTLS: false,
    enabledTransports: ['ws'],
  }),
);
const back = pusher.back_channel;
const channel = pusher.subscribe('field');
const field = new Field($('field'));
const held = new Set();
const sentAt = new Map();
let seq = 0;
let goal;
let last = '0,0';
let you;
let views = 0;
let lags = [];

pusher.connection.bind('state_change', showConnection);
showConnection();

function showConnection() {
  const { state } = pusher.connection;
  $('status').textContent = STATES[state] ?? state;
  $('status').parentElement.dataset.state = state;
}

// Views come back

back.bind('view', (view) => {
  views += 1;
  for (const [number, at] of sentAt) {
    if (number > view.seq) break;
    sentAt.delete(number);
    if (number === view.seq) lags.push(performance.now() - at);
  }
  if (you !== undefined && view.you.number === you.number && view.you.score > you.score)
    $('news').textContent = 'You caught a pearl!';
  you = view.you;
  $('score').textContent = you.score;
  $('pearls').textContent = you.score === 1 ? 'pearl' : 'pearls';
  $('near').textContent = view.near.length;
  field.show(view);
});

channel.bind('caught', ({ by, name }) => {
  field.splash();
  if (by !== you?.number) $('news').textContent = `${name} was faster.`;
});

channel.bind('scores', ({ players, best }) => {
  $('players').textContent = players;
  $('scores').replaceChildren(
    ...best.map(({ number, name, score }) => {
      const row = document.createElement('li');
      row.classList.toggle('me', number === you?.number);
      const value = document.createElement('b');
      value.textContent = score;
      row.append(number === you?.number ? `${name} (you)` : name, value);
      return row;
    }),
  );
});

// Inputs go out

setInterval(() => {
  const [dx, dy] = direction();
  const input = `${dx},${dy}`;
  // An input says where to: as long as that is the same, there is nothing to tell.
  if (input === last || you === undefined) return;
  seq += 1;
  if (!back.trigger('input', { seq, dx, dy })) return;
  last = input;
  sentAt.set(seq, performance.now());
}, INPUT_MS);

function direction() {
  const keys = [...held].map((key) => KEYS.get(key));
  if (keys.length > 0) return [0, 1].map((axis) => keys.reduce((sum, key) => sum + key[axis], 0));
  if (goal === undefined || you === undefined) return [0, 0];
  const [x, y] = [goal.x - you.x, goal.y - you.y];
  const far = Math.hypot(x, y);
  if (far < 0.015) return [0, 0];
  return [x / far, y / far].map((part) => Math.round(part * 50) / 50);
}

$('field').addEventListener('pointermove', point);
$('field').addEventListener('pointerdown', point);
$('field').addEventListener('pointerleave', () => (goal = undefined));
function point(event) {
  goal = field.placeOf(event);
}

$('field').addEventListener('keydown', (event) => {
  if (!KEYS.has(event.key)) return;
  held.add(event.key);
  event.preventDefault();
});
addEventListener('keyup', ({ key }) => held.delete(key));
$('field').addEventListener('blur', () => held.clear());

$('rename').addEventListener('submit', (event) => {
  event.preventDefault();
  if (back.trigger('name', { name: $('name').value })) $('name').value = '';
});

// Figures of the line

setInterval(() => {
  $('views').textContent = Math.round((views * 1_000) / FIGURES_MS);
  views = 0;
  if (lags.length === 0) return;
  const middle = lags.sort((a, b) => a - b)[lags.length >> 1];
  $('lag').textContent = middle.toFixed(middle < 10 ? 1 : 0);
  lags = [];
}, FIGURES_MS);
