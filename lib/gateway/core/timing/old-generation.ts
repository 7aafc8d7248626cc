const MIB = 1024 * 1024;
/** Semi-spaces in the young generation. */
const SEMI_SPACES = 3;

/** Largest semi-space of V8 in bytes, and how many times as large the old generation is that V8 chooses by the memory it has. */
function semiSpaceOf(v8: string): { maxBytes: number; ratio: number } {
  const major = Number.parseInt(v8, 10);
  if (major < 13) return { maxBytes: 16 * MIB, ratio: 128 };
  if (major === 13) return { maxBytes: 64 * MIB, ratio: 32 };
  return { maxBytes: 32 * MIB, ratio: 64 };
}

/** Flags that this process was started with. */
function startFlags(): string {
  return [process.env['NODE_OPTIONS'] ?? '', ...process.execArgv].join(' ');
}

/**
 * Bytes for the old generation of V8 within its limit of the heap, which holds the young one besides. V8 tells neither: the
 * young one is as large as it can be where a flag sets the old one, and a share of it where V8 chooses both. Source: readings
 * of Node 20, 22, 24 and 26 in containers of 128 MiB to 8 GiB.
 *
 * @param limitBytes `heap_size_limit`
 * @param v8 version of V8
 * @param flags those of the command line and of NODE_OPTIONS
 */
export function oldGenerationBytes(
  limitBytes: number,
  v8 = process.versions.v8,
  flags = startFlags(),
): number {
  const { maxBytes, ratio } = semiSpaceOf(v8);
  const [, semiSpaceMib] = /--max[-_]semi[-_]space[-_]size[= ](\d+)/.exec(flags) ?? [];
  if (semiSpaceMib !== undefined) {
    // Rounded up to a power of two.
    const taken = 2 ** Math.ceil(Math.log2(Number(semiSpaceMib)));
    return limitBytes - SEMI_SPACES * taken * MIB;
  }
  const isSet = /--max[-_]old[-_]space[-_]size/.test(flags);
  const share = isSet ? Infinity : (limitBytes * SEMI_SPACES) / (ratio + SEMI_SPACES);
  return limitBytes - Math.min(SEMI_SPACES * maxBytes, share);
}
