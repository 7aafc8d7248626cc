import type { Answer, Question } from './query';

/** `sockets.count {}` */
export function socketsCount({ app }: Question): Answer {
  return { result: String(app.sockets.size) };
}
