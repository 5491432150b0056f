import { assert, assertEquals } from "@std/assert";
import { readNpy, writeNpy } from "../../files/disk/npy.ts";
import { encodeNpy, parseNpy } from "../../files/npy.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { refuses, unreadable } from "../refusals.ts";
import { testUnless } from "../test_unless.ts";
import { countRefused, inFolder, withFolder } from "./samples.ts";

/** numpy 1.24.2: numpy.save of the arrays in `ARRAYS`; the last four by write_array(version=). */
const FILES: Record<string, string> = {
  f4: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMp" +
    "LCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAA" +
    "AAAAPwAAgD8AAMA/AAAAQAAAIEA=",
  f8: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwg" +
    "fSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoYLURU" +
    "+yEJQAAAAAAAAACA",
  f2: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGYyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwg" +
    "fSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAOADA" +
    "/3s=",
  i8: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDEp" +
    "LCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr/////" +
    "/////////////x8A",
  i4: "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0g" +
    "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr5////",
  u4: "k05VTVBZAQB2AHsnZGVzY3InOiAnPHU0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwg" +
    "fSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr/////",
  u1: "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwg" +
    "fSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/wM=",
  b1: "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwg" +
    "fSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAA==",
  fortran:
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywg" +
    "NCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAA" +
    "DAAAAAQAAAAQAAAACAAAABQAAAABAAAADQAAAAUAAAARAAAACQAAABUAAAACAAAADgAAAAYAAAASAAAACgAAABYA" +
    "AAADAAAADwAAAAcAAAATAAAACwAAABcAAAA=",
  empty:
    "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDQp" +
    "LCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=",
  v2: "k05VTVBZAgB0AAAAeydkZXNjcic6ICd8dTEnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywp" +
    "LCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/wM=",
  v3: "k05VTVBZAwB0AAAAeydkZXNjcic6ICd8dTEnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywp" +
    "LCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoA/wM=",
  big: "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsKSwg" +
    "fSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo/gAAA",
  struct:
    "k05VTVBZAQB2AHsnZGVzY3InOiBbKCdhJywgJzxmNCcpXSwgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBl" +
    "JzogKDEsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAA",
};

const ARRAYS: Record<string, NdArray> = {
  // numpy.arange(6, dtype="<f4").reshape(2, 3) / 2
  f4: { shape: [2, 3], data: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5) },
  // numpy.array([numpy.pi, -0.0])
  f8: { shape: [2], data: Float64Array.of(Math.PI, -0) },
  // numpy.array([0.5, -2, 65504], "f2")
  f2: { shape: [3], data: Float32Array.of(0.5, -2, 65504) },
  // numpy.array([[-1], [2**53 - 1]], "i8")
  i8: { shape: [2, 1], data: Float64Array.of(-1, 2 ** 53 - 1) },
  // numpy.array(-7, "i4")
  i4: { shape: [], data: Int32Array.of(-7) },
  // numpy.array([2**32 - 1], "u4")
  u4: { shape: [1], data: Uint32Array.of(2 ** 32 - 1) },
  // numpy.array([0, 255, 3], "u1")
  u1: { shape: [3], data: Uint8Array.of(0, 255, 3) },
  // numpy.array([True, False])
  b1: { shape: [2], data: Uint8Array.of(1, 0) },
  // numpy.asfortranarray(numpy.arange(24, dtype="i4").reshape(2, 3, 4))
  fortran: { shape: [2, 3, 4], data: Int32Array.from({ length: 24 }, (_, i) => i) },
  // numpy.zeros((0, 4), "f4")
  empty: { shape: [0, 4], data: new Float32Array(0) },
  v2: { shape: [3], data: Uint8Array.of(0, 255, 3) },
  v3: { shape: [3], data: Uint8Array.of(0, 255, 3) },
};

const fileOf = (name: string) => Uint8Array.fromBase64(FILES[name]);

for (const [name, array] of Object.entries(ARRAYS)) {
  Deno.test(`parseNpy() reads numpy's ${name}`, async () => {
    assertEquals(await parseNpy(fileOf(name), name), { ...array, warnings: [] });
  });
}

/**
 * numpy 2.4.6: the header's entries and `data` in hexadecimal of `numpy.save` of the arrays on the
 * left; the rest of a header is as in `FILES`.
 */
