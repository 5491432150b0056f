import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { memorySource } from "../../files/byte_source.ts";
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor, parseSafetensors } from "../../files/safetensors.ts";
import type { SafetensorsInput } from "../../files/safetensors_types.ts";
import { key, permutation } from "../../gpu/random.ts";
import { randomArray } from "../check.ts";
import { rejects, unreadable } from "../refusals.ts";
import { countRefused, inFolder } from "./samples.ts";

/** A file from its header's text, its data and, to lie, its header's length. */
function fileOf(header: string, data = 0, length?: bigint): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

type Claim = readonly [dtype: string, shape: unknown, start: number, end: number];

/** One tensor's entry. */
function claim(...[dtype, shape, start, end]: Claim): string {
  return JSON.stringify({ dtype, shape, data_offsets: [start, end] });
}

/** A file of so many bytes of data, and of tensors "a" and "b" that are said to be in them. */
function claiming(data: number, ...claims: Claim[]): Uint8Array<ArrayBuffer> {
  return fileOf(`{${claims.map((each, i) => `"${"ab"[i]}":${claim(...each)}`).join()}}`, data);
}

// safetensors 0.8.0 with numpy 2.4.6: safetensors.numpy.save({"b/weight": arange(6, dtype=float32)
// .reshape(2, 3), "a": array([1, 2, 3], uint8), "c": array(2.5), "i": array([-1, 7]), "e":
// zeros((0, 4), float32), "h": array([0.5, -2, 65504], float16)}, metadata={"format": "np"})
const OFFICIAL_HEADER =
  '{"__metadata__":{"format":"np"},"i":{"dtype":"I64","shape":[2],"data_offsets":[0,16]},' +
  '"c":{"dtype":"F64","shape":[],"data_offsets":[16,24]},' +
  '"b/weight":{"dtype":"F32","shape":[2,3],"data_offsets":[24,48]},' +
  '"e":{"dtype":"F32","shape":[0,4],"data_offsets":[48,48]},' +
  '"h":{"dtype":"F16","shape":[3],"data_offsets":[48,54]},' +
  '"a":{"dtype":"U8","shape":[3],"data_offsets":[54,57]}}      ';
const OFFICIAL_DATA = "ffffffffffffffff070000000000000000000000000004400000000000008" +
  "03f0000004000004040000080400000a040003800c0ff7b010203";

function officialFile(): Uint8Array<ArrayBuffer> {
  const data = Uint8Array.fromHex(OFFICIAL_DATA);
  const bytes = fileOf(OFFICIAL_HEADER, data.length);
  bytes.set(data, bytes.length - data.length);
  return bytes;
}

Deno.test("parseSafetensors() reads what the official library wrote", async () => {
  const file = await parseSafetensors(officialFile());
  assertEquals(file.metadata, { format: "np" });
  assertEquals([...file.tensors.keys()], ["i", "c", "b/weight", "e", "h", "a"]);
  assertEquals(await file.read("b/weight"), {
    shape: [2, 3],
    data: Float32Array.of(0, 1, 2, 3, 4, 5),
  });
  assertEquals(await file.read("a"), { shape: [3], data: Uint8Array.of(1, 2, 3) });
  assertEquals(await file.read("c"), { shape: [], data: Float64Array.of(2.5) });
  assertEquals(await file.read("i"), { shape: [2], data: Float64Array.of(-1, 7) });
  assertEquals(await file.read("e"), { shape: [0, 4], data: new Float32Array(0) });
  assertEquals(await file.read("h"), { shape: [3], data: Float32Array.of(0.5, -2, 65504) });
  assertEquals(await file.readRange("b/weight", 2, 3), {
    shape: [3],
    data: Float32Array.of(2, 3, 4),
  });
  await rejects(() => file.readRange("b/weight", 5, 2), "elements 5 to 7");
  await unreadable(() => file.read("d"), 'none of that name; the file has "i", "c"');
});

inFolder.test("writeSafetensors() gives the official library's bytes for the same tensors", async (folder) => {
  const bytesOf = (data: ArrayBufferView) => [new Uint8Array(data.buffer)];
  const tensors: SafetensorsInput[] = [
    hostTensor("a", { shape: [3], data: Uint8Array.of(1, 2, 3) }),
    hostTensor("b/weight", { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) }),
    hostTensor("c", { shape: [], data: Float64Array.of(2.5) }),
    hostTensor("e", { shape: [0, 4], data: new Float32Array(0) }),
    {
      name: "h",
      dtype: "F16",
      shape: [3],
      chunks: bytesOf(Float16Array.of(0.5, -2, 65504)),
    },
    { name: "i", dtype: "I64", shape: [2], chunks: bytesOf(BigInt64Array.of(-1n, 7n)) },
  ];
  const path = `${folder}/model.safetensors`;
  const sha256 = await writeSafetensors(path, {
    metadata: { format: "np" },
    tensors,
    isSealed: false,
  });
  assertEquals((await Deno.readFile(path)).toHex(), officialFile().toHex());
  assertEquals(sha256, createHash("sha256").update(OFFICIAL_DATA, "hex").digest("hex"));
});

