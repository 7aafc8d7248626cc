const root = process.argv[2];
const { Inbox } = require(root + '/lib/pipe/inbox');
const { readOptions } = require(root + '/lib/pipe/options');
const { deliver } = require(root + '/lib/pipe/delivery');
const { Registry, EVERY } = require(root + '/lib/pipe/listeners');
const { systemClock } = require(root + '/lib/util/timers');
const mode = process.argv[3];
const settings = readOptions({ key: 'k', secret: 's', appId: '1' });
const listeners = { sockets: new Registry(() => {}), channels: new Registry(() => {}) };
let n = 0;
if (mode !== 'none') listeners.sockets.add(EVERY, 'event:move', mode === 'async' ? async () => { n++; } : () => { n++; }, false);
const owner: any = { deliver: (a: any) => deliver(listeners, a), ackDue: () => inbox.takeAck(), failed: (e: any) => { throw e; }, send: () => true, slow() {}, left() {} };
const inbox = new Inbox(settings, { ...systemClock }, owner);
if (process.argv[4] === 'known') inbox.ask(true, true);
inbox.welcome({ verdict: 'new', node: 'n', partitions: 1, assigned: [{ partition: 0, generation: 1, epoch: 1, from: 1 }] } as any, 's');
const ids = Array.from({ length: 1000 }, (_, i) => `${i * 7919}.${i * 104729}`);
let offset = 1;
let best = 0; const SIZE = Number(process.argv[5] ?? 1000);
async function main() {
  for (let round = 0; round < 6; round++) {
    const t0 = process.cpuUsage();
    for (let f = 0; f < 500_000 / SIZE; f++) {
      const events = Array.from({ length: SIZE }, (_, i) => ({ kind: 2, socketId: (ids[i] + ' ').slice(0, -1), event: 'move', data: '{"x":1,"y":2}', time: 1 }));
      inbox.take({ partition: 0, generation: 1, epoch: 1, firstOffset: offset, events });
      offset += SIZE;
      if (mode === 'async') await new Promise((r) => setImmediate(r));
    }
    const ms = process.cpuUsage(t0).user / 1e3; best = Math.max(best, 500_000 / ms);

  }
  console.log(mode, process.argv[4] ?? "", Math.round(best) + "k/cpu s"); inbox.clear();
}
main();
