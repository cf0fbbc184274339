// A packed grid: see PackedGrid.cs for the codes.
const largest = 65534;

export class Grid {
  constructor(cells, columns, most) {
    this.cells = cells;
    this.columns = columns;
    this.most = most;
  }

  static async unpack({ cells, most }, columns) {
    const bytes = Uint8Array.from(atob(cells), letter => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const raw = new DataView(await new Response(stream).arrayBuffer());
    const codes = new Uint16Array(raw.byteLength / 2);
    for (let i = 0; i < codes.length; i++) codes[i] = raw.getUint16(i * 2, true);
    return new Grid(codes, columns, most);
  }

  /** Value of a cell; null where nothing is known. */
  at(row, column) {
    const code = this.cells[row * this.columns + column];
    return code === 0 ? null : Grid.share(code) * this.most;
  }

  /** A code's share of the largest value, 0 to 1. */
  static share(code) {
    return (code - 1) / largest;
  }
}
