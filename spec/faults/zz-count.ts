import { World } from '../support/simulator/world';
import { simulate } from '../support/simulator/simulate';
let steps = 0;
const o = World.prototype.step;
World.prototype.step = function () {
  steps++;
  return o.call(this);
};
void (async () => {
  for (let s = 1; s < 60; s++) await simulate(s);
  let a = steps;
  const t = process.cpuUsage();
  const n = 400;
  for (let s = 100; s < 100 + n; s++) await simulate(s);
  const c = process.cpuUsage(t);
  console.log(
    'steps each',
    (steps - a) / n,
    'ms',
    (c.user + c.system) / 1000 / n,
    'us/step',
    (c.user + c.system) / (steps - a),
  );
})();
