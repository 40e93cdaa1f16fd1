const whole = new Intl.NumberFormat("en");

export const count = value => whole.format(value);
export const plural = (value, one, many = one + "s") => `${count(value)} ${value === 1 ? one : many}`;
export const percent = (part, digits = 0) => `${(100 * part).toFixed(digits)}%`;
export const share = (part, whole) => whole > 0 ? percent(part / whole) : "–";
export const milliseconds = value => value < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(1)} ms`;
export const seconds = value => value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;

export function bytes(value) {
  if (value < 1024) return `${value} B`;
  return value < 1024 * 1024 ? `${(value / 1024).toFixed(1)} KB` : `${(value / 1024 / 1024).toFixed(1)} MB`;
}
