import test from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { handle } from '../src/server.mjs';

test('health answers ok', async () => {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/health`);
  assert.equal(await answer.text(), 'ok');
  server.close();
});
