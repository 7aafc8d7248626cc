import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of all threads of a process so far, in milliseconds, read from outside; 0 where the system does not tell. */
export function cpuMsOf(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  try {
    const ns = readdirSync(tasks).map((task) => {
      return Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
    });
    return ns.reduce((sum, each) => sum + each, 0) / 1e6;
  } catch {
    return 0;
  }
}

/** Resident memory of a process; 0 where the system does not tell. */
export function rssBytesOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
  } catch {
    return 0;
  }
}

/** A process, and all that it started. */
export function treeOf(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
  } catch {
    return [];
  }
}
