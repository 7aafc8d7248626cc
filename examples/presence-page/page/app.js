const { key, port } = await (await fetch('settings.json')).json();
const gateway = `http://${location.hostname}:${port}`;
const name = new URLSearchParams(location.search).get('name') ?? 'somebody';

const pusher = new window.Pusher(key, {
  wsHost: location.hostname,
  wsPort: port,
  forceTLS: false,
  channelAuthorization: { endpoint: `${gateway}/pusher/auth`, params: { name } },
});

const state = document.querySelector('#state');
pusher.connection.bind('state_change', ({ current }) => (state.textContent = current));

const channel = pusher.subscribe('presence-page');
const show = () => {
  const items = [];
  channel.members.each(({ id, info }) => {
    const item = document.createElement('li');
    item.textContent = id === channel.members.myID ? `${info.name} (this tab)` : info.name;
    items.push(item);
  });
  document.querySelector('#people').replaceChildren(...items);
};
for (const event of ['subscription_succeeded', 'member_added', 'member_removed']) {
  channel.bind(`pusher:${event}`, show);
}
channel.bind('pusher:subscription_error', ({ error }) => (state.textContent = error));
