/** The browser's side of the chat: stock pusher-js with the back channel. */
const $ = (id) => document.getElementById(id);
const ROOM = 'presence-room';
const QUIET_MS = 2_000;
const TYPING_EVERY_MS = 1_000;
const STATES = {
  connecting: 'connecting…',
  connected: 'connected',
  unavailable: 'the server is away, trying again',
};

const config = await (await fetch('/config.json')).json();
let token = recall();
let quiet;
let lastTyping = 0;

const pusher = window.standpipe.attachBackChannel(
  new window.Pusher(config.key, {
    cluster: 'local',
    wsHost: location.hostname,
    wsPort: config.port,
    forceTLS: false,
    enabledTransports: ['ws'],
    channelAuthorization: {
      // The gateway asks the backend, and signs what that allows.
      endpoint: `http://${location.hostname}:${config.port}/pusher/auth`,
      paramsProvider: () => ({ token }),
    },
  }),
);

pusher.connection.bind('state_change', showConnection);
showConnection();
if (token !== undefined) enter();

function showConnection() {
  const { state } = pusher.connection;
  $('status').textContent = STATES[state] ?? state;
  $('status').parentElement.dataset.state = state;
}

// Coming in: the backend gives a token, and allows the channel to whoever has one

$('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const sent = pusher.back_channel.trigger('sign-in', { name: $('name').value });
  $('refused').textContent = sent ? '' : 'Not connected yet. Try again in a moment.';
});

pusher.back_channel.bind('token', (given) => {
  token = given;
  remember(token);
  enter();
});

function enter() {
  const room = pusher.subscribe(ROOM);
  room.bind('pusher:subscription_succeeded', (members) => {
    show('in');
    showMembers(members);
    // The subscription comes first and the question second, so that no line in between is missed.
    pusher.send_event('history', {}, ROOM);
    $('text').focus();
  });
  room.bind('pusher:subscription_error', ({ status }) => {
    if (status === 403) leave('Who you are is not known any more. Come in again.');
  });
  room.bind('pusher:member_added', () => showMembers(room.members));
  room.bind('pusher:member_removed', () => showMembers(room.members));
  room.bind('said', add);
  room.bind('typing', showTyping);
}

function leave(why = '') {
  token = undefined;
  remember('');
  pusher.unsubscribe(ROOM);
  pusher.channel(ROOM)?.unbind();
  show('out');
  $('refused').textContent = why;
  $('name').focus();
}

$('leave').addEventListener('click', () => leave());

function show(state) {
  document.querySelector('main').dataset.state = state;
}

// Who is here

function showMembers(members) {
  const all = [];
  members.each(({ id, info }) => all.push({ id, ...info, isMe: id === members.myID }));
  all.sort((a, b) => b.isMe - a.isMe || a.name.localeCompare(b.name));
  $('count').textContent = all.length;
  $('people').replaceChildren(
    ...all.map(({ name, hue, isMe }) => {
      const item = element('li', isMe ? `${name} (you)` : name);
      item.style.setProperty('--hue', hue);
      return item;
    }),
  );
  $('alone').hidden = all.length > 1;
}

// What is said

pusher.back_channel.bind('history', (lines) => {
  $('lines').replaceChildren();
  for (const line of lines) add(line);
});

function add({ userId, from, hue, text, at }) {
  const name = element('b', from);
  name.style.setProperty('--hue', hue);
  const when = new Date(at);
  const time = element('time', when.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }));
  time.dateTime = when.toISOString();
  const head = element('header', '');
  head.append(name, time);
  const row = element('li', '');
  row.classList.toggle('mine', userId === pusher.channel(ROOM)?.members.myID);
  row.append(head, element('p', text));
  $('lines').append(row);
  $('typing').textContent = '';
  $('scroll').scrollTop = $('scroll').scrollHeight;
}

function showTyping({ from }) {
  $('typing').textContent = `${from} is typing…`;
  clearTimeout(quiet);
  quiet = setTimeout(() => ($('typing').textContent = ''), QUIET_MS);
}

$('text').addEventListener('input', () => {
  if (Date.now() - lastTyping < TYPING_EVERY_MS) return;
  lastTyping = Date.now();
  pusher.send_event('typing', {}, ROOM);
});

$('say').addEventListener('submit', (event) => {
  event.preventDefault();
  if (pusher.send_event('say', { text: $('text').value }, ROOM)) $('text').value = '';
});

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

// State that a reload keeps: sessionStorage is the tab's own

function recall() {
  try {
    return sessionStorage.getItem('standpipe-chat') || undefined;
  } catch {
    return undefined;
  }
}

function remember(text) {
  try {
    sessionStorage.setItem('standpipe-chat', text);
  } catch {
    // A reload without storage signs in again.
  }
}
