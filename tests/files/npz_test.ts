import { assert, assertEquals } from "@std/assert";
import { readNpz, writeNpz } from "../../files/disk/npz.ts";
import { encodeNpz, parseNpz } from "../../files/npz.ts";
import { type NdArray, sizeOf } from "../../gpu/tensor.ts";
import { zipSync } from "../../deps_fflate.ts";
import { unreadable } from "../refusals.ts";
import { countRefused, inFolder } from "./samples.ts";

/** numpy 1.24.2: numpy.X(file, mean=array([0.5, 0.25]), labels=zeros((40,), "u1")). */
const FILES: Record<string, string> = {
  savez:
    "UEsDBBQAAAAAAAAAIQA+c4bZkAAAAJAAAAAIABQAbWVhbi5ucHkBABAAkAAAAAAAAACQAAAAAAAAAJNOVU1QWQEA" +
    "dgB7J2Rlc2NyJzogJzxmOCcsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICgyLCksIH0gICAgICAg" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAA4D8AAAAA" +
    "AADQP1BLAwQUAAAAAAAAACEA8JEEMagAAACoAAAACgAUAGxhYmVscy5ucHkBABAAqAAAAAAAAACoAAAAAAAAAJNO" +
    "VU1QWQEAdgB7J2Rlc2NyJzogJ3x1MScsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICg0MCwpLCB9" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAA" +
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAFBLAQIUAxQAAAAAAAAAIQA+c4bZkAAAAJAAAAAIAAAA" +
    "AAAAAAAAAACAAQAAAABtZWFuLm5weVBLAQIUAxQAAAAAAAAAIQDwkQQxqAAAAKgAAAAKAAAAAAAAAAAAAACAAcoA" +
    "AABsYWJlbHMubnB5UEsFBgAAAAACAAIAbgAAAK4BAAAAAA==",
  savez_compressed:
    "UEsDBBQAAAAIAAAAIQA+c4bZTQAAAJAAAAAIABQAbWVhbi5ucHkBABAAkAAAAAAAAABNAAAAAAAAAJvsF+obEMnI" +
    "UMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC4GMHhgD6Ev" +
    "2AMAUEsDBBQAAAAIAAAAIQDwkQQxSAAAAKgAAAAKABQAbGFiZWxzLm5weQEAEACoAAAAAAAAAEgAAAAAAAAAm+wX" +
    "6hsQychQxlCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaJgY6mjoKtQrkAy4G" +
    "IgEAUEsBAhQDFAAAAAgAAAAhAD5zhtlNAAAAkAAAAAgAAAAAAAAAAAAAAIABAAAAAG1lYW4ubnB5UEsBAhQDFAAA" +
    "AAgAAAAhAPCRBDFIAAAAqAAAAAoAAAAAAAAAAAAAAIABhwAAAGxhYmVscy5ucHlQSwUGAAAAAAIAAgBuAAAACwEA" +
    "AAAA",
};

/**
 * numpy 2.4.6: numpy.savez_compressed(file, mean=array([0.5, 0.25]), names=array(["a", "b"]),
 * any=array([None, 1], dtype=object)); its entries have ZIP64 fields.
 */
const MIXED =
  "UEsDBC0AAAAIAAAAIQA+c4bZ//////////8IABQAbWVhbi5ucHkBABAAkAAAAAAAAABNAAAAAAAAAJvsF+obEMnI" +
  "UMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAC4GMHhgD6Ev" +
  "2AMAUEsDBC0AAAAIAAAAIQCnL+Ds//////////8JABQAbmFtZXMubnB5AQAQAIgAAAAAAAAASwAAAAAAAACb7Bfq" +
  "GxDJyFDGUK2eklqcXKRupaBuE2qorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFACuRAYG" +
  "hiQgBgBQSwMELQAAAAgAAAAhABieN+7//////////wcAFABhbnkubnB5AQAQABgBAAAAAAAAxgAAAAAAAACb7Bfq" +
  "GxDJyFDGUK2eklqcXKRupaBe46+uo6Cell9UUpSYF59flJIKEnZLzClOBYoXZyQWpAL5GkY6mjoKtQqUAK4Glqm9" +
  "DBDQI5ZXmltQqRefnF+UqpdbmlOSmVhUlFg5pYcnvig1OT+vuKSoNLlkyuQpPaxglVN62PNSIEomT/FmaJ3izJg0" +
  "pX1K0BQNb0ZvptYpGcw9rCkllQWpIC1M/hZTOjsgssw9jDVT/Pz8vP4DAZjwti+ZktQZO0XDz5sxFcjUAwBQSwEC" +
  "LQMtAAAACAAAACEAPnOG2U0AAACQAAAACAAAAAAAAAAAAAAAgAEAAAAAbWVhbi5ucHlQSwECLQMtAAAACAAAACEA" +
  "py/g7EsAAACIAAAACQAAAAAAAAAAAAAAgAGHAAAAbmFtZXMubnB5UEsBAi0DLQAAAAgAAAAhABieN+7GAAAAGAEA" +
  "AAcAAAAAAAAAAAAAAIABDQEAAGFueS5ucHlQSwUGAAAAAAMAAwCiAAAADAIAAAAA";

