/** The backend under test: greets each browser by name, and lets members into its private channels. */
export async function startGreeter(client) {
  client.subscribe(['socket_message']);
  client.sockets.on('event:greet', (socketId, { name }) => {
    client.socket(socketId).trigger('greeting', `Hi ${name}`);
  });
  client.authorize('private-*', ({ body }) => body.get('card') === 'member');
  await client.connect();
  await client.subscribed();
}
