import { assertEquals } from "@std/assert";
import { crc32 } from "node:zlib";
import { Inflate, zipSync, zlibSync } from "../../deps_fflate.ts";
import { InputError } from "../../files/input_error.ts";
import { openFile } from "../../files/disk/file_source.ts";
import { openZip, type ZipReader } from "../../files/zip.ts";
import { unreadable } from "../refusals.ts";
import { bytesOf, handmadeZip, joinBytes, withFolder } from "./samples.ts";

/** Deflated bytes without a wrapper: zlib's, less its header and checksum. */
function deflate(bytes: Uint8Array): Uint8Array {
  return zlibSync(bytes).slice(2, -4);
}

async function openPath(path: string): Promise<ZipReader> {
  return await openZip(await openFile(path));
}

async function withZip(
  bytes: Uint8Array,
  body: (path: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const path = `${folder}/x.zip`;
    await Deno.writeFile(path, bytes);
    await body(path);
  });
}

async function refusesZip(bytes: Uint8Array, reason: string): Promise<void> {
  await withZip(bytes, async (path) => {
    await unreadable(() => openPath(path), reason);
  });
}

/** The zip opens, its entry `a` does not read. */
async function refusesEntry(bytes: Uint8Array, reason: string, maxBytes?: number) {
  await withZip(bytes, async (path) => {
    using zip = await openPath(path);
    const error = await unreadable(() => zip.read("a", maxBytes));
    assertEquals(error.message, `Cannot read "a" in ${path}: ${reason}`);
    if (maxBytes === undefined && !reason.includes("at most")) {
      await unreadable(async () => await Array.fromAsync(zip.pieces("a")));
    }
  });
}

const HELLO = bytesOf("hello, hello, hello, hello");

Deno.test("openZip() reads stored and deflated entries, and lists no folders", async () => {
  const long = new Uint8Array(300_000).map((_, i) => (i * i) % 251);
  const archive = zipSync({
    "d/": new Uint8Array(0),
    "d/stored": [HELLO, { level: 0 }],
    "d/deflated": long,
    "empty": new Uint8Array(0),
  });
  await withZip(archive, async (path) => {
    using zip = await openPath(path);
    assertEquals([...zip.entries.keys()], ["d/stored", "d/deflated", "empty"]);
    const [stored, deflated, empty] = await Promise.all(
      ["d/stored", "d/deflated", "empty"].map((name) => zip.read(name)),
    );
    assertEquals(stored, HELLO);
    assertEquals(deflated, long);
    assertEquals(empty, new Uint8Array(0));
    assertEquals(joinBytes(await Array.fromAsync(zip.pieces("d/deflated"))), long);
    assertEquals(await zip.openStored("d/deflated"), undefined);
    const part = await zip.openStored("d/stored");
    assertEquals(await part!.readAt(7, 5), bytesOf("hello"));
    await unreadable(() => part!.readAt(25, 5), "d/stored");
    await unreadable(() => zip.read("none"), '"none"');
  });
});

Deno.test("openZip() reads ZIP64 archives", async () => {
  const entries = [{ name: "a", data: HELLO }, {
    name: "b",
    data: deflate(HELLO),
    method: 8,
    size: HELLO.length,
    crc: crc32(HELLO),
  }];
  await withZip(handmadeZip(entries, true), async (path) => {
    using zip = await openPath(path);
    assertEquals(await zip.read("a"), HELLO);
    assertEquals(await zip.read("b"), HELLO);
  });
});

Deno.test("openZip() reads 65,600 entries, with ZIP64 and with a count that wrapped", async () => {
  const entries = Array.from(
    { length: 65_600 },
    (_, i) => ({ name: `${i}`, data: bytesOf(`${i}`) }),
  );
  for (const zip64 of [true, false]) {
    await withZip(handmadeZip(entries, zip64), async (path) => {
      using zip = await openPath(path);
      assertEquals(zip.entries.size, 65_600);
      assertEquals(await zip.read("65599"), bytesOf("65599"));
    });
  }
});

Deno.test("read() refuses an entry whose CRC-32 differs, stored or deflated", async () => {
  const reason = `the zip entry is damaged: CRC-32 is ${
    crc32(HELLO).toString(16)
  }, expected 00000001`;
  await refusesEntry(handmadeZip([{ name: "a", data: HELLO, crc: 1 }]), reason);
  const deflated = { name: "a", data: deflate(HELLO), method: 8, size: HELLO.length, crc: 1 };
  await refusesEntry(handmadeZip([deflated]), reason);
});

Deno.test("read() refuses sizes that lie", async () => {
  const data = deflate(HELLO);
  const entry = { name: "a", data, method: 8, crc: crc32(HELLO) };
  await refusesEntry(
    handmadeZip([{ ...entry, size: 25 }]),
    "the zip entry is damaged: more than 25 bytes come out",
  );
  await refusesEntry(handmadeZip([{ ...entry, size: 27 }]), "26 bytes come out, expected 27");
  await refusesEntry(
    handmadeZip([{ ...entry, size: 26, localSize: 27 }]),
    "its header says 27 bytes, the directory says 26",
  );
  await refusesEntry(
    handmadeZip([{ name: "a", data: HELLO, size: 20 }]),
    "stored in 26 bytes, but said to hold 20",
  );
  await refusesEntry(
    handmadeZip([{ name: "a", data: new Uint8Array(3000), method: 8, size: 10 }]),
    "3000 compressed bytes for a content of 10",
  );
});