const TYPES: Record<string, [descr: string, order: string, shape: string, hex: string, NdArray]> = {
  'array([-128, 127], "i1")': ["|i1", "False", "(2,)", "807f", {
    shape: [2],
    data: Int32Array.of(-128, 127),
  }],
  'array([-32768, 5], "i2")': ["<i2", "False", "(2,)", "00800500", {
    shape: [2],
    data: Int32Array.of(-32768, 5),
  }],
  'array([65535, 5], "u2")': ["<u2", "False", "(2,)", "ffff0500", {
    shape: [2],
    data: Uint32Array.of(65535, 5),
  }],
  'array([2**53 - 1, 5], "u8")': ["<u8", "False", "(2,)", "ffffffffffff1f000500000000000000", {
    shape: [2],
    data: Float64Array.of(2 ** 53 - 1, 5),
  }],
  'array([0.5, -2], ">f4")': [">f4", "False", "(2,)", "3f000000c0000000", {
    shape: [2],
    data: Float32Array.of(0.5, -2),
  }],
  'array([[pi, 1]], ">f8")': [">f8", "False", "(1, 2)", "400921fb54442d183ff0000000000000", {
    shape: [1, 2],
    data: Float64Array.of(Math.PI, 1),
  }],
  'array([0.5, -2], ">f2")': [">f2", "False", "(2,)", "3800c000", {
    shape: [2],
    data: Float32Array.of(0.5, -2),
  }],
  'array([-2, 258], ">i2")': [">i2", "False", "(2,)", "fffe0102", {
    shape: [2],
    data: Int32Array.of(-2, 258),
  }],
  'array([-2, 2**40], ">i8")': [">i8", "False", "(2,)", "fffffffffffffffe0000010000000000", {
    shape: [2],
    data: Float64Array.of(-2, 2 ** 40),
  }],
  "array(0.25)": ["<f8", "False", "()", "000000000000d03f", {
    shape: [],
    data: Float64Array.of(0.25),
  }],
  'asfortranarray(arange(6, dtype=">u4").reshape(2, 3))': [
    ">u4",
    "True",
    "(2, 3)",
    "000000000000000300000001000000040000000200000005",
    { shape: [2, 3], data: Uint32Array.of(0, 1, 2, 3, 4, 5) },
  ],
};

function fileOfType([descr, order, shape, hex]: (typeof TYPES)[string]): Uint8Array<ArrayBuffer> {
  const data = Uint8Array.fromHex(hex);
  const bytes = withHeader(dictionary(`'${descr}'`, order, shape).padEnd(117) + "\n", data.length);
  bytes.set(data, bytes.length - data.length);
  return bytes;
}

for (const [name, type] of Object.entries(TYPES)) {
  Deno.test(`parseNpy() reads numpy's ${name}`, async () => {
    const expected = { ...type[4], warnings: [] };
    assertEquals(await parseNpy(fileOfType(type)), expected);
  });
}

Deno.test("parseNpy() says what follows an array and reads it", async () => {
  const first = fileOf("f8");
  const twice = Uint8Array.of(...first, ...fileOf("f4")); // two numpy.save to one open file
  assertEquals(await parseNpy(twice), {
    ...ARRAYS.f8,
    warnings: ["another array follows in its last 152 bytes and is left out"],
  });
  assertEquals(await parseNpy(Uint8Array.of(...first, 0)), {
    ...ARRAYS.f8,
    warnings: ["its last 1 bytes come after the array and are left out"],
  });
});

Deno.test("encodeNpy() gives numpy's bytes", () => {
  for (const name of ["f4", "f8", "i4", "u4", "u1", "empty"]) {
    assertEquals(encodeNpy(ARRAYS[name]).toHex(), fileOf(name).toHex(), name);
  }
});

inFolder.test("writeNpy() and readNpy() bring every type back through a file", async (folder) => {
  const path = `${folder}/a.npy`;
  for (const name of ["f4", "f8", "i4", "u4", "u1", "fortran", "empty"]) {
    // A view into a longer buffer: only its part may be written.
    const { shape, data } = ARRAYS[name];
    const long = new Float64Array(40);
    const part = new (data.constructor as Float32ArrayConstructor)(long.buffer, 16, data.length);
    part.set(data);
    await writeNpy(path, { shape, data: part });
    assertEquals(await readNpy(path), { ...ARRAYS[name], warnings: [] });
  }
});

/** A file of version 1.0 with this header and so many bytes of data. */
function withHeader(header: string, data = 0): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(10 + text.length + data);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  bytes.set(text, 10);
  return bytes;
}

