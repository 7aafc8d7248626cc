import t from '/work/wt/reload/node_modules/tap';
import { handOver } from '/work/wt/reload/spec/faults/handover';
for (const way of (process.env.WAYS ?? 'passed on|passed on, one after the other|ordered').split(
  '|',
)) {
  t.test(way, { timeout: 100000 }, async (t) => {
    console.log(
      way,
      JSON.stringify(
        await handOver(t, {
          way: way as any,
          sockets: Number(process.env.N ?? 5),
          where: (process.env.WHERE ?? 'node') as any,
        }),
      ),
    );
  });
}
