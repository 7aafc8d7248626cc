/** Commands that read their configuration again at SIGHUP. */
const RELOADING = ['serve', 'pushy'];

let came = false;
const remember = (): void => {
  came = true;
};

// Loaded before everything else: Node ends a process at SIGHUP until somebody listens, and loading takes up to a second.
if (RELOADING.includes(process.argv[2] ?? '')) process.on('SIGHUP', remember);

/** Hands SIGHUP on to the caller, who listens already. True when it came before. */
export function takeEarlyHangup(): boolean {
  process.off('SIGHUP', remember);
  return came;
}
