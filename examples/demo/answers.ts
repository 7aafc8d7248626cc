import type { Person } from './people';

export interface Facts {
  person: Person;
  people: number;
  /** Events heard since the start. */
  heard: number;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** The answer of the backend to a question. It knows four. */
export function answerTo(text: string, { person, people, heard, startedAt }: Facts): string {
  const asked = text.toLowerCase();
  if (asked.includes('who am i')) return `You are ${person.nick}, socket ${person.id}.`;
  if (asked.includes('time')) return `It is ${new Date().toLocaleTimeString('en-GB')} where I run.`;
  if (asked.includes('how')) {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    const tabs = people === 1 ? 'one tab' : `${people} tabs`;
    return `Well: ${heard} events heard from ${tabs} in ${seconds} s, over one connection.`;
  }
  return `${person.nick}, I heard “${text}”. I am Node process ${process.pid}.`;
}
