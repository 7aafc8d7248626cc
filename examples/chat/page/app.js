/** The browser's side of the chat: stock pusher-js with the back channel. */
const $ = (id) => document.getElementById(id);
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
const room = pusher.subscribe('room');
let quiet;
let lastTyping = 0;

// The subscription comes first and the question second, so that no line in between is missed.
room.bind('pusher:subscription_succeeded', () => pusher.back_channel.trigger('history', {}));
pusher.back_channel.bind('history', (lines) => $('lines').replaceChildren(...lines.map(rowOf)));
room.bind('said', (line) => {
  $('lines').append(rowOf(line));
  $('lines').lastElementChild.scrollIntoView({ block: 'nearest' });
  $('typing').textContent = '';
});
room.bind('typing', ({ from }) => {
  $('typing').textContent = `${from} is typing…`;
  clearTimeout(quiet);
  quiet = setTimeout(() => ($('typing').textContent = ''), 2_000);
});

$('from').value = `Guest ${Math.floor(100 + 900 * Math.random())}`;
$('text').focus();
$('text').addEventListener('input', () => {
  if (Date.now() - lastTyping < 1_000) return;
  lastTyping = Date.now();
  pusher.send_event('typing', { from: $('from').value }, 'room');
});
$('say').addEventListener('submit', (event) => {
  event.preventDefault();
  const sent = pusher.send_event('say', { from: $('from').value, text: $('text').value }, 'room');
  if (sent) $('text').value = '';
});

function rowOf({ from, text, at }) {
  const row = document.createElement('li');
  const name = document.createElement('b');
  const time = document.createElement('time');
  name.textContent = from;
  time.textContent = new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  row.append(name, ` ${text} `, time);
  return row;
}