inFolder.test("writeSafetensors() gives equal bytes for any order of tensors, notes and chunks", async (folder) => {
  const files = [];
  for (const seed of [1, 2]) {
    const names = [...permutation(key(seed), 12)].map((i) => `layer${i}/weight`);
    const tensors = names.map((name) => {
      const data = Float32Array.from(randomArray([77], name.length + name.charCodeAt(5)).data);
      const bytes = new Uint8Array(data.buffer);
      const cut = 100 * seed;
      const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
      return { name, dtype: "F32" as const, shape: [7, 11], chunks };
    });
    const metadata = seed === 1 ? { a: "1", b: "ü" } : { b: "ü", a: "1" };
    const path = `${folder}/${seed}`;
    await writeSafetensors(path, { metadata, tensors });
    files.push(await Deno.readFile(path));
  }
  assertEquals(files[0], files[1]);
  assertEquals(new DataView(files[0].buffer).getUint32(0, true) % 8, 0);
});

inFolder.test("writeSafetensors() leaves the old file and no other when chunks do not add up", async (folder) => {
  const path = `${folder}/model.safetensors`;
  await Deno.writeTextFile(path, "old");
  const write = (...lengths: number[]) => () =>
    writeSafetensors(path, {
      tensors: [{
        name: "w",
        dtype: "F32",
        shape: [2, 3],
        chunks: lengths.map((length) => new Uint8Array(length)),
      }],
    });
  await rejects(write(16, 4), "its chunks have 20 bytes, expected 24 for F32 [2, 3]");
  await rejects(write(16, 9), "its chunks have at least 25 bytes, expected 24 for");
  const fails = async function* () {
    yield new Uint8Array(8);
    await Promise.resolve();
    throw new Error("the device was lost");
  };
  const tensor = { name: "w", dtype: "F32" as const, shape: [4], chunks: fails() };
  await assertRejects(() => writeSafetensors(path, { tensors: [tensor] }), Error, "was lost");
  const twice = hostTensor("w", { shape: [1], data: Float32Array.of(1) });
  await rejects(() => writeSafetensors(path, { tensors: [twice, twice] }), '"w" is taken');
  const wrong = { ...twice, dtype: "F8" } as unknown as SafetensorsInput;
  await rejects(() => writeSafetensors(path, { tensors: [wrong] }), "its type is F8");
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["model.safetensors"]);
  assertEquals(await Deno.readTextFile(path), "old");
});

Deno.test("bfloat16 is widened, and 64-bit integers beyond 2^53 are refused", async () => {
  const header = `{"h":${claim("BF16", [2], 0, 4)},"i":${claim("I64", [1], 4, 12)}}`;
  const bytes = fileOf(header, 12);
  const data = bytes.subarray(bytes.length - 12);
  data.set([0xc0, 0x3f, 0x49, 0x40]); // 1.5 and 3.140625
  data.set([1, 0, 0, 0, 0, 0, 0x20, 0], 4); // 2^53 + 1
  const file = await parseSafetensors(bytes, "x.safetensors");
  assertEquals((await file.read("h")).data, Float32Array.of(1.5, 3.140625));
  await unreadable(
    () => file.read("i"),
    'tensor "i" of x.safetensors: element 0 is 9007199254740993',
  );
});

Deno.test("small and unsigned integers and truth values are read", async () => {
  const header = `{"u64":${claim("U64", [2], 0, 16)},"i16":${claim("I16", [2], 16, 20)},` +
    `"u16":${claim("U16", [1], 20, 22)},"b":${claim("BOOL", [2], 22, 24)},` +
    `"i8":${claim("I8", [2], 24, 26)}}`;
  const bytes = fileOf(header, 26);
  const data = "0100000000000000ffffffffffff1f00feff2c01ffff01008005";
  bytes.set(Uint8Array.fromHex(data), bytes.length - 26);
  const file = await parseSafetensors(bytes, "x");
  const read = async (name: string) => (await file.read(name)).data;
  assertEquals(await read("u64"), Float64Array.of(1, 2 ** 53 - 1));
  assertEquals(await read("i16"), Int32Array.of(-2, 300));
  assertEquals(await read("u16"), Uint32Array.of(65535));
  assertEquals(await read("b"), Uint8Array.of(1, 0));
  assertEquals(await read("i8"), Int32Array.of(-128, 5));
  bytes[bytes.length - 4] = 7;
  await unreadable(() => read("b"), 'tensor "b" of x: element 0 is 7, expected 0 or 1 for BOOL');
});

