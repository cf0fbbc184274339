// A packed grid: see PackedGrid.cs for the codes.
const largest = 65534;

export class Grid {
  constructor(cells, columns, most) {
    this.cells = cells;
    this.columns = columns;
    this.most = most;
  }

  static async unpack({ cells, most }, columns) {
    const packed = atob(cells);
    const bytes = new Uint8Array(packed.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = packed.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));

    // Every machine that runs a browser is little endian, as the cells are.
    return new Grid(new Uint16Array(await new Response(stream).arrayBuffer()), columns, most);
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
