// A packed grid: see PackedGrid.cs for the codes.
const largest = 65532;
export const noMemory = 65534;
export const unknown = 65535;

export class Grid {
  constructor(cells, columns, most) {
    this.cells = cells;
    this.columns = columns;
    this.most = most;
  }

  static async unpack({ cells, most }, columns) {
    const stream = new Blob([fromBase64(await textOf(cells))]).stream().pipeThrough(new DecompressionStream('gzip'));

    // Every machine that runs a browser is little endian, as the cells are.
    return new Grid(new Uint16Array(await new Response(stream).arrayBuffer()), columns, most);
  }

  /** Value of a cell; null where nothing is known. */
  at(row, column) {
    const code = this.cells[row * this.columns + column];
    return code === 0 || code >= noMemory ? null : Grid.share(code) * this.most;
  }

  /** Why a cell has no value: 'no data', 'no memory' or 'unknown'; null where it has one. */
  whyNot(row, column) {
    const code = this.cells[row * this.columns + column];
    return code === 0 ? 'no data' : code === noMemory ? 'no memory' : code === unknown ? 'unknown' : null;
  }

  /** A code's share of the largest value, 0 to 1. */
  static share(code) {
    return (code - 1) / largest;
  }
}

/** Text of an element; most cells stand behind this script, which runs while the page is still being read. */
async function textOf(id) {
  const isWhole = () => document.readyState !== 'loading' || document.getElementById(id)?.nextElementSibling;
  if (!isWhole()) await new Promise(resolve => { document.addEventListener('DOMContentLoaded', resolve, { once: true }); });
  return document.getElementById(id).textContent;
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const packed = atob(text); // browsers before 2025
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = packed.charCodeAt(i);
  return bytes;
}
