import { createServer } from 'node:http';

/** Answers one request. */
export function handle(request, response) {
  if (request.method === 'GET' && request.url === '/health') {
    response.writeHead(200).end('ok');
    return;
  }
  response.writeHead(404).end();
}

if (import.meta.url === `file://${process.argv[1]}`) {
  createServer(handle).listen(8080);
}
