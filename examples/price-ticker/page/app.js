/** The table of prices: stock pusher-js with the back channel. */
const $ = (id) => document.getElementById(id);
const RATE_MS = 1_000;
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
const rows = new Map();
let changes = 0;
let spared = 0;

pusher.connection.bind('state_change', showConnection);
showConnection();

function showConnection() {
  const { state } = pusher.connection;
  $('status').textContent = STATES[state] ?? state;
  $('status').parentElement.dataset.state = state;
}

const prices = pusher.subscribe('prices');
prices.bind('pusher:subscription_succeeded', () => pusher.back_channel.trigger('all', {}));
pusher.back_channel.bind('all', (ticks) => ticks.forEach(show));
prices.bind('tick', (tick) => {
  changes += 1;
  show(tick);
});

function show({ symbol, price, number }) {
  const row = rows.get(symbol) ?? addRow(symbol);
  // Changes have numbers: a hole between two of them are changes that a slow line was spared.
  if (row.number > 0 && number > row.number + 1) spared += number - row.number - 1;
  if (number > row.number) row.seen += 1;
  row.way.textContent = price > row.last ? '▲' : price < row.last ? '▼' : '';
  row.way.className = price > row.last ? 'up' : 'down';
  row.last = price;
  row.number = number;
  row.price.textContent = price.toFixed(2);
  row.count.textContent = row.seen;
}

function addRow(symbol) {
  const line = document.createElement('tr');
  const head = document.createElement('th');
  const [price, count] = ['td', 'td'].map((tag) => document.createElement(tag));
  const [value, way] = ['span', 'span'].map((tag) => document.createElement(tag));
  head.scope = 'row';
  head.textContent = symbol;
  price.className = 'number';
  count.className = 'number';
  way.ariaHidden = 'true';
  price.append(way, value);
  line.append(head, price, count);
  $('prices').append(line);
  const row = { price: value, way, count, last: 0, number: 0, seen: 0 };
  rows.set(symbol, row);
  return row;
}

setInterval(() => {
  $('rate').textContent = changes;
  $('spared').textContent = spared;
  changes = 0;
}, RATE_MS);
