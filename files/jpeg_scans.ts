/**
 * Frame and scans of a JPEG file: what each block of pixels is written in, and whether the image data
 * can hold them (ITU T.81, B.2.2 and B.2.3).
 *
 * @module
 */
import { type JpegFault, type JpegSegment, restartMarkers } from "./jpeg_segments.ts";
import type { HuffmanTable, JpegTables } from "./jpeg_tables.ts";

/** One channel of a frame. */
export interface JpegChannel {
  readonly id: number;
  /** Blocks side by side and one below the other in each unit of a scan, 1 to 4. */
  readonly across: number;
  readonly down: number;
  /** Slot of its quantisation table. */
  readonly scales: number;
}

/** A frame: the size of the image and its channels. */
export interface JpegFrame {
  readonly isProgressive: boolean;
  /** 0 where it follows behind the first scan. */
  readonly height: number;
  readonly width: number;
  readonly channels: readonly JpegChannel[];
}

/** A Huffman table at its place: class and slot in one byte, as files have it. */
export type PlacedTable = readonly [place: number, table: HuffmanTable];

/** One scan, with all that is needed to decode it. */
export interface JpegScan {
  readonly body: Uint8Array;
  readonly data: readonly Uint8Array[];
  readonly channels: readonly JpegChannel[];
  readonly tables: readonly PlacedTable[];
  /** Units between restart markers; 0 for none. */
  readonly restartInterval: number;
  /** Whether it brings the mean of each block. */
  readonly hasMeans: boolean;
  /** The fewest bits of a block of each channel. */
  readonly leastBits: readonly number[];
}

const BASELINE = 0xc0;
const PROGRESSIVE = 0xc2;
const LAST_COEFFICIENT = 63;
/** Libraries hold a unit of at most ten blocks. */
const MOST_UNIT_BLOCKS = 10;
const MOST_SHIFT = 13;

