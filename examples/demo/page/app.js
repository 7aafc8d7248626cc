/** The page: one stock pusher-js connection, a back channel, one public channel, and what they show. */
import * as flow from './flow.js';
import { watchFrames } from './frame-log.js';
import { Pool } from './pool.js';

const { Pusher, standpipe } = window;
const $ = (id) => document.getElementById(id);
const MAX_TRIPS = 40;
const FAINT_EVERY_MS = 400;
const FIRST_QUESTION_MS = 600;
const SILENCE_MS = 800;
const STATES = {
  connecting: 'connecting…',
  connected: 'connected as',
  unavailable: 'the gateway is away, trying again',
};
const AWAY =
  'The gateway is away: the demo was ended, perhaps. Nothing here is live until it is back; start it with npm start.';
/** Digits of a socket id that are shown: enough to tell tabs from each other. */
const SHORT_DIGITS = 6;

const config = await (await fetch('/config.json')).json();
const me = { nick: recall('nick'), hue: Number(recall('hue') ?? NaN) };
const questions = new Map();
const trips = [];
const hues = new Map();
let people = [];
let wasConnected = false;
let backendPid;
let backendState = 'unknown';
let asked = 0;
let lastFaint = 0;
let arrived = Promise.resolve();
let captionHeld = 0;

// The log begins before the connection, so that its first frames are seen.
watchFrames(
  Pusher,
  $('frames'),
  ({ event }) => $('show-moves').checked || !/^moved?$/.test(event),
  onFrame,
);

const pusher = standpipe.attachBackChannel(
  new Pusher(config.key, {
    cluster: 'local',
    wsHost: location.hostname,
    wsPort: config.port,
    forceTLS: false,
    enabledTransports: ['ws'],
  }),
);
const back = pusher.back_channel;
const channel = pusher.subscribe('pool');
const socketId = () => pusher.connection.socket_id;
const myHue = () => hues.get(socketId());

const pool = new Pool($('pool'), {
  onMove: (point) => pusher.send_event('move', point, 'pool'),
  onDrop: (point) => pusher.send_event('drop', point, 'pool'),
});

$('gateway-port').textContent = config.port;
$('console').href = config.console;
$('pusher-version').textContent = config.pusherJs;

// The connection

pusher.connection.bind('state_change', ({ current }) => showConnection(current));
channel.bind('pusher:subscription_succeeded', () => {
  // The words about a gateway that is away are over.
  if (captionHeld === Infinity) caption('The gateway is back: this tab is connected again.', 3_000);
  hello();
});
showConnection(pusher.connection.state);

function showConnection(state) {
  const isConnected = state === 'connected';
  // A connection that was there and is not any more: whatever the page shows is from before.
  const isAway = !isConnected && wasConnected;
  wasConnected ||= isConnected;
  $('status').textContent = isAway ? STATES.unavailable : (STATES[state] ?? state);
  $('status').parentElement.dataset.state = isAway ? 'unavailable' : state;
  $('socket-id').textContent = isConnected ? short(socketId()) : '';
  $('socket-id').title = isConnected ? `Socket id ${socketId()}` : '';
  document.body.classList.toggle('stale', isAway);
  for (const button of document.querySelectorAll('.ask button, .nick button'))
    button.disabled = isAway;
  if (isConnected) return;
  showBackend('unknown');
  if (!isAway) return;
  showNobody();
  caption(AWAY, Infinity);
}

/** The last digits of a socket id. */
function short(id) {
  return `…${id.slice(-SHORT_DIGITS)}`;
}

/** Who is here is not known while the gateway is away. */
function showNobody() {
  people = [];
  hues.clear();
  pool.setPeople([], '');
  $('count').textContent = '?';
  $('people').replaceChildren();
  $('others').textContent = 'Other tabs: not known';
  document.querySelector('[data-node="others"]').classList.add('empty');
}

function hello() {
  back.trigger('hello', {
    ...pool.place(),
    nick: me.nick,
    hue: Number.isInteger(me.hue) ? me.hue : undefined,
  });
  // The first question waits until the page is painted, or it would measure that.
  if (asked === 0) setTimeout(() => asked === 0 && ask('Hello from this tab'), FIRST_QUESTION_MS);
}

// People

channel.bind('here', (here) => {
  // This tab first: in a narrow window the others may have to be scrolled to.
  people = here.people.sort((a, b) => (b.id === socketId()) - (a.id === socketId()));
  hues.clear();
  for (const { id, hue } of people) hues.set(id, hue);
  const mine = people.find(({ id }) => id === socketId());
  if (mine !== undefined) remember(mine);
  document.title = mine === undefined ? 'Standpipe' : `${mine.nick} · Standpipe`;
  pool.setPeople(people, socketId());
  showPeople(here.count);
  if (here.pid !== backendPid || backendState !== 'here') showBackend('here', here.pid);
});

function showPeople(count) {
  $('count').textContent = count;
  const others = count - 1;
  $('others').textContent =
    others < 1 ? 'No other tab yet' : others === 1 ? '1 other tab' : `${others} other tabs`;
  document.querySelector('[data-node="others"]').classList.toggle('empty', others < 1);
  $('people').replaceChildren(
    ...people.map((person) => {
      const item = document.createElement('li');
      item.style.setProperty('--hue', person.hue);
      item.textContent = person.nick;
      if (person.id === socketId()) item.className = 'me';
      return item;
    }),
  );
}

$('nick-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const nick = $('nick').value.trim();
  if (nick === '') return;
  me.nick = nick;
  $('nick').value = '';
  hello();
});

// The pool

channel.bind('moved', ({ id, x, y }) => pool.move(id, x, y));
channel.bind('dropped', ({ x, y, hue }) => pool.wave(x, y, hue));

