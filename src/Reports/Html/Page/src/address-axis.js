// The address axis runs from 0 to 1: bands of addresses with folds between them where addresses are left out.
export class AddressAxis {
  constructor(bands) {
    this.bands = bands.map(band => ({ ...band, start: BigInt('0x' + band.start), end: BigInt('0x' + band.end) }));
  }

  /** Index of the band at a place, -1 in a fold. */
  bandAt(place) {
    return this.bands.findIndex(band => place >= band.top && place < band.top + band.height);
  }

  addressAt(place) {
    const band = this.bands[this.bandAt(place)];
    if (!band) return null;
    const part = BigInt(Math.floor((place - band.top) / band.height * 2 ** 40));
    return band.start + (((band.end - band.start) * part) >> 40n);
  }

  /** Place of an address; the nearest border of a band for one that is left out. */
  placeOf(address) {
    for (const band of this.bands) {
      if (address < band.start) return band.top;
      if (address <= band.end) return band.top + Number(address - band.start) / Number(band.end - band.start) * band.height;
    }
    const last = this.bands.at(-1);
    return last.top + last.height;
  }

  /** First and last byte + 1 of a row of a band that has so many rows: the same rounding as in HeatmapBand.cs. */
  row(band, row, rows) {
    const { start, end } = this.bands[band];
    return { start: start + (end - start) * BigInt(row) / BigInt(rows), end: start + (end - start) * BigInt(row + 1) / BigInt(rows) };
  }

  /** Places for labels between two places: borders of bands, and round addresses where there is room. */
  ticks(from, to, most) {
    const distance = (to - from) / most;
    const places = [];
    const add = place => {
      if (place >= from && place <= to && places.every(other => Math.abs(other - place) >= distance)) places.push(place);
    };
    for (const band of this.bands) add(band.top);
    for (const band of this.bands) {
      const step = roundStep(Number(band.end - band.start) * distance / band.height);
      const visible = this.addressAt(Math.min(Math.max(from, band.top), band.top + band.height * 0.999999));
      for (let at = (visible / step) * step, n = 0; at < band.end && n < most + 2; at += step, n++) {
        if (at > band.start) add(band.top + Number(at - band.start) / Number(band.end - band.start) * band.height);
      }
    }
    return places.sort((a, b) => a - b);
  }
}

function roundStep(bytes) {
  let step = 4096n;
  while (Number(step) < bytes) step *= 2n;
  return step;
}
