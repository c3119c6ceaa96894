// Pure functions over cost rows: { day: "YYYY-MM-DD", service: string, amount_micros: number }.
//
// Amounts are whole micro-dollars, so sums are exact; they become text only in `formatAmount`.

/** The first and the last day of a month, both included: monthRange("2025-12") is { from: "2025-12-01", to: "2025-12-31" }. */
export function monthRange(month) {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (!match) {
    throw new RangeError(`not a month: ${month}`);
  }
  // Day 0 of the next month is the last day of this one.
  const last = new Date(Date.UTC(Number(match[1]), Number(match[2]), 0)).getUTCDate();
  return { from: `${month}-01`, to: `${month}-${String(last).padStart(2, "0")}` };
}

/** The rows of one month. */
export function rowsOfMonth(rows, month) {
  const { from, to } = monthRange(month);
  return rows.filter((row) => row.day >= from && row.day < to);
}

/** The sum of all rows, in micro-dollars. */
export function total(rows) {
  return rows.reduce((sum, row) => sum + row.amount_micros, 0);
}

/** What one month cost, in micro-dollars. */
export function monthTotal(rows, month) {
  return total(rowsOfMonth(rows, month));
}

/** The months that have rows, oldest first. */
export function months(rows) {
  return [...new Set(rows.map((row) => row.day.slice(0, 7)))].sort();
}

/** Totals by service, the dearest first; services that cost the same are in the order of their names. */
export function byService(rows) {
  const sums = new Map();
  for (const row of rows) {
    sums.set(row.service, (sums.get(row.service) ?? 0) + row.amount_micros);
  }
  return [...sums]
    .map(([service, amount_micros]) => ({ service, amount_micros }))
    .sort((a, b) => b.amount_micros - a.amount_micros || a.service.localeCompare(b.service));
}

/** Totals by month, oldest first. */
export function byMonth(rows) {
  return months(rows).map((month) => ({ month, amount_micros: monthTotal(rows, month) }));
}

/** Micro-dollars as dollars and cents, rounded half away from zero: formatAmount(1234567890) is "$1,234.57". */
export function formatAmount(micros) {
  const cents = Math.round(Math.abs(micros) / 10_000);
  const dollars = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  const sign = micros < 0 && cents > 0 ? "-" : "";
  return `${sign}$${dollars}.${String(cents % 100).padStart(2, "0")}`;
}

/** How a part relates to the whole: share(1, 3) is "33.3 %"; a part of nothing is "–". */
export function share(part, whole) {
  return whole === 0 ? "–" : `${((part / whole) * 100).toFixed(1)} %`;
}
