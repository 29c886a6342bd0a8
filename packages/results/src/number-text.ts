/**
 * Whether a number in JSON text survives JSON.parse, which makes a double of it: 9007199254740993 comes out as
 * 9007199254740992, 1e400 as Infinity, and nothing says so.
 */

/**
 * Whether the double that JSON.parse makes of `source` says what `source` says:
 * - an integer in full is kept where the double is that integer (or is printed so by JavaScript, which writes up to 21 digits);
 * - any other number is kept where the double, printed with as many significant digits, has the same ones.
 *
 * So 0.1, aeson's 1.0e-2, C's 0.10000000000000001 and 2^70 in full are kept; integers and decimals with more digits than a
 * double has, and what is too large or too small for one, are not.
 */
export function keepsNumber(source: string): boolean {
  const value = Number(source);
  if (source === String(value)) return true;
  if (!Number.isFinite(value)) return false;
  if (/^-?\d+$/.test(source)) return BigInt(value) === BigInt(source);
  const { digits, text } = decimal(source);
  if (digits === 0) return true;
  return (
    text === decimal(String(value)).text || text === decimal(value.toPrecision(Math.min(digits, MOST_DIGITS))).text
  );
}

/** What toPrecision can print at most. A number with a point and more digits is taken for changed. */
const MOST_DIGITS = 100;

/** A decimal literal without its freedom of form: "1.0e-2", "0.01" and "1e-2" all give "1e-2", of one significant digit. */
function decimal(literal: string): { readonly digits: number; readonly text: string } {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = withoutFinalZeros(digits);
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return { digits: significant.length, text: `${sign}${significant}e${power}` };
}

// Not by /0+$/, which takes quadratic time for many zeros with another digit behind them.
function withoutFinalZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}