Deno.test("read() stops a bomb after what was announced, not after what comes out", async () => {
  const bomb = deflate(new Uint8Array(30_000_000));
  let inflated = 0;
  const count = new Inflate((piece) => inflated += piece.length);
  count.push(bomb, true);
  assertEquals(inflated, 30_000_000);
  const entry = { name: "a", data: bomb, method: 8, size: 100_000 };
  await refusesEntry(
    handmadeZip([entry]),
    "the zip entry is damaged: more than 100000 bytes come out",
  );
});

Deno.test("read() refuses entries above its limit before it allocates anything", async () => {
  const claim = { name: "a", data: deflate(HELLO), method: 8, size: 4_000_000_000 };
  await refusesEntry(
    handmadeZip([claim]),
    "it holds 4000000000 bytes, expected at most 33554520",
  );
  await refusesEntry(
    handmadeZip([{ name: "a", data: HELLO }]),
    "it holds 26 bytes, expected at most 25",
    25,
  );
});

Deno.test("read() refuses encrypted entries, other methods and damaged data", async () => {
  await refusesEntry(
    handmadeZip([{ name: "a", data: HELLO, flags: 1 }]),
    "the entry is encrypted, expected an open one",
  );
  await refusesEntry(
    handmadeZip([{ name: "a", data: HELLO, method: 12 }]),
    "compression method 12, expected 0 (stored) or 8 (deflated)",
  );
  const cut = deflate(HELLO).slice(0, -3);
  await refusesEntry(
    handmadeZip([{ name: "a", data: cut, method: 8, size: HELLO.length }]),
    "its compressed data are damaged: they end too early",
  );
});

Deno.test("openZip() refuses truncated files and other files", async () => {
  const good = handmadeZip([{ name: "a", data: HELLO }]);
  await refusesZip(good.subarray(0, good.length - 1), "truncated or not a zip");
  await refusesZip(new Uint8Array(0), "truncated or not a zip");
  await refusesZip(bytesOf("GalaxyID,Class1.1\n"), "truncated or not a zip");
  await unreadable(() => openPath("/no/such.zip"), "no such file or folder");
});

Deno.test("openZip() reads an archive with bytes before and behind it, and says so", async () => {
  const entries = [{ name: "a", data: HELLO }, { name: "b", data: bytesOf("b") }];
  for (const zip64 of [false, true]) {
    const archive = joinBytes([HELLO, handmadeZip(entries, zip64), new Uint8Array(70)]);
    await withZip(archive, async (path) => {
      using zip = await openPath(path);
      assertEquals(zip.warnings, [
        "26 bytes before the archive are left out", // the program of a self-extracting one
        "70 bytes behind the archive are left out",
      ]);
      assertEquals([await zip.read("a"), await zip.read("b")], [HELLO, bytesOf("b")]);
    });
  }
  await withZip(handmadeZip(entries), async (path) => {
    using zip = await openPath(path);
    assertEquals(zip.warnings, []);
  });
});

Deno.test("openZip() reads names in UTF-8, and in DOS's letters where they are not", async () => {
  const entries = [{ name: "é.txt", data: HELLO }, { name: "caf?.txt", data: HELLO }];
  const bytes = handmadeZip(entries);
  bytes.forEach((byte, i) => byte === 63 && bytes.set([0x82], i)); // é in code page 437
  await withZip(bytes, async (path) => {
    using zip = await openPath(path);
    assertEquals([...zip.entries.keys()], ["é.txt", "café.txt"]);
    assertEquals(await zip.read("café.txt"), HELLO);
  });
});

Deno.test("read() takes no more memory for a small entry than in proportion, unless it is told to", async () => {
  const zeros = new Uint8Array(40_000_000);
  const entry = { name: "a", data: deflate(zeros), method: 8, size: zeros.length };
  await withZip(handmadeZip([{ ...entry, crc: crc32(zeros) }]), async (path) => {
    using zip = await openPath(path);
    await unreadable(() => zip.read("a"), "it holds 40000000 bytes, expected at most 33866816");
    assertEquals((await zip.read("a", 2 ** 26)).length, zeros.length);
    let largest = 0;
    for await (const piece of zip.pieces("a")) largest = Math.max(largest, piece.length);
    assertEquals(largest <= 2 ** 22 + 2 ** 16, true);
  });
});

Deno.test("openZip() refuses entries that overlap, share a name, or climb out", async () => {
  const a = { name: "a", data: HELLO };
  await refusesZip(handmadeZip([a, { name: "b", data: HELLO, offset: 10 }]), "overlap");
  await refusesZip(handmadeZip([a, { name: "b", data: HELLO, offset: 0 }]), "overlap");
  await refusesZip(handmadeZip([{ ...a, offset: 500 }]), "overlap the central directory");
  await refusesZip(handmadeZip([a, a]), '"a"');
  for (const name of ["../a", "a/../../b", "/a", "C:a", "a\\b", "a\0b"]) {
    await refusesZip(handmadeZip([{ name, data: HELLO }]), "expected a relative path");
  }
});

Deno.test("no truncation and no changed byte of a zip gives anything but an InputError or the truth", async () => {
  const good = handmadeZip([{
    name: "a",
    data: deflate(HELLO),
    method: 8,
    size: 26,
    crc: crc32(HELLO),
  }]);
  await withFolder(async (folder) => {
    const path = `${folder}/x.zip`;
    const attempt = async (bytes: Uint8Array) => {
      await Deno.writeFile(path, bytes);
      try {
        using zip = await openPath(path);
        for (const name of zip.entries.keys()) assertEquals(await zip.read(name), HELLO);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    };
    for (let i = 0; i < good.length; i++) {
      await attempt(good.subarray(0, i));
      for (const flip of [1, 128, 255]) await attempt(good.with(i, good[i] ^ flip));
    }
  });
});
