// Numbers with their units, as the reports in the terminal write them.
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** @param {number} bytes  @param {number} digits after the point */
export function size(bytes, digits = 3) {
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit++;
  }
  return unit === 0 || (digits === 0 && Number.isInteger(bytes)) ? `${Math.round(bytes)} ${units[unit]}` : `${bytes.toFixed(digits || 1)} ${units[unit]}`;
}

export function seconds(value) {
  const length = Math.abs(value);
  if (length >= 100) return `${value.toFixed(0)} s`;
  if (length >= 1) return `${value.toFixed(2)} s`;
  if (length >= 0.001) return `${(value * 1000).toFixed(1)} ms`;
  return length === 0 ? '0 s' : `${(value * 1e6).toFixed(1)} us`;
}

export function percent(share) {
  return `${(share * 100).toFixed(share > 0 && share < 0.001 ? 3 : 1)} %`;
}

/** Time of day in UTC; the date stands in the head of the page. */
export function wall(ms, withMs = true) {
  return new Date(ms).toISOString().slice(11, withMs ? 23 : 19);
}

/** @param {bigint} value */
export function address(value) {
  return '0x' + value.toString(16).padStart(12, '0');
}