Deno.test("a tensor of a type that is not known hides no other one", async () => {
  const header = `{"new":${claim("F4", [3, 4], 0, 6)},"old":${claim("U8", [2], 6, 8)},` +
    `"odd":${claim("constructor", [1], 8, 9)}}`;
  const bytes = fileOf(header, 9);
  bytes.set([1, 2], bytes.length - 3);
  const file = await parseSafetensors(bytes, "x");
  assertEquals([...file.tensors].map(([name, { dtype }]) => [name, dtype]), [
    ["new", "F4"],
    ["old", "U8"],
    ["odd", "constructor"],
  ]);
  assertEquals((await file.read("old")).data, Uint8Array.of(1, 2));
  const expected = "expected one of F64, F32, F16, BF16, I64";
  await unreadable(() => file.read("new"), `tensor "new" of x: dtype is "F4", ${expected}`);
  await unreadable(() => file.read("odd"), `dtype is "constructor", ${expected}`);
});

inFolder.test("a file of ours that was damaged anywhere is refused", async (folder) => {
  const path = `${folder}/model.safetensors`;
  const tensors = [
    hostTensor("w", { shape: [64], data: Float32Array.from({ length: 64 }, (_, i) => i / 7) }),
    hostTensor("n", { shape: [3], data: Uint8Array.of(1, 2, 3) }),
  ];
  const sha256 = await writeSafetensors(path, { metadata: { step: "40", a: '"' }, tensors });
  const whole = await Deno.readFile(path);
  using file = await readSafetensors(path);
  assertEquals([file.sha256, file.metadata], [sha256, { step: "40", a: '"' }]);
  for (let at = 0; at < whole.length; at++) { // one flipped bit in each byte
    const bytes = whole.slice();
    bytes[at] ^= 1 << at % 8;
    await Deno.writeFile(path, bytes);
    await unreadable(() => readSafetensors(path), path);
    await unreadable(() => parseSafetensors(bytes, "memory"), "memory");
  }
  const zeros = whole.slice().fill(0, whole.length - 100, whole.length - 40);
  await Deno.writeFile(path, zeros);
  await unreadable(
    () => readSafetensors(path),
    `Cannot read ${path}: its tensors are not those that were written, their SHA-256 is `,
  );
  using known = await readSafetensors(path, { isKnown: true }); // whoever checked it before
  assertEquals((await known.read("n")).data, Uint8Array.of(1, 2, 3));
});

const WRONG_SHAPE = "expected an array of whole numbers";
const WRONG_OFFSETS = "expected two whole numbers, the second not before the first";