const MEAN = { shape: [2], data: Float64Array.of(0.5, 0.25) };
const LABELS = { shape: [40], data: new Uint8Array(40) };

const fileOf = (name: string) => Uint8Array.fromBase64(FILES[name]);

for (const name of Object.keys(FILES)) {
  Deno.test(`parseNpz() reads what numpy's ${name} wrote`, async () => {
    assertEquals(await parseNpz(fileOf(name)), {
      arrays: new Map<string, NdArray>([["mean", MEAN], ["labels", LABELS]]),
      warnings: [],
    });
    const { arrays: some } = await parseNpz(fileOf(name), "some", {
      names: ["labels"],
      maxBytes: 200,
    });
    assertEquals([...some.keys()], ["labels"]);
  });
}

Deno.test("an array that is not of numbers hides no other, and is refused where it is asked for", async () => {
  const bytes = Uint8Array.fromBase64(MIXED);
  const kinds = "expected one of f8, f4, f2, i8, i4, i2, i1, u8, u4, u2, u1, b1";
  const names = `its elements are "<U1" (text), ${kinds}`;
  assertEquals(await parseNpz(bytes), {
    arrays: new Map<string, NdArray>([["mean", MEAN]]),
    warnings: [
      `array "names" is left out: ${names}`,
      `array "any" is left out: its elements are "|O" (Python objects), ${kinds}`,
    ],
  });
  const { arrays } = await parseNpz(bytes, "x", { names: ["mean"] });
  assertEquals([...arrays], [["mean", MEAN]]);
  await unreadable(
    () => parseNpz(bytes, "x", { names: ["names"] }),
    `Cannot read x/names.npy: ${names}`,
  );
});

Deno.test("what else a .npz holds is said, and the arrays are read", async () => {
  const other = changed("savez", DIRECTORY, 46 + 7, 120);
  const bytes = Uint8Array.of(7, 7, ...other, 0, 0, 0);
  assertEquals(await parseNpz(bytes), {
    arrays: new Map<string, NdArray>([["labels", LABELS]]),
    warnings: [
      "2 bytes before the archive are left out",
      "3 bytes behind the archive are left out",
      '"mean.npx" is no array and is left out',
    ],
  });
});

Deno.test("arrays that compress a hundredfold are read only where somebody asks for them", async () => {
  const zeros = { shape: [9_000_000], data: new Float32Array(9_000_000) };
  const bytes = encodeNpz({ zeros }, 6);
  assert(bytes.length < 100_000);
  await unreadable(() => parseNpz(bytes, "z"), "its arrays take 36000128 bytes, expected at most");
  const { arrays } = await parseNpz(bytes, "z", { maxBytes: 2 ** 26 });
  assertEquals(arrays.get("zeros")?.shape, [9_000_000]);
});

inFolder.test("writeNpz() and readNpz() bring arrays back, stored and deflated", async (folder) => {
  const path = `${folder}/a.npz`;
  const ramp = { shape: [250, 400], data: Float32Array.from({ length: 100_000 }, (_, i) => i % 7) };
  const arrays: Record<string, NdArray> = { "layer/ramp": ramp, mean: MEAN, labels: LABELS };
  const sizes = [];
  for (const level of [0, 6] as const) {
    await writeNpz(path, arrays, level);
    sizes.push((await Deno.stat(path)).size);
    const { arrays: read } = await readNpz(path);
    assertEquals([...read.keys()], ["labels", "layer/ramp", "mean"]);
    for (const [name, array] of read) assertEquals(array, arrays[name]);
  }
  assert(sizes[0] > 400_000 && sizes[1] < 10_000, `${sizes}`);
});

Deno.test("encodeNpz() gives equal bytes for any order of names", () => {
  const [one, two] = [encodeNpz({ mean: MEAN, a: LABELS }), encodeNpz({ a: LABELS, mean: MEAN })];
  assertEquals(one.toHex(), two.toHex());
});

/** Replaces bytes counted from the first place where a pattern begins. */
function changed(
  name: string,
  pattern: number[],
  offset: number,
  ...values: number[]
): Uint8Array<ArrayBuffer> {
  const bytes = fileOf(name);
  const at = bytes.findIndex((_, i) => pattern.every((value, j) => bytes[i + j] === value));
  bytes.set(values, at + offset);
  return bytes;
}

