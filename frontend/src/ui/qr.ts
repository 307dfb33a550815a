/**
 * A QR code (ISO/IEC 18004) of a text: bytes in UTF-8, error correction M, the smallest of the 40 versions that holds it.
 * Pure. Rows of modules, true for dark, without the quiet zone.
 */

type Grid = (boolean | null)[][]; // null: not set yet

// By version, for error correction M: error correction words per block, and blocks.
const ECC_WORDS = [
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
];
const BLOCKS = [
  1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37,
  38, 40, 43, 45, 47, 49,
];
const VERSIONS = BLOCKS.length;
const FORMAT_POLYNOMIAL = 0x537;
const FORMAT_MASK = 0x5412;
const VERSION_POLYNOMIAL = 0x1f25;
const FIELD_POLYNOMIAL = 0x11d; // of the field with 256 elements
const BYTE_MODE = 0b0100;
const PADDING = [0xec, 0x11];

const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_r, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

const at = (list: readonly number[], index: number): number => list[index] ?? 0;
const sizeOf = (version: number): number => 17 + 4 * version;

/** Throws RangeError for a text that no code holds (more than 2,331 bytes). */
export function qrCode(text: string): boolean[][] {
  const bytes = new TextEncoder().encode(text);
  for (let version = 1; version <= VERSIONS; version += 1) {
    const capacity = totalWords(version) - at(ECC_WORDS, version - 1) * at(BLOCKS, version - 1);
    const countBits = version < 10 ? 8 : 16;
    if (4 + countBits + 8 * bytes.length <= capacity * 8) {
      return drawn(version, interleaved(version, dataWords(bytes, countBits, capacity)));
    }
  }
  throw new RangeError("too long for a QR code");
}

// --- Words -----------------------------------------------------------------------------------------------------

/** How many words the free modules of a version hold. */
function totalWords(version: number): number {
  const free = emptyGrid(version).flat().filter((cell) => cell === null).length;
  return Math.floor(free / 8);
}

function dataWords(bytes: Uint8Array, countBits: number, capacity: number): number[] {
  let bits = BYTE_MODE.toString(2).padStart(4, "0") + bytes.length.toString(2).padStart(countBits, "0");
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  bits += "0".repeat(Math.min(4, capacity * 8 - bits.length));
  bits = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  const words = [...bits.matchAll(/.{8}/g)].map(([word]) => parseInt(word, 2));
  for (let turn = 0; words.length < capacity; turn += 1) words.push(at(PADDING, turn % 2));
  return words;
}

/** Words in blocks, each with its error correction, and the blocks woven into each other. */
function interleaved(version: number, words: number[]): number[] {
  const blocks = at(BLOCKS, version - 1);
  const eccWords = at(ECC_WORDS, version - 1);
  const short = Math.floor(words.length / blocks);
  const longOnes = words.length % blocks; // the last blocks have a word more
  const divisor = generator(eccWords);
  const data: number[][] = [];
  for (let block = 0, start = 0; block < blocks; block += 1) {
    const length = short + (block >= blocks - longOnes ? 1 : 0);
    data.push(words.slice(start, start + length));
    start += length;
  }
  const ecc = data.map((block) => remainder(block, divisor));
  const woven = (rows: number[][], length: number): number[] =>
    Array.from({ length }, (_, index) => rows.flatMap((row) => row.slice(index, index + 1))).flat();
  return [...woven(data, short + 1), ...woven(ecc, eccWords)];
}

function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * FIELD_POLYNOMIAL);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

/** The product of (x - 2^i) for i below `degree`, without its leading 1; the highest power first. */
function generator(degree: number): number[] {
  const result: number[] = [...Array<number>(degree - 1).fill(0), 1];
  for (let i = 0, root = 1; i < degree; i += 1, root = times(root, 2)) {
    for (let j = 0; j < degree; j += 1) result[j] = times(at(result, j), root) ^ at(result, j + 1);
  }
  return result;
}

function remainder(words: readonly number[], divisor: readonly number[]): number[] {
  let result = divisor.map(() => 0);
  for (const word of words) {
    const factor = word ^ at(result, 0);
    result = divisor.map((coefficient, index) => at(result, index + 1) ^ times(coefficient, factor));
  }
  return result;
}

// --- Modules ---------------------------------------------------------------------------------------------------

/** The patterns by which readers find a code; what is reserved for format and version is set, too. */
function emptyGrid(version: number): Grid {
  const size = sizeOf(version);
  const grid: Grid = Array.from({ length: size }, () => Array<boolean | null>(size).fill(null));
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]] as const) square(grid, row, column, 4);
  const centres = alignmentCentres(version);
  const last = centres.length - 1;
  centres.forEach((row, i) => {
    centres.forEach((column, j) => {
      const corner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
      if (!corner) square(grid, row, column, 2);
    });
  });
  for (let i = 8; i < size - 8; i += 1) {
    set(grid, 6, i, i % 2 === 0);
    set(grid, i, 6, i % 2 === 0);
  }
  drawFormat(grid, 0);
  drawVersion(grid, version);
  return grid;
}