function dictionary(descr: string, order: string, shape: string): string {
  return `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
}

function changed(name: string, at: number, ...values: number[]): Uint8Array<ArrayBuffer> {
  const bytes = fileOf(name);
  bytes.set(values, at);
  return bytes;
}

const ATTACKS: Record<string, [bytes: Uint8Array<ArrayBuffer>, error: string]> = {
  "no bytes": [new Uint8Array(0), "it has 0 bytes, a .npy file has at least 12"],
  "another format": [new TextEncoder().encode("id,class\n1,0.5\n"), "does not begin with"],
  "version 4": [changed("f4", 6, 4), "its version is 4.0, expected 1.0, 2.0 or 3.0"],
  "version 1.1": [changed("f4", 7, 1), "its version is 1.1"],
  "a header beyond the file": [
    changed("f4", 8, 255, 255),
    "its header ends at byte 65545, expected at most 152",
  ],
  "a header of 4 GB": [
    changed("v2", 8, 255, 255, 255, 255),
    "4294967295 bytes long, expected at most 65535",
  ],
  "data cut short": [fileOf("f4").slice(0, -1), "<f4 [2, 3] takes 24 bytes, the file has 23"],
  "a huge shape": [withHeader(dictionary("'<f4'", "False", "(1000000000,)")), "takes 4000000000"],
  "a shape that overflows": [
    withHeader(dictionary("'<f4'", "False", "(4294967296, 4294967296)")),
    "is more than 2^53 bytes",
  ],
  "a negative extent": [withHeader(dictionary("'<f4'", "False", "(-1,)")), "expected descr"],
  "an extent of 1e3": [withHeader(dictionary("'<f4'", "False", "(1e3,)")), "expected descr"],
  "an extent missing": [withHeader(dictionary("'<f4'", "False", "(2,,3)")), "expected descr"],
  "code in the header": [
    withHeader(dictionary("'<f4'", "False", "__import__('os').abort()")),
    "expected descr, fortran_order and shape",
  ],
  "no shape": [withHeader("{'descr': '<f4', 'fortran_order': False, }"), "expected descr"],
  "the shape twice": [
    withHeader("{'descr': '<f4', 'shape': (1,), 'shape': (2,), }", 8),
    "expected descr",
  ],
  "a fourth entry": [
    withHeader("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1, }", 4),
    "expected descr",
  ],
  "an order that is text": [withHeader(dictionary("'<f4'", "'True'", "(1,)"), 4), "expected descr"],
  "a header that is not closed": [withHeader("{".repeat(60_000)), "expected descr"],
  "endless digits": [withHeader(`{'shape': (${"1".repeat(60_000)}`), "expected descr"],
  "a structured array": [fileOf("struct"), "it is a structured array, expected plain numbers"],
  "Python objects": [
    withHeader(dictionary("'|O'", "False", "(1,)"), 8),
    'its elements are "|O" (Python objects), expected one of f8, f4, f2, i8',
  ],
  "text": [withHeader(dictionary("'<U3'", "False", "(1,)"), 12), 'its elements are "<U3" (text)'],
  "complex numbers": [
    withHeader(dictionary("'<c8'", "False", "(1,)"), 8),
    'its elements are "<c8" (complex numbers)',
  ],
  "numbers of 128 bits": [
    withHeader(dictionary("'<f16'", "False", "(1,)"), 16),
    'its elements are "<f16", expected one of',
  ],
  "a type from the prototype": [
    withHeader(dictionary("'constructor'", "False", "(1,)"), 8),
    'its elements are "constructor"',
  ],
  "an unsigned integer beyond 2^53": [
    withHeader(dictionary("'<u8'", "False", "(1,)"), 8).fill(0xff, -8),
    "element 0 is 18446744073709551615",
  ],
  "an integer beyond 2^53": [
    withHeader(dictionary("'<i8'", "False", "(1,)"), 8).fill(0xff, -8).fill(0x7f, -1),
    "element 0 is 9223372036854775807",
  ],
};

for (const [name, [bytes, error]] of Object.entries(ATTACKS)) {
  Deno.test(`parseNpy() refuses ${name}`, async () => {
    const { message } = await unreadable(() => parseNpy(bytes, "bad.npy"), error);
    assert(message.startsWith("Cannot read bad.npy: ") && message.length < 300, message);
  });
}

Deno.test("parseNpy() reads Python 2's long extents and entries in another order", async () => {
  const header = "{'shape': (2L, 1L), 'fortran_order': False, 'descr': '|u1'}\n";
  const { shape, data } = await parseNpy(withHeader(header, 2));
  assertEquals([shape, data], [[2, 1], new Uint8Array(2)]);
});

Deno.test("encodeNpy() refuses an array whose shape and elements disagree", () => {
  const wrong = { shape: [2, 2], data: new Float32Array(3) };
  refuses(() => encodeNpy(wrong), "[2, 2]: data.length is 3, expected 4");
});

Deno.test("2,000 mutated .npy files are read or refused with a InputError", async () => {
  const names = Object.keys(FILES);
  const refused = await countRefused(2000, {
    original: (round) => fileOf(names[round % names.length]),
    read: (bytes) => parseNpy(bytes, "mutated"),
  });
  assert(refused > 500, `only ${refused} were refused`);
});

/** Whether the system's Python has numpy. */
async function hasNumpy(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("/usr/bin/python3", { args: ["-c", "import numpy"] })
      .output();
    return success;
  } catch {
    return false;
  }
}

testUnless(
  await hasNumpy() ? undefined : "/usr/bin/python3 has no NumPy",
  "numpy reads what writeNpy() wrote",
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.npy`;
      await writeNpy(path, { shape: [2, 3], data: Float64Array.of(0, 0.1, 0.2, 0.3, 0.4, 0.5) });
      const code =
        "import sys, numpy; a = numpy.load(sys.argv[1]); print(a.dtype, a.shape, a.tolist())";
      const args = ["-c", code, path];
      const { stdout } = await new Deno.Command("/usr/bin/python3", { args }).output();
      const expected = "float64 (2, 3) [[0.0, 0.1, 0.2], [0.3, 0.4, 0.5]]\n";
      assertEquals(new TextDecoder().decode(stdout), expected);
    }),
);
