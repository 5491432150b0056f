/**
 * The answer to a trial as JSON can carry it: over a pipe, through a queue, in a file.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type HostData, type NdArray, type Shape, sizeOf } from "../../gpu/tensor.ts";
import { canonical } from "../run/folder.ts";
import { checkTable, COUNT, type FieldKinds, TABLE, TEXT } from "../../files/json.ts";
import { checkFigures, type Trial, type TrialOutcome } from "./problem.ts";
import type { Settings } from "./space.ts";

/** An array as JSON. */
export interface EncodedArray {
  /** Extents, outermost first. */
  readonly shape: Shape;
  /** Element type. */
  readonly type: "f32" | "f64" | "u32" | "i32" | "u8";
  /** The elements, little-endian, in base64. */
  readonly base64: string;
}

/** The answer to a trial. */
export interface TrialReply {
  /** The settings that it ran with; they must be those that the searcher draws. */
  readonly settings: Settings;
  /** Figures by name. */
  readonly figures: Readonly<Record<string, number>>;
  /** Arrays by name. */
  readonly arrays?: Readonly<Record<string, EncodedArray>>;
  /** Who ran it. */
  readonly worker: string;
  /** How often it has been started, where the worker knows: 1 for the first time. */
  readonly attempt?: number;
  /** When it began by the worker's clock, as ISO 8601. */
  readonly started: string;
  /** When it ended. */
  readonly finished: string;
}

const ARRAYS = {
  f32: Float32Array,
  f64: Float64Array,
  u32: Uint32Array,
  i32: Int32Array,
  u8: Uint8Array,
} as const;

/** Arrays as JSON; nothing for none. */
export function encodeArrays(arrays: TrialOutcome["arrays"]): TrialReply["arrays"] {
  const entries = Object.entries(arrays ?? {});
  if (!entries.length) return undefined;
  return Object.fromEntries(entries.map(([name, { shape, data }]) => [name, {
    shape,
    type: typeOf(data),
    base64: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
  }]));
}

function typeOf(data: HostData): EncodedArray["type"] {
  const names = Object.keys(ARRAYS) as EncodedArray["type"][];
  return names.find((name) => data instanceof ARRAYS[name])!;
}

/** What an array must hold. */
const ARRAY_FIELDS: FieldKinds = {
  shape: {
    expected: "a list of whole numbers from 0 on",
    accepts: (value) => Array.isArray(value) && value.every(COUNT.accepts),
  },
  type: TEXT,
  base64: TEXT,
};

/** What a reply must hold, besides its figures. */
const REPLY_FIELDS: FieldKinds = {
  settings: TABLE,
  figures: TABLE,
  worker: TEXT,
  started: TEXT,
  finished: TEXT,
};

/**
 * Arrays from JSON.
 *
 * @throws Error when one is not what it says it is
 */
export function decodeArrays(arrays: TrialReply["arrays"]): Record<string, NdArray> {
  return Object.fromEntries(
    Object.entries(arrays ?? {}).map(([name, encoded]) => {
      const what = `array "${name}" of a trial`;
      const { shape, type, base64 } = checkTable<EncodedArray>(what, encoded, ARRAY_FIELDS);
      const bytes = new Uint8Array(Buffer.from(base64, "base64")); // a copy, so aligned
      const size = ARRAYS[type]?.BYTES_PER_ELEMENT;
      if (!size || bytes.length !== size * sizeOf(shape)) {
        throw new Error(
          `Cannot read ${what}: it has ${bytes.length} bytes, expected ${type} [${shape}]`,
        );
      }
      return [name, { shape, data: new ARRAYS[type](bytes.buffer) }];
    }),
  );
}

/**
 * Checks that a reply is whole and answers a trial: a worker of another version may draw other settings.
 *
 * @throws Error naming what is wrong, or both settings
 */
export function checkReply(reply: TrialReply, { study, round, index, settings }: Trial): void {
  checkTable(`the reply to trial ${index} of round ${round}`, reply, REPLY_FIELDS);
  checkFigures(reply.figures, study.goal);
  const [came, expected] = [canonical(reply.settings), canonical(settings)];
  if (came === expected) return;
  throw new Error(
    `Cannot keep trial ${index} of round ${round} by ${reply.worker}: it ran with ${came}, ` +
      `expected ${expected}`,
  );
}