/** Files that must be refused, each with a part of the error. */
const ATTACKS: Record<string, [bytes: Uint8Array<ArrayBuffer>, error: string]> = {
  "no bytes": [new Uint8Array(0), "the file has 0 bytes, a safetensors file has at least 10"],
  "8 bytes": [fileOf(""), "the file has 8 bytes"],
  "a header beyond the file": [fileOf("{}", 0, 3n), "ends at byte 11, expected at most 10"],
  "a header of 2^64 - 1 bytes": [
    fileOf("{}", 0, 2n ** 64n - 1n),
    "18446744073709551615 bytes long, expected at most 10485760",
  ],
  "a header of 2^63 bytes": [fileOf("{}", 0, 2n ** 63n), "at most 10485760"],
  "a header of 1 GB": [fileOf("{}", 0, 2n ** 30n), "at most 10485760"],
  "an empty header": [fileOf("", 4), 'expected "{"'],
  "a header that is a list": [fileOf("[]"), 'expected "{"'],
  "a header with blanks before it": [fileOf(" {}"), 'expected "{"'],
  "a tensor without a shape": [
    fileOf('{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4),
    "shape is missing, expected an array of whole numbers from 0 on",
  ],
  "a header cut short": [fileOf('{"a":{"dtype"'), "the header is not JSON"],
  "two objects": [fileOf("{}{}"), "the header is not JSON"],
  "a header padded with zeros": [fileOf("{}\0\0"), "the header is not JSON"],
  "a header that is not UTF-8": [
    new Uint8Array([...fileOf('{"a":1}').subarray(0, 10), 0xff, ...fileOf('{"a":1}').subarray(11)]),
    "the header is not UTF-8",
  ],
  "a byte order mark": [fileOf("\ufeff{}"), 'expected "{"'],
  "brackets five deep": [fileOf(`{"a":[[[[]]]]}`), "nests deeper than 3"],
  "a million brackets": [fileOf(`{"a":${"[".repeat(1e6)}`), "nests deeper than 3"],
  "metadata that are a list": [fileOf('{"__metadata__":[]}'), "__metadata__ is an array"],
  "metadata that are null": [fileOf('{"__metadata__":null}'), "__metadata__ is null"],
  "metadata with a number": [
    fileOf('{"__metadata__":{"seed":7}}'),
    '__metadata__ "seed" is a number, expected a string',
  ],
  "metadata with an object": [fileOf('{"__metadata__":{"a":{}}}'), "is an object"],
  "a name twice": [
    fileOf(`{"a":${claim("U8", [1], 0, 1)},"a":${claim("U8", [1], 1, 2)}}`, 2),
    'has "a" twice in one object',
  ],
  "a name twice, one escaped": [
    fileOf(`{"a":${claim("U8", [1], 0, 1)},"\\u0061":${claim("U8", [1], 1, 2)}}`, 2),
    'has "a" twice',
  ],
  "a field twice": [
    fileOf('{"a":{"dtype":"U8","shape":[1],"shape":[2],"data_offsets":[0,2]}}', 2),
    'has "shape" twice',
  ],
  "an entry that is a number": [fileOf('{"a":1}'), 'tensor "a" of bad: its entry is a number'],
  "an entry that is null": [fileOf('{"a":null}'), "its entry is null"],
  "an unknown field": [
    fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"code":"x"}}', 1),
    'unknown field "code"',
  ],
  "a type that is a number": [
    fileOf('{"a":{"dtype":7,"shape":[1],"data_offsets":[0,1]}}', 1),
    "dtype is a number, expected a string",
  ],
  "no type": [fileOf('{"a":{"shape":[1],"data_offsets":[0,1]}}', 1), "dtype is missing"],
  "no offsets": [fileOf('{"a":{"dtype":"U8","shape":[1]}}', 1), WRONG_OFFSETS],
  "a negative extent": [claiming(1, ["U8", [-1, -1], 0, 1]), WRONG_SHAPE],
  "half an extent": [claiming(1, ["U8", [0.5, 2], 0, 1]), WRONG_SHAPE],
  "an extent of 1e400": [
    fileOf('{"a":{"dtype":"U8","shape":[1e400],"data_offsets":[0,1]}}', 1),
    WRONG_SHAPE,
  ],
  "an extent that is text": [claiming(1, ["U8", ["1"], 0, 1]), WRONG_SHAPE],
  "a shape that is a number": [claiming(1, ["U8", 1, 0, 1]), WRONG_SHAPE],
  // 2^32 2^32 4 is 0 modulo 2^64: ports without checked multiplication took it for an empty tensor.
  "a shape that overflows to 0": [
    claiming(0, ["F32", [2 ** 32, 2 ** 32], 0, 0]),
    "F32 [4294967296, 4294967296] is more than 2^53 bytes",
  ],
  // 5 times this is 1 modulo 2^64.
  "a shape that overflows to 1": [
    fileOf('{"a":{"dtype":"U8","shape":[5,3689348814741910323],"data_offsets":[0,1]}}', 1),
    WRONG_SHAPE,
  ],
  "a shape larger than its offsets": [
    claiming(8, ["F32", [3], 0, 8]),
    "F32 [3] takes 12 bytes, its offsets span 8",
  ],
  "a shape smaller than its offsets": [
    claiming(8, ["F32", [1], 0, 8]),
    "F32 [1] takes 4 bytes, its offsets span 8",
  ],
  "offsets the wrong way round": [claiming(1, ["U8", [1], 1, 0]), "the second not"],
  "three offsets": [
    fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}}', 1),
    WRONG_OFFSETS,
  ],
  "negative offsets": [claiming(1, ["U8", [1], -1, 0]), WRONG_OFFSETS],
  "data cut short": [
    claiming(15, ["F32", [4], 0, 16]),
    "it ends at byte 79, the file at 78: truncated",
  ],
  "no data": [claiming(0, ["F32", [2 ** 40], 0, 2 ** 42]), "truncated"],
  "data too long": [claiming(9, ["U8", [1], 0, 1]), "8 bytes belong to none"],
  "data without a tensor": [fileOf("{}", 4), "4 bytes belong to none"],
  "tensors that overlap": [
    claiming(6, ["U8", [4], 0, 4], ["U8", [4], 2, 6]),
    'tensor "b" of bad: it begins at byte 115, inside the tensor that ends at 117',
  ],
  "tensors in one place": [claiming(4, ["U8", [4], 0, 4], ["U8", [4], 0, 4]), "inside the tensor"],
  "an empty tensor inside another": [
    claiming(4, ["U8", [4], 0, 4], ["U8", [0], 2, 2]),
    "inside the tensor",
  ],
  "a hole between tensors": [claiming(3, ["U8", [1], 0, 1], ["U8", [1], 2, 3]), "a hole"],
  "a hole before the first": [claiming(2, ["U8", [1], 1, 2]), "a hole"],
  "an endless name": [fileOf(`{"${"x".repeat(1e6)}":1}`), 'xxx…" of bad'],
};

