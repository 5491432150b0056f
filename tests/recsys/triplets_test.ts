import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { gzipSync } from "node:zlib";
import { IdTable } from "../../recsys/id_table.ts";
import { readTripletFile, readTriplets, type ReadTripletsOptions } from "../../recsys/triplets.ts";
import type { Triplets } from "../../recsys/triplets.ts";
import { unreadable } from "../refusals.ts";
import { inFolder, joinBytes } from "../files/samples.ts";

const USER = "b80344d063b5ccb3212f76538f3d9e43d87dca9e";
const SONG = "SOAKIMP12A8C130995";
const encoder = new TextEncoder();

type Options = Partial<ReadTripletsOptions>;

function read(text: string | Uint8Array, options: Options = {}): Promise<Triplets> {
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  return readTriplets(bytes, { name: "plays.txt", ...options });
}

function rowsOf({ users, items, counts, userIds, itemIds }: Triplets): unknown[][] {
  return [...counts].map((count, at) => [userIds.id(users[at]), itemIds.id(items[at]), count]);
}

/** A stream of the bytes in pieces of one size. */
function streamOf(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

function manyLines(n: number): string {
  return Array.from({ length: n }, (_, i) => `user${i % 97}\tSO${i % 389}\t${1 + i % 7}\n`).join(
    "",
  );
}

const THREE = `${USER}\t${SONG}\t1\nbob\tSO2\t4294967295\n${USER}\tSO2\t3\n`;
const THREE_ROWS = [[USER, SONG, 1], ["bob", "SO2", 4294967295], [USER, "SO2", 3]];

Deno.test("readTriplets() numbers users and songs by first appearance", async () => {
  const triplets = await read(THREE);
  assertEquals(rowsOf(triplets), THREE_ROWS);
  assertEquals([[...triplets.users], [...triplets.items]], [[0, 1, 0], [0, 1, 1]]);
});

Deno.test("readTriplets() accepts a mark, CR LF, no last line end, blank lines at the end", async () => {
  const variants = [
    "\uFEFF" + THREE,
    THREE.replaceAll("\n", "\r\n"),
    THREE.trimEnd(),
    THREE + "\n \t\n\r\n",
  ];
  for (const text of variants) assertEquals(rowsOf(await read(text)), THREE_ROWS);
});

Deno.test("readTriplets() gives the same from pieces of any size, plain and gzip", async () => {
  const text = encoder.encode("\uFEFF" + THREE + manyLines(3000));
  const whole = await read(text);
  assertEquals(whole.counts.length, 3003);
  for (const [bytes, sizes] of [[text, [1, 2, 7, 1000]], [gzipSync(text), [7, 999]]] as const) {
    for (const size of sizes) {
      const parts = await readTriplets(streamOf(bytes, size), { name: "plays.txt" });
      assertEquals(rowsOf(parts), rowsOf(whole), `pieces of ${size}`);
    }
  }
});

Deno.test("readTriplets() goes on with the ids of an earlier file", async () => {
  const first = await read("a\tx\t1\nb\ty\t1\n");
  const { userIds, itemIds } = first;
  const second = await read("b\tz\t2\nc\tx\t2\n", { userIds, itemIds });
  assertEquals([[...second.users], [...second.items]], [[1, 2], [2, 0]]);
  assertEquals(userIds.ids(), ["a", "b", "c"]);
  assert(second.itemIds === itemIds && itemIds instanceof IdTable);
});

Deno.test("readTriplets() names file and line of every fault", async () => {
  const good = "a\tx\t1\n";
  const cases: [string, string][] = [
    ["a\tx\n", 'line 2, it has 2 fields in "a\\tx", expected 3 fields, user<TAB>song<TAB>count'],
    ["a x 1\n", 'it has 1 field in "a x 1"'],
    ["a\tx\t1\t1\n", "line 2, it has 4 fields"],
    ["\tx\t1\n", "line 2, column 1 is empty, expected a user id"],
    ["a\t\t1\n", "line 2, column 2 is empty, expected a song id"],
    [
      "a\tx\t\n",
      "line 2, column 3 is empty, expected a count, a whole number from 1 to 4294967295",
    ],
    ["a\tx\t-3\n", 'column 3 is "-3", expected a count, a whole number from 1 to 4294967295'],
    ["a\tx\t0\n", 'column 3 is "0", expected a count, a whole number from 1 to 4294967295'],
    ["a\tx\t1.5\n", 'column 3 is "1.5", expected a count'],
    ["a\tx\t1e3\n", 'column 3 is "1e3", expected a count'],
    ["a\tx\t 1\n", 'column 3 is " 1", expected a count'],
    ["a\tx\t4294967296\n", 'column 3 is "4294967296", expected a count'],
    ["a\tx\t99999999999999999999\n", 'column 3 is "99999999999999999999", expected a count'],
    [
      "a\t5\tx\n",
      'line 2, column 3 is "x", expected a count, a whole number from 1 to 4294967295; ' +
      "column 2 holds a number: are the columns swapped",
    ],
    ["5\ta\tx\n", "column 1 holds a number: are the columns swapped"],
    [
      `${SONG}\t${USER}\t1\n`,
      "line 2, column 1 is a song id and column 2 a user id, expected user<TAB>song<TAB>count",
    ],
    ["\n" + good, "line 2, it is blank, expected user<TAB>song<TAB>count"],
    ["a\0\tx\t1\n", "line 2, it has a zero byte, expected text in UTF-8"],
    ["a\0\n", "line 2, it has a zero byte, expected text in UTF-8"],
    [
      good + "a".repeat(2000) + "\tx\t1\n",
      "line 3, it is longer, expected at most 1024 bytes",
    ],
    ["a".repeat(1021) + "\tx\t1\n", "line 2, it is longer, expected at most 1024 bytes"],
  ];
  for (const [text, message] of cases) {
    const error = await unreadable(() => read(good + text));
    assert(error.message.startsWith("Cannot read plays.txt: line "), error.message);
    assert(error.message.includes(message), `${error.message}\nhas not\n${message}`);
    // The same with the fault in a stream's pieces, where the line is put together first.
    const bytes = encoder.encode(good + text);
    const streamed = () => readTriplets(streamOf(bytes, 5), { name: "plays.txt" });
    assertEquals((await unreadable(streamed)).message, error.message);
  }
  assertEquals((await read("a".repeat(1020) + "\tx\t1\n")).counts.length, 1);
});

Deno.test("readTriplets() names a header, an empty file and bytes that are not UTF-8", async () => {
  await unreadable(() => read("user\tsong\tplays\n"), "a header line is not read");
  for (const empty of ["", "\n\n", "\uFEFF"]) {
    await unreadable(() => read(empty), "plays.txt: it holds no lines, expected");
  }
  const latin = Uint8Array.of(0x61, 9, 0xE9, 9, 0x31, 10);
  await unreadable(() => read(latin), "line 1, column 2 has other bytes, expected text in UTF-8");
});

Deno.test("readTriplets() stops at once in a line of a gigabyte, plain or gzip", async () => {
  const piece = new Uint8Array(65536).fill(97);
  let [sent, cancelled] = [0, false];
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= 2 ** 30) return controller.close();
      controller.enqueue(piece);
      sent += piece.length;
    },
    cancel() {
      cancelled = true;
    },
  });
  await unreadable(
    () => readTriplets(endless, { name: "big.txt" }),
    "Cannot read big.txt: line 1, it is longer, expected at most 1024 bytes",
  );
  assertLess(sent, 2 ** 20);
  assert(cancelled, "the stream must be given back");
  const packed = gzipSync(new Uint8Array(2 ** 25).fill(97));
  await unreadable(() => read(packed), "line 1, it is longer, expected at most 1024 bytes");
});

