/** Control characters that JSON leaves as they are: DEL, and those of C1, with which terminals are driven. */
const CONTROLS = /[\u007f-\u009f]/g;

/** A value as a line of JSON that no terminal can be driven with. */
export function safeLine(value: unknown): string {
  return JSON.stringify(value).replace(
    CONTROLS,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Ends the process quietly when its reader goes away, as in `standpipe tail | head -1`. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
