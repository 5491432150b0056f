import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type BlockMaker, openBlocks } from "../../../files/disk/block_cache.ts";
import { pixelChecksum } from "../../../files/disk/block_file.ts";
import { decodeJpeg } from "../../../files/jpeg.ts";
import { openImages, type OpenImagesOptions } from "../../../files/disk/jpeg_blocks.ts";
import { type ImageSource, openImageFolder } from "../../../files/disk/image_source.ts";
import { rejects, unreadable } from "../../refusals.ts";
import { bytesOf, inFolder, joinBytes, sampleJpeg, withFolder, writeFiles } from "../samples.ts";

const SIZE = { height: 16, width: 24 };
const EACH = 16 * 24 * 3;

function pixelsOf(seed: number): Uint8Array {
  return decodeJpeg("x", sampleJpeg(seed), SIZE).pixels;
}

/** A folder of JPEGs with ids 100 and up, and a cache folder beside it. */
async function withImages(
  n: number,
  replaced: Readonly<Record<string, Uint8Array>>,
  body: (source: ImageSource, options: OpenImagesOptions, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const files: Record<string, Uint8Array> = {};
    for (let i = 0; i < n; i++) files[`jpegs/${100 + i}.jpg`] = sampleJpeg(i);
    for (const [id, bytes] of Object.entries(replaced)) files[`jpegs/${id}.jpg`] = bytes;
    await writeFiles(folder, files);
    using source = await openImageFolder(`${folder}/jpegs`);
    await body(source, { ...SIZE, cacheDir: `${folder}/cache`, workers: 2 }, folder);
  });
}

/** Opens, reads everything, closes. */
async function readAll(source: ImageSource, options: OpenImagesOptions) {
  const phases: string[] = [];
  const progress = (_done: number, _total: number, phase: string) => phases.push(phase);
  await using store = await openImages(source, source.ids, { ...options, progress });
  const pixels = await store.read(store.ids.map((_, i) => i));
  const decoded = phases.filter((phase) => phase === "decoding").length;
  return { ids: store.ids, badFiles: store.badFiles, pixels, decoded };
}

function cacheFiles(options: OpenImagesOptions): string[] {
  return [...Deno.readDirSync(options.cacheDir)].map(({ name }) => `${options.cacheDir}/${name}`)
    .sort();
}

Deno.test("a hit gives the bytes of a miss, and any number of workers the same files", async () => {
  await withImages(70, {}, async (source, options) => {
    const miss = await readAll(source, options);
    assertEquals(miss.decoded, 70);
    assertEquals(miss.ids.length, 70);
    assertEquals(miss.pixels.subarray(69 * EACH), pixelsOf(69));
    const hit = await readAll(source, options);
    assertEquals(hit, { ...miss, decoded: 0 });
    const other = { ...options, cacheDir: `${options.cacheDir}-1`, workers: 1 };
    assertEquals(await readAll(source, other), miss);
    assertEquals(cacheFiles(other).length, 2);
    const contents = (from: OpenImagesOptions) => cacheFiles(from).map((f) => Deno.readFileSync(f));
    assertEquals(contents(other), contents(options));
  });
});

Deno.test("read() gives any images in any order, into a buffer that is handed in", async () => {
  await withImages(66, {}, async (source, options) => {
    await using store = await openImages(source, source.ids, options);
    assertEquals([store.height, store.width], [16, 24]);
    const picked = [65, 0, 63, 64, 0];
    const into = new Uint8Array(6 * EACH).fill(7);
    const [pixels, again] = await Promise.all([store.read(picked, into), store.read(picked)]);
    assertEquals(pixels.buffer, into.buffer);
    assertEquals(pixels.length, 5 * EACH);
    assertEquals(pixels, again);
    picked.forEach((index, n) => {
      assertEquals(pixels.subarray(n * EACH, (n + 1) * EACH), pixelsOf(index));
    });
    assertEquals(into.at(-1), 7);
    assertEquals((await store.read([])).length, 0);
    await rejects(() => store.read([66]), "from 0 to 65");
    await rejects(() => store.read([1.5]), "index is 1.5, expected");
    await rejects(
      () => store.read([1, 2], new Uint8Array(EACH)),
      "into.length is 1152, expected at least 2304",
    );
  });
});