Deno.test("readTriplets() refuses a damaged, cut or foreign gzip", async () => {
  const packed = new Uint8Array(gzipSync(encoder.encode(manyLines(20000))));
  assertEquals((await read(packed)).counts.length, 20000);
  for (const size of [2, 9, 20, 5000, packed.length - 9, packed.length - 1]) {
    await unreadable(() => read(packed.slice(0, size)), "plays.txt: it is cut short");
  }
  const cases: [number, string][] = [ // the byte that is changed
    [packed.length - 8, "with CRC-32"],
    [packed.length - 2, "expected"],
    [2, "it has other bytes, expected a gzip header"],
    [3, "it has other bytes, expected a gzip header"],
  ];
  for (const [at, message] of cases) {
    const damaged = packed.slice();
    damaged[at] ^= 0xFF;
    await unreadable(() => read(damaged), message);
  }
  const none = Uint8Array.of(0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 7); // a block type that is none
  await unreadable(() => read(none), "its compressed data are damaged");
});

Deno.test("readTriplets() reads all members of a gzip file", async () => {
  const texts = [THREE, "", manyLines(2000), manyLines(2000), "a\tx", "\t1\n"];
  for (const level of [0, 6]) {
    const parts = texts.map((text) => gzipSync(encoder.encode(text), { level }));
    const packed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (packed.set(part, at), at + part.length), 0);
    for (const size of [11, 500, 10 ** 6]) {
      const triplets = await readTriplets(streamOf(packed, size), { name: "plays.txt.gz" });
      assertEquals(rowsOf(triplets), rowsOf(await read(texts.join(""))), `pieces of ${size}`);
    }
  }
});

