import { createServer } from 'node:http';
import { answerParent, optionsOf } from '../support/answer';

const { port } = optionsOf<{ port: number }>();

/** Reads bodies and answers `{}`. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 2 });
    response.end('{}');
  });
});
server.listen(port, '127.0.0.1', () => answerParent());