const BAD = {
  "103": new Uint8Array(0),
  "105": bytesOf("id,a\n"),
  "168": sampleJpeg(68).subarray(0, 300),
};
const BAD_FILES = [
  { name: "103.jpg", reason: "the file is empty" },
  { name: "105.jpg", reason: 'it is text ("id,a"), expected a JPEG image' },
  {
    name: "168.jpg",
    reason: "the file is truncated: it ends after 300 bytes without an end-of-image marker",
  },
];

Deno.test("onBad skip leaves bad files out and lists them, from the cache as well", async () => {
  await withImages(70, BAD, async (source, options) => {
    for (let run = 0; run < 2; run++) {
      const result = await readAll(source, { ...options, onBad: "skip" });
      assertEquals(
        result.badFiles,
        BAD_FILES.map((bad) => ({ ...bad, name: `${source.name}/${bad.name}` })),
      );
      assertEquals(result.ids, source.ids.filter((id) => !(id in BAD)));
      assertEquals(result.pixels.subarray(3 * EACH, 4 * EACH), pixelsOf(4));
      assertEquals(result.pixels.subarray(66 * EACH), pixelsOf(69));
      assertEquals(result.decoded, run === 0 ? 70 : 0);
    }
  });
});

Deno.test("what was passed over in a file is told again when its block comes from the cache", async () => {
  const longer = Uint8Array.from([...sampleJpeg(1), 1, 2, 3]);
  await withImages(4, { "101": longer, "102": bytesOf("text") }, async (source, options) => {
    for (const _ of ["decoded", "cached"]) {
      await using store = await openImages(source, source.ids, { ...options, onBad: "skip" });
      assertEquals(store.badFiles.map(({ name }) => name), [`${source.name}/102.jpg`]);
      const warning = "its last 3 bytes come after the end of the image and are left out";
      assertEquals(store.warnings, [{ name: `${source.name}/101.jpg`, warnings: [warning] }]);
    }
  });
});

Deno.test("onBad stop names the first bad file in id order and leaves nothing half written", async () => {
  await withImages(
    10,
    { "102": sampleJpeg(2, 8, 8), "103": new Uint8Array(0) },
    async (source, options) => {
      for (const workers of [1, 3]) {
        const error = await unreadable(() =>
          openImages(source, source.ids, { ...options, workers })
        );
        assertEquals(
          error.message,
          `Cannot decode ${source.name}/102.jpg: it has 8 x 8 pixels, expected 24 x 16`,
        );
        assertEquals(cacheFiles(options), []);
      }
      // Blocks that another run made while skipping do not hide the bad file.
      await readAll(source, { ...options, onBad: "skip" });
      await unreadable(() => openImages(source, source.ids, options), "102.jpg");
    },
  );
});

Deno.test("onBad stop keeps the blocks finished before the bad file", async () => {
  await withImages(70, { "168": new Uint8Array(0) }, async (source, options) => {
    await unreadable(() => openImages(source, source.ids, options), "168.jpg");
    assertEquals(cacheFiles(options).length, 1);
    assert(cacheFiles(options)[0].endsWith(".u8"));
  });
});

Deno.test("an unreadable file counts as bad", async () => {
  await withImages(3, {}, async (source, options, folder) => {
    await Deno.remove(`${folder}/jpegs/101.jpg`);
    const result = await readAll(source, { ...options, onBad: "skip" });
    assertEquals(result.ids, ["100", "102"]);
    assertEquals(source.name, `${folder}/jpegs`);
    const name = `${folder}/jpegs/101.jpg`;
    assertEquals(result.badFiles, [{ name, reason: "no such file or folder" }]);
    await unreadable(() => openImages(source, source.ids, options), "jpegs/101.jpg");
  });
});

Deno.test("damaged block files are rebuilt, wherever the damage is", async () => {
  await withImages(5, {}, async (source, options) => {
    const good = await readAll(source, options);
    const [file] = cacheFiles(options);
    const bytes = Deno.readFileSync(file);
    const damaged = [
      new Uint8Array(0),
      bytes.subarray(0, 40),
      bytes.subarray(0, bytes.length - 1),
      joinBytes([bytes, Uint8Array.of(0)]),
      ...[0, 9, 13, 40, bytes.length - 5 * EACH, bytes.length - 1].map((at) =>
        bytes.with(at, bytes[at] ^ 4)
      ),
    ];
    for (const content of damaged) {
      Deno.writeFileSync(file, content);
      const again = await readAll(source, options);
      assertEquals({ ...again, decoded: 5 }, good);
      assertEquals(Deno.readFileSync(file), bytes);
    }
  });
});