const LOCAL = [0x50, 0x4b, 3, 4];
const DIRECTORY = [0x50, 0x4b, 1, 2];
const END = [0x50, 0x4b, 5, 6];

const ATTACKS: Record<string, [bytes: Uint8Array<ArrayBuffer>, error: string]> = {
  "no bytes": [new Uint8Array(0), "no end-of-central-directory record"],
  "another format": [new TextEncoder().encode("id\n".repeat(20)), "truncated or not a zip"],
  "a file cut short": [fileOf("savez").slice(0, -1), "no end-of-central-directory record"],
  "a ZIP64 archive": [
    changed("savez", END, 16, 255, 255, 255, 255),
    "its record says 4294967295 + 110",
  ],
  "a ZIP64 entry": [
    changed("savez", DIRECTORY, 42, 255, 255, 255, 255),
    '"mean.npy" in bad: its ZIP64 field is missing',
  ],
  "a directory that is no directory": [
    changed("savez", DIRECTORY, 0, 1),
    "entry 1 of the directory is damaged",
  ],
  "an endless name": [
    changed("savez", DIRECTORY, 28, 255, 255),
    "entry 1 passes the end of the directory",
  ],
  "an encrypted entry": [changed("savez", DIRECTORY, 8, 1), "the entry is encrypted"],
  "another method": [changed("savez", DIRECTORY, 10, 12), "compression method 12, expected 0"],
  "an entry elsewhere": [changed("savez", DIRECTORY, 42, 1), "no entry starts at byte 1"],
  "an entry beyond the file": [
    changed("savez", DIRECTORY, 42, 0, 0, 0, 64),
    "overlap the central directory",
  ],
  "data beyond the directory": [
    changed("savez", DIRECTORY, 20, 0, 0, 1),
    'its data would end at byte 65574 and overlap entry "labels.npy"',
  ],
  "a stored entry of two sizes": [
    changed("savez", DIRECTORY, 24, 145),
    "stored in 144 bytes, but said to hold 145",
  ],
  "a size that cannot be": [
    changed("savez_compressed", DIRECTORY, 24, 0, 0, 16),
    "77 bytes cannot inflate to 1048576",
  ],
  "a size above maxBytes": [
    changed("savez_compressed", DIRECTORY, 24, 0, 0, 0, 127),
    "bytes, expected at most 33557624 (or a larger maxBytes)",
  ],
  "a size too small": [
    changed("savez_compressed", DIRECTORY, 24, 100),
    "its header says 144 bytes, the directory says 100",
  ],
  "a size too large": [
    changed("savez_compressed", DIRECTORY, 24, 145),
    "its header says 144 bytes, the directory says 145",
  ],
  "a flipped bit in stored data": [changed("savez", LOCAL, 58 + 140, 1), "is damaged: CRC-32 is"],
  "deflated data that are not": [
    changed("savez_compressed", LOCAL, 58, 0xff),
    "its compressed data are damaged",
  ],
  "an array that is not one": [
    zipSync({ "a.npy": new Uint8Array(20) }) as Uint8Array<ArrayBuffer>,
    'array "a" is left out: it does not begin',
  ],
};

for (const [name, [bytes, error]] of Object.entries(ATTACKS)) {
  Deno.test(`parseNpz() refuses ${name}`, async () => {
    const { message } = await unreadable(() => parseNpz(bytes, "bad"), error);
    assert(message.startsWith("Cannot read ") && message.length < 300, message);
  });
}

Deno.test("parseNpz() refuses a name twice, a missing name and more bytes than allowed", async () => {
  const twice = fileOf("savez");
  const text = new TextDecoder("latin1").decode(twice);
  // "labels.npy" shortened to "mean.npy" in the directory, the rest of its name an extra field.
  const at = text.lastIndexOf("labels.npy");
  twice.set(new TextEncoder().encode("mean.npy"), at);
  twice.set([8, 0, 2], at - 18);
  await unreadable(() => parseNpz(twice, "x"), "two entries have this name");
  const names = ["variance"];
  await unreadable(
    () => parseNpz(fileOf("savez"), "x", { names }),
    'there is no array "variance"; the file has "mean", "labels"',
  );
  await unreadable(
    () => parseNpz(fileOf("savez"), "x", { maxBytes: 311 }),
    "its arrays take 312 bytes, expected at most 311",
  );
});

Deno.test("1,000 mutated .npz files are read or refused with a InputError", async () => {
  const refused = await countRefused(1000, {
    original: (round) => fileOf(round % 2 ? "savez" : "savez_compressed"),
    async read(bytes) {
      for (const { shape, data } of (await parseNpz(bytes, "mutated")).arrays.values()) {
        assertEquals(sizeOf(shape), data.length);
      }
    },
  });
  assert(refused > 300, `only ${refused} were refused`);
});