/** Whether a marker starts a frame: 0xc0 to 0xcf without the three table segments among them. */
export function isFrame(marker: number): boolean {
  return marker >= BASELINE && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Reads a start of frame. */
export function readFrame({ marker, body }: JpegSegment, fail: JpegFault): JpegFrame {
  if (marker > PROGRESSIVE) {
    throw fail("lossless, hierarchical or arithmetic-coded JPEG, expected baseline or progressive");
  }
  const count = body[5];
  if (body.length < 6 || body.length < 6 + 3 * count) {
    throw fail("its frame header is too short, the file is damaged");
  }
  if (body[0] !== 8) throw fail(`${body[0]} bits per channel, expected 8`);
  const channels = Array.from({ length: count }, (_, i): JpegChannel => {
    const [id, sampling, scales] = body.subarray(6 + 3 * i, 9 + 3 * i);
    return { id, across: sampling >> 4, down: sampling & 15, scales };
  });
  if (count === 4) throw fail("four colour channels (CMYK), expected RGB or greyscale");
  if (count !== 1 && count !== 3) {
    throw fail(`${count} colour channels, expected 3 (RGB) or 1 (greyscale)`);
  }
  if (new Set(channels.map(({ id }) => id)).size < count) {
    throw fail("two of its channels have the same name, the file is damaged");
  }
  const odd = channels.find(({ across, down }) => !isSampling(across) || !isSampling(down));
  if (odd !== undefined) {
    throw fail(`a channel has ${odd.across} x ${odd.down} samples a unit, expected 1 to 4`);
  }
  const [height, width] = [(body[1] << 8) | body[2], (body[3] << 8) | body[4]];
  return {
    isProgressive: marker === PROGRESSIVE,
    height,
    width,
    // The samples of one channel lie one by one, whatever it says.
    channels: count === 1 ? [{ ...channels[0], across: 1, down: 1 }] : channels,
  };
}

function isSampling(samples: number): boolean {
  return samples >= 1 && samples <= 4;
}

/** Reads a start of scan and finds the tables in force. */
export function readScan(
  { body, data }: JpegSegment,
  frame: JpegFrame,
  tables: JpegTables,
  restartInterval: number,
  fail: JpegFault,
): JpegScan {
  const count = body[0];
  if (body.length < 4 + 2 * count || count < 1 || count > frame.channels.length) {
    throw fail("a scan header is damaged");
  }
  const [start, end, shifts] = body.subarray(1 + 2 * count);
  const channels = Array.from({ length: count }, (_, i) => {
    const channel = frame.channels.find(({ id }) => id === body[1 + 2 * i]);
    if (channel === undefined) throw fail(`a scan is of channel ${body[1 + 2 * i]}, there is none`);
    return channel;
  });
  const unit = channels.reduce((sum, { across, down }) => sum + across * down, 0);
  if (new Set(channels).size < count || (count > 1 && unit > MOST_UNIT_BLOCKS)) {
    throw fail("a scan header is damaged");
  }
  const isSequential = !frame.isProgressive;
  const [before, now] = isSequential ? [0, 0] : [shifts >> 4, shifts & 15];
  if (!isSequential) {
    const isPart = start === 0 ? end === 0 : start <= end && end <= LAST_COEFFICIENT && count === 1;
    const isStep = before === 0 || before === now + 1;
    if (!isPart || !isStep || now > MOST_SHIFT) throw fail("a scan header is damaged");
  }
  const hasMeans = isSequential || start === 0;
  const hasDetails = isSequential || start > 0;
  const needed = channels.map((_, i): PlacedTable[] => {
    const [mean, detail] = [body[2 + 2 * i] >> 4, body[2 + 2 * i] & 15];
    return [
      ...(hasMeans && before === 0 ? [[mean, tables.codes(0, mean, isSequential)] as const] : []),
      ...(hasDetails ? [[16 + detail, tables.codes(1, detail, isSequential)] as const] : []),
    ];
  });
  return {
    body,
    data,
    channels,
    tables: needed.flat(),
    restartInterval,
    hasMeans,
    // One bit makes a mean finer. Runs of blocks without further detail take none.
    leastBits: needed.map((codes) => codes.reduce((sum, [, { shortest }]) => sum + shortest, 0))
      .map((bits) => !hasMeans ? 0 : Math.max(bits, 1)),
  };
}

/** Blocks of a channel: those of the image, and those that the decoder keeps for whole units. */
export function channelBlocks(
  { across, down }: JpegChannel,
  { height, width, channels }: JpegFrame,
): { rows: number; columns: number; keptRows: number; keptColumns: number } {
  const widest = Math.max(...channels.map((channel) => channel.across));
  const tallest = Math.max(...channels.map((channel) => channel.down));
  return {
    rows: Math.ceil(Math.ceil(height / 8) * down / tallest),
    columns: Math.ceil(Math.ceil(width / 8) * across / widest),
    keptRows: Math.ceil(height / 8 / tallest) * down,
    keptColumns: Math.ceil(width / 8 / widest) * across,
  };
}

/**
 * Checks that a scan's data can hold its blocks: each takes at least the bits of the shortest codes.
 * To be asked before any memory is taken for them.
 */
export function checkScan(scan: JpegScan, frame: JpegFrame, fail: JpegFault): void {
  const { data, channels, restartInterval } = scan;
  const places = channels.map((channel) => channelBlocks(channel, frame));
  const { rows, columns, keptRows, keptColumns } = places[0];
  const isAlone = channels.length === 1;
  const units = isAlone
    ? rows * columns
    : keptRows / channels[0].down * (keptColumns / channels[0].across);
  const unitBits = isAlone ? scan.leastBits[0] : channels.reduce(
    (sum, { across, down }, i) => sum + across * down * scan.leastBits[i],
    0,
  );
  const bytes = data.reduce((sum, piece) => sum + piece.length, 0);
  if (units * unitBits > 8 * bytes) {
    throw fail("the file is truncated: its image data end before the last row");
  }
  if (restartInterval === 0) return;
  const [found, expected] = [restartMarkers(data), Math.ceil(units / restartInterval) - 1];
  if (found < expected) {
    throw fail(`its image data have ${found} restart markers, expected ${expected}`);
  }
  if (isAlone && units % restartInterval > 0 && keptRows > rows) {
    throw fail(
      `a scan of ${units} blocks restarts after every ${restartInterval}, expected an interval ` +
        "that divides it (save the image without restart markers)",
    );
  }
}