Deno.test("a block damaged or removed while the store is open is rebuilt at the next read", async () => {
  await withImages(5, {}, async (source, options) => {
    await using store = await openImages(source, source.ids, options);
    const [file] = cacheFiles(options);
    const bytes = Deno.readFileSync(file);
    Deno.writeFileSync(file, bytes.fill(1, -EACH));
    assertEquals(await store.read([4]), pixelsOf(4));
    Deno.removeSync(file);
    assertEquals(await store.read([3]), pixelsOf(3)); // a file that is open stays readable
  });
});

Deno.test("changed bytes, ids or sizes never meet an old block", async () => {
  await withImages(3, {}, async (source, options, folder) => {
    await readAll(source, options);
    Deno.writeFileSync(`${folder}/jpegs/101.jpg`, sampleJpeg(50));
    const changed = await readAll(source, options);
    assertEquals(changed.decoded, 3);
    assertEquals(changed.pixels.subarray(EACH, 2 * EACH), pixelsOf(50));
    await using fewer = await openImages(source, ["100", "102"], options);
    assertEquals(await fewer.read([1]), pixelsOf(2));
    await unreadable(
      () => openImages(source, source.ids, { ...options, height: 17 }),
      "24 x 16 pixels, expected 24 x 17",
    );
    assertEquals(cacheFiles(options).length, 3);
  });
});

Deno.test("progress counts every image once, in order", async () => {
  await withImages(66, {}, async (source, options) => {
    for (const expected of [Array.from({ length: 66 }, (_, i) => i + 1), [64, 66]]) {
      const seen: number[] = [];
      const progress = (done: number, total: number) => {
        assertEquals(total, 66);
        seen.push(done);
      };
      await using _ = await openImages(source, source.ids, { ...options, progress });
      assertEquals(seen, expected);
    }
  });
});

Deno.test("a cache folder that cannot be written is named", async () => {
  await withImages(2, {}, async (source, options, folder) => {
    const cacheDir = `${folder}/jpegs/100.jpg/x`;
    await unreadable(() => openImages(source, source.ids, { ...options, cacheDir }), cacheDir);
  });
});

Deno.test("pixelChecksum() changes with every byte, whatever the alignment", () => {
  const bytes = Uint8Array.from({ length: 23 }, (_, i) => i * 7);
  const base = pixelChecksum(bytes);
  for (let i = 0; i < bytes.length; i++) {
    assertNotEquals(pixelChecksum(bytes.with(i, bytes[i] ^ 16)), base);
  }
  const shifted = new Uint8Array(24);
  shifted.set(bytes, 1);
  assertEquals(pixelChecksum(shifted.subarray(1)), base);
});

/** Makes grey images of one pixel whose brightness is their place, with a note each. */
function greyMaker(made: number[]): () => BlockMaker {
  return () => ({
    name: "greys",
    phase: "synthesising",
    fileName: (id) => `grey ${id}`,
    plan: (ids, start) =>
      Promise.resolve({
        content: ["greys", start, ids.length],
        images: async function* () {
          for (let i = start; i < start + ids.length; i++) {
            made.push(i);
            yield await Promise.resolve({ pixels: new Uint8Array(3).fill(i), note: { place: i } });
          }
        },
      }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

inFolder.test("blocks of any maker keep their notes, and only damaged ones are made anew", async (folder) => {
  const ids = Array.from({ length: 130 }, (_, i) => `${i}`);
  const options = { height: 1, width: 1, cacheDir: `${folder}/cache` };
  const made: number[] = [];
  const open = () => openBlocks(greyMaker(made), ids, options);
  await (await open())[Symbol.asyncDispose]();
  assertEquals(made, ids.map(Number));

  await using store = await open();
  assertEquals(made.length, 130);
  assertEquals(store.notes[129], { place: 129 });
  assertEquals([...await store.read([129, 64])], [129, 129, 129, 64, 64, 64]);

  for (const { name } of Deno.readDirSync(options.cacheDir)) {
    const path = `${options.cacheDir}/${name}`;
    const bytes = Deno.readFileSync(path);
    bytes[bytes.length - 1] ^= 1; // in the last pixel of every block
    Deno.writeFileSync(path, bytes);
  }
  assertEquals([...await store.read([127])], [127, 127, 127]);
  assertEquals(made.slice(130), ids.slice(64, 128).map(Number));
});
