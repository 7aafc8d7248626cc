import { simulate } from '../support/simulator/simulate';
async function main() {
  const from = Number(process.argv[2]),
    to = Number(process.argv[3]);
  const t0 = process.cpuUsage();
  let bad = 0;
  const kinds = new Map<string, number[]>();
  for (let s = from; s < to; s++) {
    let f: string[];
    try {
      f = await simulate(s);
    } catch (e) {
      f = ['thrown ' + (e as Error).stack];
    }
    if (f.length) {
      bad++;
      const k = f[0]!.replace(/[0-9a-f]{32}/g, 'S').replace(/\d+/g, '#');
      const l = kinds.get(k) ?? [];
      l.push(s);
      kinds.set(k, l);
      if (to - from <= 5) console.log(s, f.slice(0, 12));
    }
  }
  const cpu = process.cpuUsage(t0);
  console.log(
    `${to - from} schedules, ${bad} bad, ${((cpu.user + cpu.system) / 1000 / (to - from)).toFixed(2)} ms cpu each`,
  );
  for (const [k, l] of [...kinds].sort((a, b) => b[1].length - a[1].length).slice(0, 25))
    console.log(l.length, k.slice(0, 300), l.slice(0, 4).join(' '));
}
void main();
