import { Connection } from '../support/simulator/network';
import { World } from '../support/simulator/world';
import { SimGateway } from '../support/simulator/sim-gateway';
import { FrameDecoder } from '../../lib/wire/codec';
import { simulate } from '../support/simulator/simulate';
let world: any;
const ids = new WeakMap<object, number>();
let nextId = 0;
const decs = new WeakMap<object, [FrameDecoder, FrameDecoder]>();
const id = (c: object) => {
  if (!ids.has(c)) {
    ids.set(c, ++nextId);
    decs.set(c, [new FrameDecoder(), new FrameDecoder()]);
  }
  return ids.get(c)!;
};
const now = () => (world ? world.clock.nowMs.toFixed(0) : '?');
const nm = (c: any) => {
  for (const b of world?.backends.values() ?? []) if (b.clock === c.owner) return b.name;
  return 'dead';
};
const show = (f: any) =>
  JSON.stringify(f, (k, v) =>
    v instanceof Uint8Array || v?.type === 'Buffer'
      ? Buffer.from(v).toString('hex').slice(0, 6)
      : ['limits', 'secret', 'library', 'proof', 'rules', 'credit', 'version', 'windowMs'].includes(
            k,
          )
        ? undefined
        : v,
  )
    ?.replace(/"/g, '')
    .slice(0, 420);
const P = Connection.prototype as any;
const wrap = (name: string, f: (this: any, ...a: any[]) => void) => {
  const o = P[name];
  P[name] = function (...a: any[]) {
    f.apply(this, a);
    return o.apply(this, a);
  };
};
wrap('sendBinary', function (b) {
  const i = id(this);
  let f;
  try {
    f = decs.get(this)![0].decode(b);
  } catch (e) {
    f = String(e);
  }
  if (f?.type !== 'ping' && f?.type !== 'pong') console.log(now(), `#${i} G>${nm(this)}`, show(f));
});
wrap('send', function (b) {
  const i = id(this);
  let f;
  try {
    f = decs.get(this)![1].decode(b);
  } catch (e) {
    f = String(e);
  }
  if (f?.type !== 'ping' && f?.type !== 'pong') console.log(now(), `#${i} ${nm(this)}>G`, show(f));
});
for (const n of ['cut', 'kill', 'killServer', 'close', 'terminate', 'dial'])
  wrap(n, function (...a) {
    console.log(
      now(),
      `#${id(this)} ${n} ${nm(this)}`,
      String(a[0]).slice(0, 60),
      a[1]?.headers ? '' : (a[1] ?? ''),
    );
  });
const W = World.prototype as any;
for (const n of ['startGateway', 'killGateway', 'startBackend', 'killBackend', 'cut', 'broken']) {
  const o = W[n];
  W[n] = function (...a: any[]) {
    world = this;
    try {
      console.log(now(), '***', n, ...a.map(String));
    } catch {}
    return o.apply(this, a);
  };
}
for (const n of ['began', 'ended', 'gap', 'settled']) {
  const o = W[n];
  W[n] = function (...a: any[]) {
    console.log(
      now(),
      '   ',
      n,
      a[0].name,
      a[1],
      n === 'began'
        ? `${a[3].id.slice(0, 6)}${a[3].id.slice(32)} ${a[3].redelivered ? 'again' : ''}`
        : n === 'settled'
          ? a[2]
          : '',
    );
    return o.apply(this, a);
  };
}
const G = SimGateway.prototype as any;
for (const n of ['open', 'close', 'subscribe', 'unsubscribe', 'send']) {
  const o = G[n];
  G[n] = function (...a: any[]) {
    console.log(now(), '+++', n, a[0]?.id ?? '', a[1] ?? '');
    return o.apply(this, a);
  };
}
void simulate(Number(process.argv[2])).then((f) => console.log(f));