for (const [name, [bytes, error]] of Object.entries(ATTACKS)) {
  Deno.test(`parseSafetensors() refuses ${name}`, async () => {
    const { message } = await unreadable(() => parseSafetensors(bytes, "bad"), error);
    assert(message.startsWith("Cannot read ") && message.length < 400, message);
  });
}

Deno.test("parseSafetensors() refuses more than 100,000 tensors and takes the empty file", async () => {
  const entry = claim("U8", [0], 0, 0);
  const entries = Array.from({ length: 100_002 }, (_, i) => `"${i}":${entry}`);
  await unreadable(
    () => parseSafetensors(fileOf(`{${entries.join(",")}}`)),
    "it names more than 100000 tensors",
  );
  assertEquals((await parseSafetensors(fileOf("{}  "))).tensors.size, 0);
});

inFolder.test("a name like __proto__ or 7 is a tensor like any other", async (folder) => {
  const names = ["__proto__", "7", "constructor", 'a "quoted" ü\n'];
  const tensors = names.map((name, i) => hostTensor(name, { shape: [1], data: Uint8Array.of(i) }));
  await writeSafetensors(`${folder}/x`, { tensors, metadata: { "__proto__x": "", 9: "nine" } });
  using file = await readSafetensors(`${folder}/x`);
  for (let i = 0; i < names.length; i++) {
    assertEquals((await file.read(names[i])).data, Uint8Array.of(i));
  }
  assertEquals(file.metadata["9"], "nine");
  const stolen = await parseSafetensors(fileOf('{"__metadata__":{"__proto__":"x"}}'));
  assertEquals(Object.getPrototypeOf(stolen.metadata), Object.prototype);
});

inFolder.test("readSafetensors() refuses a folder, a missing file, and reading after the end", async (folder) => {
  await unreadable(() => readSafetensors(folder), "it is a folder, expected a file");
  await unreadable(() => readSafetensors(`${folder}/none`), "no such file or folder");
  const path = `${folder}/x`;
  await Deno.writeFile(path, officialFile());
  const file = await readSafetensors(path);
  const pieces = [0, 2, 4].map((start) => file.readRange("b/weight", start, 2));
  assertEquals((await Promise.all(pieces)).flatMap(({ data }) => [...data]), [0, 1, 2, 3, 4, 5]);
  await Deno.truncate(path, 500 - 100);
  await unreadable(() => file.read("a"), "became shorter while it was read");
  file[Symbol.dispose]();
  await assertRejects(() => file.read("c"));
});

Deno.test("2,000 mutated files are read or refused with a InputError, never anything else", async () => {
  const refused = await countRefused(2000, {
    original: officialFile,
    // Most changes hit the header, where they matter.
    reach: (chance, bytes) => chance(9, 4) ? OFFICIAL_HEADER.length + 8 : bytes.length,
    async read(bytes) {
      const file = await parseSafetensors(bytes, "mutated");
      for (const name of file.tensors.keys()) await file.read(name);
    },
  });
  assert(refused > 1000, `only ${refused} were refused`);
});

Deno.test("a source refuses ranges outside of it", async () => {
  const source = memorySource(Uint8Array.of(1, 2, 3), "three");
  assertEquals(await source.readAt(1, 2), Uint8Array.of(2, 3));
  for (const [offset, length] of [[2, 2], [-1, 1], [0, NaN]]) {
    await unreadable(() => source.readAt(offset, length), "the file has 3");
  }
});
