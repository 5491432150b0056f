/** Readers of sound. */
import { parseAiff } from "../../../audio/aiff.ts";
import { decodeRecording } from "../../../audio/decode.ts";
import { parseMp3 } from "../../../audio/mp3.ts";
import { encodeWav, parseWav } from "../../../audio/wav.ts";
import { big, little } from "../../audio/damage.ts";
import * as aiff from "../../audio/made_aiff.ts";
import * as wav from "../../audio/made_wav.ts";
import type { FileBytes, FuzzedReader } from "../reader.ts";

const ramp = (bytes: number) => Array.from({ length: bytes }, (_, i) => i * 37 % 256);

function wavs(): FileBytes[] {
  const { data, extensible, floats, format, riff } = wav;
  return [
    riff(format(), data(...ramp(32))),
    riff(format({ channels: 2, frame: 6, bits: 24 }), data(...ramp(36))),
    riff(format({ tag: 3, bits: 32 }), data(...floats(0.5, -0.25, 1, 0))),
    riff(format({ tag: 0xfffe, bits: 32, extra: extensible(3) }), data(...floats(0.5, -0.25))),
    riff(format({ bits: 8 }), wav.chunk("LIST", ramp(10)), data(...ramp(9))),
    encodeWav({ rate: 8000, channels: [Float64Array.of(0, 0.5, -0.5)] }),
  ];
}

function aiffs(): FileBytes[] {
  const { common, compressed, form, sound } = aiff;
  return [
    form(common(), sound([0, 1, 0, 2])),
    form(common({ channels: 2, bits: 24 }), sound(ramp(12), [0, 0])),
    compressed("sowt"),
    compressed("fl32", { bits: 32, samples: [...floatsOfAiff(0.5), ...floatsOfAiff(-1)] }),
    form(common({ bits: 8, frames: 5 }), aiff.chunk("NAME", ramp(5)), sound(ramp(5))),
  ];
}

function floatsOfAiff(value: number): number[] {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
  return big(bits, 4);
}

async function mp3s(): Promise<FileBytes[]> {
  const names = ["tone_440", "tones_440_880"];
  const files = names.map((name) => new URL(`../../golden/${name}.mp3`, import.meta.url));
  const tones = await Promise.all(files.map((file) => Deno.readFile(file)));
  const tag = Uint8Array.of(...new TextEncoder().encode("ID3"), 3, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4);
  return [
    ...tones,
    Uint8Array.of(...tag, ...tones[0]),
    Uint8Array.of(0, ...little(0, 8), ...tones[1]),
  ];
}

/** Longest recording that is asked for: a file that compresses more is refused. */
const MOST_SECONDS = 30;

export const SOUND_READERS: readonly FuzzedReader[] = [
  { name: "wav", seeds: wavs, read: (bytes) => parseWav(bytes, "a.wav") },
  { name: "aiff", seeds: aiffs, read: (bytes) => parseAiff(bytes, "a.aiff") },
  {
    name: "mp3",
    seeds: mp3s,
    read: (bytes) => parseMp3(bytes, "a.mp3", { maxSeconds: MOST_SECONDS }),
  },
  {
    name: "sound",
    seeds: async () => [...wavs(), ...aiffs(), ...await mp3s()],
    read: (bytes) => decodeRecording(bytes, "a", { maxSeconds: MOST_SECONDS }),
  },
];