Deno.test("readTriplets() reads a gzip file with zeros or other bytes behind it, as gzip does", async () => {
  const packed = gzipSync(encoder.encode(THREE));
  const zeros = new Uint8Array(70_000);
  const left = (
    bytes: number,
  ) => [`its last ${bytes} bytes come after the gzip data and are left out`];
  const cases: [behind: readonly Uint8Array[], rows: string, warnings: readonly string[]][] = [
    [[], THREE, []],
    [[zeros], THREE, []], // tapes and disks pad with zeros
    [[Uint8Array.of(0x1F)], THREE, left(1)],
    [[encoder.encode("garbage")], THREE, left(7)],
    [[zeros, encoder.encode("garbage")], THREE, left(7)],
    [[zeros, packed], THREE + THREE, []],
    [[packed, packed.subarray(0, 9)], THREE + THREE, left(9)],
  ];
  for (const [behind, rows, warnings] of cases) {
    const bytes = joinBytes([packed, ...behind]);
    for (const size of [1, 1000]) {
      const triplets = await readTriplets(streamOf(bytes, size), { name: "plays.txt.gz" });
      assertEquals(rowsOf(triplets), rowsOf(await read(rows)));
      assertEquals(triplets.warnings, warnings);
    }
  }
  const cut = joinBytes([packed, packed.subarray(0, 15)]);
  await unreadable(() => read(cut), "it is cut short in the text of gzip member 2");
});

Deno.test("readTriplets() skips name, comment, extra field and checksum of a gzip header", async () => {
  const plain = gzipSync(encoder.encode(THREE));
  const extras = [3, 0, 0x41, 0, 0x42, ...encoder.encode("plays.txt\0a comment\0"), 0x12, 0x34];
  const header = [...plain.subarray(0, 3), 4 | 8 | 16 | 2, ...plain.subarray(4, 10)];
  const bytes = Uint8Array.of(...header, ...extras, ...plain.subarray(10));
  for (const size of [1, 13, 4096]) {
    const triplets = await readTriplets(streamOf(bytes, size), { name: "plays.txt.gz" });
    assertEquals(rowsOf(triplets), THREE_ROWS);
  }
  const endless = new Uint8Array(2 ** 19).fill(65);
  endless.set([0x1F, 0x8B, 8, 8]);
  await unreadable(() => read(endless), "its gzip header has more than");
});

Deno.test("readTriplets() reports progress, and what progress throws stops it", async () => {
  const text = manyLines(200_000);
  const seen: number[][] = [];
  const totalBytes = text.length;
  await read(text, { totalBytes, progress: (p) => seen.push([p.bytes, p.lines, p.totalBytes!]) });
  assertEquals(seen.length, 1 + Math.floor(totalBytes / 2 ** 20));
  assertEquals(seen.at(-1), [totalBytes, 200_000, totalBytes]);
  for (let i = 1; i < seen.length; i++) assert(seen[i][0] > seen[i - 1][0]);
  const stop = () => {
    throw new DOMException("stopped", "AbortError");
  };
  await assertRejects(() => read(text, { progress: stop }), DOMException, "stopped");
});

inFolder.test("readTripletFile() reads a file, refuses a folder and closes what it opened", async (folder) => {
  const path = `${folder}/plays.txt.gz`;
  await Deno.writeFile(path, gzipSync(encoder.encode(THREE)));
  assertEquals(rowsOf(await readTripletFile(path)), THREE_ROWS);
  await Deno.writeTextFile(`${folder}/bad.txt`, "a\tx\t1\n" + "a\tx\n".repeat(100_000));
  await unreadable(
    () => readTripletFile(`${folder}/bad.txt`, { name: "bad.txt" }),
    "Cannot read bad.txt: line 2",
  );
  await unreadable(() => readTripletFile(folder), "it is a folder");
});
