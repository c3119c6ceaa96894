import test from 'node:test';
import assert from 'node:assert/strict';
import { cents } from '../src/cents.mjs';

test('nothing is no cents', () => {
  assert.equal(cents(0), 0);
});
