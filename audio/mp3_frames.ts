/**
 * The frames that an MP3 file is made of, found by their headers alone: how long it is, and what of it
 * is no sound, are known before anything is decoded.
 *
 * Players pass over what is no frame, before, between and behind; so does this, where frames that
 * agree with each other follow, and says how much it was.
 *
 * @module
 */
import type { Fail } from "./chunks.ts";
import { CONVERT } from "./codecs.ts";
import { type FrameHeader, isFreeRate, isLike, readFrameHeader } from "./mp3_header.ts";
import { tagBytes } from "./mp3_tags.ts";

/** Bytes of a file from one place up to another. */
export interface Stretch {
  /** The first byte. */
  readonly start: number;
  /** The byte after the last. */
  readonly end: number;
}

/** What the headers say of a file. */
export interface Mp3Layout {
  /** Where frames lie, one behind the other. */
  readonly stretches: readonly Stretch[];
  /** Number of frames. */
  readonly frames: number;
  /** Samples a frame and channel: 1152, or 576 below 32 kHz. */
  readonly frameSamples: number;
  /** Sampling rate, in Hz. */
  readonly rate: number;
  /** 1 or 2. */
  readonly channels: number;
  /** What was skipped or is missing. */
  readonly warnings: readonly string[];
}

/** Frames in a row that agree, which nothing else looks like. */
const RUN = 3;
/** Bytes before the first frame that are looked through to tell what a file is. */
const JUNK_BEFORE = 2 ** 16;

/**
 * Whether a file is MP3: it begins with an ID3 tag or the header of a layer III frame, or frames in a
 * row begin within its first 64 KiB.
 */
export function isMp3(bytes: Uint8Array): boolean {
  const isTag = bytes[0] === 0x49 && bytes[1] === 0x44 && bytes[2] === 0x33; // "ID3"
  if (isTag || bytes[0] === 0xff && (bytes[1] & 0xe6) === 0xe2) return true;
  return findRun(bytes.subarray(0, JUNK_BEFORE), 0) !== undefined;
}

/**
 * Walks over all frames.
 *
 * @param bytes the whole file
 * @param fail throws the error of the file
 */
export function findMp3Frames(bytes: Uint8Array, fail: Fail): Mp3Layout {
  const tagged = endOfTags(bytes, fail);
  if (isFreeRate(bytes, tagged)) {
    fail(`its frames have a free bit rate, which is not read; ${CONVERT}`);
  }
  const start = findRun(bytes, tagged) ?? tagged; // or one frame alone
  const first = readFrameHeader(bytes, start);
  if (!first) return fail(`no layer III frame begins at byte ${tagged}, behind its tags, or later`);
  const walk = new Walk(bytes, first);
  if (start > tagged) walk.skip(tagged, start);
  walk.from(start, fail);
  const { frameSamples, rate, channels } = first;
  const { stretches, frames } = walk;
  const warnings = walk.warnings(promisedFrames(bytes, start, first));
  return { stretches, frames, frameSamples, rate, channels, warnings };
}

/** Where tags before the first frame end. */
function endOfTags(bytes: Uint8Array, fail: Fail): number {
  let at = 0;
  for (let size = tagBytes(bytes, at); size > 0; size = tagBytes(bytes, at)) {
    at += size;
    if (at >= bytes.length) {
      fail(`it is truncated: its tag ends at byte ${at}, the file at ${bytes.length}`);
    }
  }
  return at;
}

/** The first place from which frames follow each other that agree, with a known one where given. */
function findRun(bytes: Uint8Array, from: number, known?: FrameHeader): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (isRun(bytes, at, known)) return at;
  }
}

function isRun(bytes: Uint8Array, start: number, known?: FrameHeader): boolean {
  let [at, like] = [start, known];
  for (let frame = 0; frame < RUN; frame++) {
    const header = readFrameHeader(bytes, at);
    if (!header || like && !isLike(header, like)) return false;
    like ??= header;
    at += header.bytes;
    // The last frames of a file may be fewer.
    if (frame > 0 && at >= bytes.length) return true;
  }
  return true;
}

/** A walk from frame to frame, and over what is none. */
class Walk {
  readonly stretches: Stretch[] = [];
  frames = 0;
  readonly #bytes: Uint8Array;
  readonly #first: FrameHeader;
  readonly #gaps: Stretch[] = [];
  #missing = 0;

  constructor(bytes: Uint8Array, first: FrameHeader) {
    this.#bytes = bytes;
    this.#first = first;
  }

  /** Notes bytes that are no frames. */
  skip(start: number, end: number): void {
    this.#gaps.push({ start, end });
  }

  /** Goes to the end of the file. */
  from(start: number, fail: Fail): void {
    const bytes = this.#bytes;
    let at = start;
    while (at < bytes.length) {
      const end = this.#endOfFrames(at);
      if (end > at) this.stretches.push({ start: at, end });
      at = end;
      const tag = tagBytes(bytes, at);
      if (tag > 0) at += tag;
      else if (at < bytes.length) at = this.#pass(at, fail);
    }
  }

  /** Where frames like the first that begin at a place end. */
  #endOfFrames(start: number): number {
    let at = start;
    while (at < this.#bytes.length) {
      const header = readFrameHeader(this.#bytes, at);
      if (!header || !isLike(header, this.#first)) break;
      if (at + header.bytes > this.#bytes.length) {
        this.#missing = at + header.bytes - this.#bytes.length;
        break;
      }
      at += header.bytes;
      this.frames++;
    }
    return at;
  }

  /** The next place where frames follow, or the end. */
  #pass(at: number, fail: Fail): number {
    const bytes = this.#bytes;
    const other = readFrameHeader(bytes, at);
    if (other && !isLike(other, this.#first) && isRun(bytes, at)) {
      const wording = ({ rate, channels }: FrameHeader) => `${rate} Hz and ${channels} channel(s)`;
      fail(`frame ${this.frames} has ${wording(other)}, the first has ${wording(this.#first)}`);
    }
    const next = this.#missing > 0
      ? bytes.length
      : findRun(bytes, at + 1, this.#first) ?? bytes.length;
    if (this.#missing === 0) this.skip(at, next);
    return next;
  }

  /** What a user is told; `promised` is the number of frames that the first one says follow it. */
  warnings(promised?: number): string[] {
    const said: string[] = [];
    if (this.#gaps.length > 0) {
      const count = this.#gaps.reduce((sum, { start, end }) => sum + end - start, 0);
      const places = this.#gaps.length > 1 ? ` in ${this.#gaps.length} places` : "";
      said.push(
        `${count} bytes${places}, from byte ${
          this.#gaps[0].start
        } on, are no frames and are skipped`,
      );
    }
    if (this.#missing > 0) said.push(`its last frame lacks ${this.#missing} bytes and is left out`);
    // The count leaves out the frame that holds it.
    if (promised !== undefined && promised > this.frames - 1) {
      said.push(`its first frame says that ${promised} follow it, ${this.frames - 1} do`);
    }
    return said;
  }
}

/** The number of frames that follow, where the first frame tells. */
function promisedFrames(
  bytes: Uint8Array,
  start: number,
  { sideBytes, bytes: frameBytes }: FrameHeader,
): number | undefined {
  const at = start + 4 + sideBytes;
  const fits = at + 12 <= Math.min(start + frameBytes, bytes.length);
  const name = String.fromCharCode(...bytes.subarray(at, at + 4));
  if (!fits || !["Xing", "Info"].includes(name)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const hasCount = (view.getUint32(at + 4) & 1) === 1;
  return hasCount ? view.getUint32(at + 8) : undefined;
}
