import assert from "node:assert/strict";
import { test } from "node:test";

import { byMonth, byService, formatAmount, monthRange, months, monthTotal, rowsOfMonth, share, total } from "../app/explorer.mjs";

const rows = [
  { day: "2025-10-05", service: "compute", amount_micros: 4_000_000 },
  { day: "2025-10-05", service: "storage", amount_micros: 1_000_000 },
  { day: "2025-11-01", service: "compute", amount_micros: 2_000_000 },
  { day: "2025-11-17", service: "network", amount_micros: 500_000 },
  { day: "2025-11-29", service: "storage", amount_micros: 2_500_000 },
];

test("a month has a first and a last day", () => {
  assert.deepEqual(monthRange("2025-12"), { from: "2025-12-01", to: "2025-12-31" });
  assert.deepEqual(monthRange("2025-11"), { from: "2025-11-01", to: "2025-11-30" });
  assert.deepEqual(monthRange("2025-02"), { from: "2025-02-01", to: "2025-02-28" });
  assert.deepEqual(monthRange("2024-02"), { from: "2024-02-01", to: "2024-02-29" });
});

test("what is not a month is refused", () => {
  for (const text of ["2025-13", "2025-00", "2025-1", "25-01", "", "2025-01-01"]) {
    assert.throws(() => monthRange(text), RangeError, text);
  }
});

test("rows are taken from one month only", () => {
  assert.deepEqual(rowsOfMonth(rows, "2025-10").map((row) => row.service), ["compute", "storage"]);
  assert.deepEqual(rowsOfMonth(rows, "2025-09"), []);
});

test("totals are exact", () => {
  assert.equal(total(rows), 10_000_000);
  assert.equal(monthTotal(rows, "2025-10"), 5_000_000);
  assert.equal(monthTotal(rows, "2025-11"), 5_000_000);
  assert.equal(total([]), 0);
});

test("months are listed once, oldest first", () => {
  assert.deepEqual(months([...rows].reverse()), ["2025-10", "2025-11"]);
});

test("services are grouped, the dearest first", () => {
  assert.deepEqual(byService(rows), [
    { service: "compute", amount_micros: 6_000_000 },
    { service: "storage", amount_micros: 3_500_000 },
    { service: "network", amount_micros: 500_000 },
  ]);
});

test("months are grouped, oldest first", () => {
  assert.deepEqual(byMonth(rows), [
    { month: "2025-10", amount_micros: 5_000_000 },
    { month: "2025-11", amount_micros: 5_000_000 },
  ]);
});

test("amounts are written in dollars and cents", () => {
  assert.equal(formatAmount(1_234_567_890), "$1,234.57");
  assert.equal(formatAmount(0), "$0.00");
  assert.equal(formatAmount(5_000), "$0.01");
  assert.equal(formatAmount(-2_500_000), "-$2.50");
  assert.equal(formatAmount(1_000_000_000_000), "$1,000,000.00");
});

test("a share of nothing is a dash", () => {
  assert.equal(share(1, 3), "33.3 %");
  assert.equal(share(0, 0), "–");
});