function set(grid: Grid, row: number, column: number, dark: boolean): void {
  const cells = grid[row];
  if (cells && column >= 0 && column < cells.length) cells[column] = dark;
}

/** Rings around a centre: a finder with its light border (4), or an alignment pattern (2). */
function square(grid: Grid, row: number, column: number, reach: number): void {
  for (let dy = -reach; dy <= reach; dy += 1) {
    for (let dx = -reach; dx <= reach; dx += 1) {
      const ring = Math.max(Math.abs(dx), Math.abs(dy));
      set(grid, row + dy, column + dx, reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1);
    }
  }
}

function alignmentCentres(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const others = Array.from({ length: count - 1 }, (_, index) => sizeOf(version) - 7 - index * step);
  return [6, ...others.reverse()];
}

/** A value with its check bits (a BCH code) behind it. */
function checked(value: number, polynomial: number, checkBits: number): number {
  let rest = value;
  for (let i = 0; i < checkBits; i += 1) rest = (rest << 1) ^ ((rest >>> (checkBits - 1)) * polynomial);
  return (value << checkBits) | rest;
}

function drawFormat(grid: Grid, mask: number): void {
  const size = grid.length;
  const bits = checked(mask, FORMAT_POLYNOMIAL, 10) ^ FORMAT_MASK; // error correction M is 00
  const bit = (index: number): boolean => ((bits >>> index) & 1) === 1;
  for (let i = 0; i < 15; i += 1) {
    // Around the upper left finder, leaving out the timing patterns …
    if (i < 8) set(grid, i < 6 ? i : i + 1, 8, bit(i));
    else set(grid, 8, i === 8 ? 7 : 14 - i, bit(i));
    // … and once more along the other two.
    if (i < 8) set(grid, 8, size - 1 - i, bit(i));
    else set(grid, size - 15 + i, 8, bit(i));
  }
  set(grid, size - 8, 8, true);
}

function drawVersion(grid: Grid, version: number): void {
  if (version < 7) return;
  const bits = checked(version, VERSION_POLYNOMIAL, 12);
  for (let i = 0; i < 18; i += 1) {
    const dark = ((bits >>> i) & 1) === 1;
    const far = grid.length - 11 + (i % 3);
    set(grid, far, Math.floor(i / 3), dark);
    set(grid, Math.floor(i / 3), far, dark);
  }
}

function drawn(version: number, words: readonly number[]): boolean[][] {
  const empty = emptyGrid(version);
  const filled = fill(empty, words);
  let best: boolean[][] = [];
  let least = Infinity;
  MASKS.forEach((isFlipped, mask) => {
    const grid = filled.map((row, r) =>
      row.map((dark, c) => (empty[r]?.[c] === null && isFlipped(r, c) ? !dark : dark)));
    drawFormat(grid, mask);
    const price = penalty(grid);
    if (price < least) [best, least] = [grid, price];
  });
  return best;
}

/** Bits in pairs of columns, from the right, up and down in turns. */
function fill(empty: Grid, words: readonly number[]): boolean[][] {
  const size = empty.length;
  const grid = empty.map((row) => row.map((cell) => cell ?? false));
  let next = 0;
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5; // the column of the timing pattern
    for (let step = 0; step < size; step += 1) {
      const row = up ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (empty[row]?.[column] !== null) continue;
        set(grid, row, column, ((at(words, next >>> 3) >>> (7 - (next & 7))) & 1) === 1);
        next += 1;
      }
    }
  }
  return grid;
}

/** How hard a code is to read, by the standard's four rules. */
function penalty(grid: boolean[][]): number {
  const size = grid.length;
  const rows = grid.map((row) => row.map((dark) => (dark ? "1" : "0")).join(""));
  const columns = grid.map((_, c) => grid.map((row) => (row[c] ? "1" : "0")).join(""));
  let price = 0;
  for (const line of [...rows, ...columns]) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) price += run.length - 2;
    for (const pattern of ["10111010000", "00001011101"]) {
      for (let from = line.indexOf(pattern); from >= 0; from = line.indexOf(pattern, from + 1)) price += 40;
    }
  }
  for (let r = 0; r + 1 < size; r += 1) {
    for (let c = 0; c + 1 < size; c += 1) {
      const four = [grid[r]?.[c], grid[r]?.[c + 1], grid[r + 1]?.[c], grid[r + 1]?.[c + 1]];
      if (four.every((dark) => dark === four[0])) price += 3;
    }
  }
  const dark = grid.flat().filter(Boolean).length / (size * size);
  return price + 10 * Math.floor(Math.abs(dark - 0.5) * 20);
}
