import { simulate } from './simulate';

// Lives through the schedules of the seeds from FIRST to LAST and says of each that fails what is wrong. Started by
// `schedules.ts`, in a process of its own: tap follows every promise, which costs a schedule a third of its time.
const [first, last] = [Number(process.env['FIRST']), Number(process.env['LAST'])];

void (async () => {
  for (let seed = first; seed <= last; seed++) {
    const faults = await simulate(seed);
    if (faults.length > 0) process.send?.({ seed, faults });
    // A schedule gives the event loop no turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.disconnect();
})();
