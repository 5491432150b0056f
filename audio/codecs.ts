/**
 * Encodings of WAV and AIFC that are not read, by name, and what a user does about them.
 *
 * @module
 */
import { quoted } from "../files/claims.ts";
import type { Fail } from "./chunks.ts";

/** What helps with files that are not read. */
export const CONVERT = "convert it: ffmpeg -i <this file> -c:a pcm_s16le <new file>.wav";

/** Format tags of WAV, as Microsoft's mmreg.h has them. */
const WAV_CODECS: Readonly<Record<number, string>> = {
  0x2: "Microsoft ADPCM",
  0x6: "A-law",
  0x7: "mu-law",
  0x11: "IMA ADPCM",
  0x31: "GSM 6.10",
  0x40: "G.721 ADPCM",
  0x45: "G.726 ADPCM",
  0x50: "MPEG layer I or II",
  0x55: "MP3",
  0x92: "AC-3",
  0xff: "AAC",
  0x161: "Windows Media Audio",
  0xf1ac: "FLAC",
};

/** Compression types of AIFC, in small letters. */
const AIFF_CODECS: Readonly<Record<string, string>> = {
  alaw: "A-law",
  ulaw: "mu-law",
  ima4: "IMA ADPCM",
  adp4: "ADPCM",
  mac3: "MACE 3:1",
  mac6: "MACE 6:1",
  "gsm ": "GSM 6.10",
  agsm: "GSM 6.10",
  g722: "G.722 ADPCM",
  dwvw: "DWVW",
  qdm2: "QDesign",
  qdmc: "QDesign",
  qclp: "PureVoice",
  ".mp3": "MP3",
};

/** Refuses a format tag of WAV that is not read. */
export function refuseTag(tag: number, fail: Fail): never {
  const name = Object.hasOwn(WAV_CODECS, tag) ? `${WAV_CODECS[tag]} (${tag})` : `${tag}`;
  return refuse(`encoding is ${name}`, fail);
}

/** Refuses a compression type of AIFC that is not read. */
export function refuseCompression(type: string, fail: Fail): never {
  const known = type.toLowerCase();
  const name = Object.hasOwn(AIFF_CODECS, known) ? `${AIFF_CODECS[known]} (${type})` : quoted(type);
  return refuse(`compression is ${name}`, fail);
}

function refuse(what: string, fail: Fail): never {
  return fail(`its ${what}, expected plain numbers; ${CONVERT}`);
}