// Questions and answers

$('ask-form').addEventListener('submit', (event) => {
  event.preventDefault();
  ask($('question').value.trim());
  $('question').value = '';
});
for (const chip of document.querySelectorAll('.chip'))
  chip.addEventListener('click', () => ask(chip.textContent));

function ask(text) {
  if (text === '') return;
  asked += 1;
  const id = asked;
  questions.set(id, { text, at: performance.now() });
  setTimeout(() => questions.has(id) && showSilence(), SILENCE_MS);
  const sent = back.trigger('ask', { id, text });
  if (!sent)
    $('answer').textContent = 'Not connected; it is asked as soon as the backend calls the roll.';
  else if (backendState === 'away')
    $('answer').textContent = 'The backend is away; it is asked again when it is back.';
}

back.bind('answer', ({ id, text }) => {
  const question = questions.get(id);
  if (question === undefined) return;
  questions.delete(id);
  if (backendState === 'silent') showBackend('here', backendPid);
  $('answer').textContent = text;
  showTrip(performance.now() - question.at);
});

/** A backend that was killed could not say goodbye; that it does not answer is how a tab finds out. */
function showSilence() {
  if (backendState !== 'here') return;
  showBackend('silent', backendPid);
  $('answer').textContent = 'No answer yet; it is asked again when a backend calls the roll.';
}

function showTrip(ms) {
  $('trip').textContent = ms < 100 ? ms.toFixed(1) : ms.toFixed(0);
  trips.push(ms);
  if (trips.length > MAX_TRIPS) trips.shift();
  // A question that had to wait for a restart must not flatten all the others.
  const usual = [...trips].sort((a, b) => a - b)[trips.length >> 1];
  const height = (trip) => 34 - 32 * Math.min(1, trip / (2.5 * usual));
  const step = 120 / Math.max(1, trips.length - 1);
  const points = trips.map((trip, at) => `${at * step},${height(trip)}`);
  $('spark').firstElementChild.setAttribute('points', trips.length > 1 ? points.join(' ') : '');
}

// The backend comes and goes

channel.bind('away', ({ by }) => {
  showBackend('away', backendPid);
  // Without a person who asked it is Ctrl-C in the terminal, perhaps, and the gateway goes as well.
  if (by === null) return caption('The backend is going.', 3_000);
  const stays = `Nobody is disconnected: this tab is still ${short(socketId())}.`;
  caption(`${by} restarts the backend. ${stays}`, 3_000);
});

channel.bind('roll-call', ({ pid }) => {
  if (backendPid !== undefined && pid !== backendPid) {
    caption(
      `Process ${pid} is new: it called the roll and every tab said hello. None was disconnected.`,
      5_000,
    );
  }
  showBackend('here', pid);
  hello();
  // Unanswered questions are asked again, in their order.
  for (const [id, { text }] of questions) back.trigger('ask', { id, text });
});

$('restart').addEventListener('click', () => back.trigger('restart', {}));

function showBackend(state, pid) {
  backendPid = pid;
  backendState = state;
  const texts = {
    here: `Node, process ${pid}`,
    away: 'restarting…',
    silent: 'does not answer',
    unknown:
      wasConnected && pusher.connection.state !== 'connected' ? 'not known' : 'looking for it',
  };
  $('backend-state').textContent = texts[state];
  document.querySelector('.flow').dataset.backend = state;
  $('kill').textContent = state === 'here' ? `kill ${pid}` : '';
  $('restart').disabled = state !== 'here';
}

// The picture of the flow

function onFrame(way, { event, data }) {
  if (event.startsWith('pusher')) return;
  if (/^moved?$/.test(event)) {
    const now = performance.now();
    if (now - lastFaint < FAINT_EVERY_MS) return;
    lastFaint = now;
    const mine = way === 'sent';
    const steps = mine
      ? [...flow.UP, ...flow.DOWN_TO_OTHERS]
      : [...flow.UP_FROM_OTHERS, ...flow.DOWN_TO_ME];
    void flow.travel(steps, { hue: mine ? myHue() : hues.get(data.id), faint: true });
  } else if (way === 'sent') {
    arrived = flow.travel(flow.UP, { hue: myHue() });
    if (event !== 'hello') caption(`${event}: this tab → gateway → backend`);
  } else if (event === 'dropped') {
    const mine = data.id === socketId();
    if (mine) follow(flow.DOWN_TO_ALL);
    else void flow.travel(flow.DOWN_FROM_OTHERS, { hue: data.hue });
    caption(`drop: ${mine ? 'this tab' : 'another tab'} → gateway → backend → gateway → every tab`);
  } else if (event === 'answer') {
    follow(flow.DOWN_TO_ME);
    caption('ask: this tab → gateway → backend → gateway → this tab, and nobody else');
  } else {
    void flow.travel(flow.DOWN_TO_ALL);
  }
}

/** The way back begins where the way there has ended: in the picture too, though that is slower. */
function follow(steps) {
  void arrived.then(() => flow.travel(steps, { hue: myHue() }));
}

/** A caption with `holdMs` stays that long, whatever travels meanwhile. */
function caption(text, holdMs = 0) {
  const now = performance.now();
  if (holdMs === 0 && now < captionHeld) return;
  captionHeld = now + holdMs;
  $('caption').textContent = text;
}

// State that a reload keeps: sessionStorage is the tab's own

function recall(name) {
  try {
    return sessionStorage.getItem(`standpipe-${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember({ nick, hue }) {
  Object.assign(me, { nick, hue });
  try {
    sessionStorage.setItem('standpipe-nick', nick);
    sessionStorage.setItem('standpipe-hue', hue);
  } catch {
    // A reload without storage makes a new person.
  }
}
