// Texts for people. Names come from outside: they are only ever text, and characters that hide or turn it are shown as codes.

/** Control characters, marks of direction, and all that has no width. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const MAX_LENGTH = 300;

/** A text from outside as it may be shown. */
export function shown(text: string): string {
  const whole = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  return whole.replace(HIDDEN, codeOf);
}

/** Data of events: lines and tabs are what they are. */
export function shownData(text: string): string {
  return text.replace(HIDDEN, (mark) => (mark === '\n' || mark === '\t' ? mark : codeOf(mark)));
}

function codeOf(mark: string): string {
  const code = (mark.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
  return code.length > 4 ? `\\u{${code}}` : `\\u${code}`;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** 10 412, and 1.2 M from a million on. */
export function count(value: number): string {
  if (value >= 1e6) return `${small.format(value / 1e6)} M`;
  return whole.format(value).replaceAll(',', '\u2009');
}

/** Numbers per second: 0.4, 12, 8.1 k. */
export function rate(value: number): string {
  if (value >= 1e6) return `${small.format(value / 1e6)} M`;
  if (value >= 10_000) return `${small.format(value / 1000)} k`;
  return value >= 10 || value === 0 ? count(Math.round(value)) : small.format(value);
}

export function bytes(value: number): string {
  if (value < 1024) return `${value} B`;
  if (value < 1024 ** 2) return `${small.format(value / 1024)} KB`;
  if (value < 1024 ** 3) return `${small.format(value / 1024 ** 2)} MB`;
  return `${small.format(value / 1024 ** 3)} GB`;
}

export function milliseconds(value: number): string {
  if (value < 10) return `${small.format(value)} ms`;
  return value < 10_000 ? `${Math.round(value)} ms` : `${small.format(value / 1000)} s`;
}

/** 12 s, 4 min, 3 h, 2 d. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h`
    : `${Math.round(seconds / 86_400)} d`;
}

const DAY_MS = 86_400_000;
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** Time of day; with the date where it was not today. */
export function time(at: number, now: number): string {
  return now - at < DAY_MS && new Date(at).getDate() === new Date(now).getDate()
    ? clock.format(at)
    : day.format(at);
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
