import test from 'node:test';
import assert from 'node:assert/strict';
import { NAME } from '../src/till.mjs';

test('it has a name', () => {
  assert.equal(NAME, 'till');
});
