/** Whole cents of an amount. */
export function cents(amount) {
  return Math.floor(amount * 100);
}
