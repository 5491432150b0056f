/** Folders of music: what is read, what is left out and said, and a message for each fault. */
import { assert, assertEquals } from "@std/assert";
import { gzipSync } from "node:zlib";
import { zipSync } from "../../../deps_fflate.ts";
import { encodeAiff } from "../../../audio/aiff.ts";
import { encodeWav } from "../../../audio/wav.ts";
import { rowLengths } from "../../../recsys/interactions.ts";
import { type MusicFolderOptions, openMusicFolder } from "../../../tasks/music/data.ts";
import { readSongTable, writeSongTable } from "../../../tasks/music/song_table.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { bytesOf, inFolder, withFolder, writeFiles } from "../../files/samples.ts";
import { rejects, unreadable } from "../../refusals.ts";

const said: string[] = [];
const progress = new Progress({ write: (text) => said.push(text), isTerminal: false });

function wave(rate: number, hertz: number): Uint8Array<ArrayBuffer> {
  const samples = Float64Array.from(
    { length: rate / 10 },
    (_, i) => Math.sin(2 * Math.PI * hertz * i / rate) / 2,
  );
  return encodeWav({ rate, channels: [samples, samples] });
}

const AIFF = encodeAiff(Int16Array.from({ length: 400 }, (_, i) => 100 * (i % 7)), 22_050);

const NOBODY = { listeners: 0, plays: 0 };

/** Three songs; C has no plays, D has no sound. */
const FOLDER = {
  "audio/A.wav": wave(44_100, 440),
  "audio/B.aiff": AIFF,
  "audio/C.wav": wave(22_050, 300),
  "audio/cover.jpg": "a picture is no sound",
  "train_triplets.txt": "u\tA\t3\nu\tB\t1\nv\tA\t2\nv\tD\t9\nw\tD\t1\n",
  "tracks.csv": 'song_id,collection,artist,title\nA,jazz,Ann,"One, two"\n',
};

async function opening(
  files: Readonly<Record<string, Uint8Array | string>>,
  options: Partial<MusicFolderOptions>,
  check: (open: () => ReturnType<typeof openMusicFolder>) => Promise<void>,
) {
  await withFolder(async (data) => {
    await writeFiles(data, files);
    said.length = 0;
    const limits = { leastPlays: 1, leastListeners: 1 };
    await check(() => openMusicFolder({ data, progress, ...limits, ...options }));
  });
}

async function refused(
  change: Readonly<Record<string, Uint8Array | string | undefined>>,
  ...words: string[]
) {
  const files = Object.entries({ ...FOLDER, ...change }).filter(([, content]) => content);
  await opening(Object.fromEntries(files) as Record<string, string>, {}, async (open) => {
    const { message } = await unreadable(open);
    for (const word of words) assert(message.includes(word), message);
  });
}

Deno.test("an id is the same name however a system composes its accents", async () => {
  const files = {
    "audio/cafe\u0301.wav": wave(22_050, 300),
    "train_triplets.txt": "u\tcaf\u00e9\t3\n",
    "tracks.csv": "song_id,title\ncafe\u0301,Coffee\n",
  };
  await opening(files, {}, async (open) => {
    const { songs, plays } = await open();
    assertEquals(songs.map(({ id, title }) => [id, title]), [["caf\u00e9", "Coffee"]]);
    assertEquals([...rowLengths(plays.byItem)], [1]);
  });
});

Deno.test("songs need sound, not plays; listeners need songs with sound", async () => {
  await opening(FOLDER, {}, async (open) => {
    const { songs, listeners, plays, use, samples, synthetic } = await open();
    assertEquals(songs.map(({ id, title, artist, genre }) => [id, title, artist, genre]), [
      ["A", "One, two", "Ann", "jazz"],
      ["B", "B", "", ""],
      ["C", "C", "", ""],
    ]);
    assertEquals([listeners.join(), synthetic], ["u,v", false]);
    assertEquals([...rowLengths(plays.byItem)], [2, 1, 0]);
    assertEquals(use, [{ listeners: 2, plays: 5 }, { listeners: 1, plays: 1 }, NOBODY]);
    assertEquals([...plays.byUser.counts], [3, 1, 2]);
    assertEquals((await samples(0)).length, 2205); // half of 4,410 at 44.1 kHz, of two channels
    const again = await samples(2);
    const root = Math.sqrt(again.reduce((sum, x) => sum + x * x, 0) / again.length);
    assert(Math.abs(root - 0.1) < 1e-6, `${root}`);
    await rejects(async () => await samples(3), "song is 3, expected a whole number");
    assert(said.some((line) => line.includes("1 songs have plays but no sound")), `${said}`);
    assert(said.includes("left out: 1 file of another ending (cover.jpg)\n"), `${said}`);
    assert(said.some((line) => line.includes("1 listeners of fewer than 1 songs")), `${said}`);
  });
});

inFolder.test("a zip is read as its folder is: in one zip, below a top folder, with the sound zipped", async (folder) => {
  const limits = { leastPlays: 1, leastListeners: 1 };
  await writeFiles(`${folder}/plain`, FOLDER);
  using plain = await openMusicFolder({ data: `${folder}/plain`, progress, ...limits });
  const bytes = Object.fromEntries(
    Object.entries(FOLDER).map(([name, content]) => [
      name,
      typeof content === "string" ? bytesOf(content) : content,
    ]),
  );
  const sounds = Object.entries(bytes).filter(([name]) => name.startsWith("audio/"));
  const others = Object.entries(bytes).filter(([name]) => !name.startsWith("audio/"));
  const zips = {
    "flat.zip": zipSync(bytes),
    "top.zip": zipSync({ top: bytes }),
    "nested.zip": zipSync({
      ...Object.fromEntries(others),
      "audio.zip": zipSync(Object.fromEntries(sounds)),
    }),
  };
  await writeFiles(folder, zips);
  for (const name of Object.keys(zips)) {
    using zipped = await openMusicFolder({ data: `${folder}/${name}`, progress, ...limits });
    assertEquals(zipped.songs, plain.songs, name);
    assertEquals(zipped.plays, plain.plays, name);
    assertEquals(await zipped.samples(1), await plain.samples(1), name);
  }
});

Deno.test("limits hold together: who falls below one takes others along", async () => {
  const plays = "u\tA\t1\nu\tB\t1\nv\tA\t1\nv\tC\t1\nw\tA\t1\nw\tB\t1\n";
  const options = { leastPlays: 2, leastListeners: 2 };
  await opening({ ...FOLDER, "train_triplets.txt": plays }, options, async (open) => {
    const { listeners, plays, played, use, songs } = await open();
    assertEquals(listeners, ["u", "w"]); // C has one listener; without it v has one song
    assertEquals([songs.length, ...rowLengths(plays.byItem)], [3, 2, 2, 0]);
    assertEquals([...rowLengths(played.byItem)], [2, 2, 0]);
    assertEquals(use.map(({ listeners }) => listeners), [3, 2, 1]); // v's plays are plays
  });
  await opening(FOLDER, { leastPlays: undefined }, async (open) => {
    await unreadable(open, "none of 3 listeners has 5 or more of 3 songs");
  });
});

Deno.test("a song below a limit is learnt from no longer, and played still", async () => {
  const plays = "u\tA\t1\nu\tB\t1\nu\tC\t4\nw\tA\t1\nw\tB\t1\n";
  const options = { leastPlays: 2, leastListeners: 2 };
  await opening({ ...FOLDER, "train_triplets.txt": plays }, options, async (open) => {
    const { plays, played } = await open();
    assertEquals([...rowLengths(plays.byItem)], [2, 2, 0]);
    assertEquals([...rowLengths(played.byItem)], [2, 2, 1]);
  });
});

Deno.test("silent songs are counted and named: zeros, a constant, less than a step of 16 bits", async () => {
  const sound = (value: (i: number) => number, depth?: "24") =>
    encodeWav(
      { rate: 22_050, channels: [Float64Array.from({ length: 2205 }, (_, i) => value(i))] },
      depth,
    );
  const files = {
    ...FOLDER,
    "audio/E.wav": sound(() => 0),
    "audio/F.wav": sound(() => 0.25),
    "audio/G.wav": sound((i) => i % 2 * 2 ** -15, "24"),
    "audio/H.wav": sound((i) => i % 2 * 2 ** -13),
  };
  await opening(files, {}, async (open) => {
    const { songs, silent, samples } = await open();
    const named = songs.filter((_, song) => silent[song]).map(({ id }) => id);
    assertEquals(named.join(), "E,F,G");
    assert((await samples(songs.findIndex(({ id }) => id === "F"))).every((x) => x === 0));
    const line = said.find((line) => line.startsWith("3 of 7 songs are silent"));
    assert(
      /\/audio\/E\.wav, \/.*\/audio\/F\.wav, \/.*\/audio\/G\.wav\n$/.test(line ?? ""),
      `${said}`,
    );
  });
});

Deno.test("a song without a whole frame is found at opening and named", async () => {
  const files = {
    ...FOLDER,
    "audio/B.wav": encodeWav({ rate: 22_050, channels: [Float64Array.of(0.5)] }),
    "audio/B.aiff": undefined,
  };
  const some = Object.fromEntries(
    Object.entries(files).filter(([, bytes]) => bytes),
  ) as typeof FOLDER;
  await opening(some, { least: 2000 }, async (open) => {
    await unreadable(
      open,
      "audio/B.wav: it lasts 0.000045 s, expected at least 0.091 s: 2000 samples",
    );
  });
  await opening(some, { least: 2000, onBad: "skip" }, async (open) => {
    const { songs, badFiles } = await open();
    assertEquals([
      songs.map(({ id }) => id).join(),
      badFiles.map(({ name }) => name.replace(/^\/.*\/audio\//, "/")).join(),
    ], [
      "A,C",
      "/B.wav",
    ]);
  });
});

Deno.test("gzip plays and the dataset's list of mismatches are read", async () => {
  const { "train_triplets.txt": plain, ...rest } = FOLDER;
  const files = {
    ...rest,
    "train_triplets.txt.gz": new Uint8Array(gzipSync(plain)),
    "mismatched.txt": "ERROR: <B TRX> Somebody - Something  !=  Other\nC\nZ\n",
  };
  await opening(files, {}, async (open) => {
    assertEquals((await open()).songs.map(({ id }) => id), ["A"]);
    assert(said.some((line) => line.startsWith("2 songs are named in mismatched.txt")), `${said}`);
  });
});

Deno.test("a sound that was cut off is heard as far as it goes, and said once", async () => {
  await opening({ ...FOLDER, "audio/B.aiff": AIFF.subarray(0, -200) }, {}, async (open) => {
    const { songs, samples } = await open();
    assertEquals(songs.length, 3);
    assertEquals((await samples(1)).length, 300);
    const cut = 'B.aiff: chunk "SSND" should have 808 bytes, the file has 608 for it\n';
    assertEquals(said.filter((line) => line.endsWith(cut)).length, 1);
    assert(said.includes("files read with a warning: 1\n"), `${said}`);
  });
});

Deno.test("a bad sound stops the opening by name, or is left out by name", async () => {
  const files = { ...FOLDER, "audio/B.aiff": AIFF.subarray(0, 30), "audio/C.wav": "" };
  await opening(files, { onBad: "skip" }, async (open) => {
    const { songs, badFiles } = await open();
    assertEquals([
      songs.length,
      badFiles.map(({ name }) => name.replace(/^\/.*\/audio\//, "/")).join(),
    ], [
      1,
      "/B.aiff,/C.wav",
    ]);
    assert(badFiles[1].reason.includes("empty"), badFiles[1].reason);
  });
  await refused({ "audio/A.wav": "fLaC and more" }, "audio/A.wav", "FLAC");
});

Deno.test("a folder that lacks something says what, and what it has", async () => {
  await refused({ "train_triplets.txt": undefined }, "train_triplets.txt.gz", "audio/, tracks.csv");
  await refused({ "train_triplets.txt": "u\tA\n" }, "train_triplets.txt", "line 1");
  await refused({ "audio/A.mp3": "x" }, "audio/A.wav are both of song A");
  await refused({ "audio/A\n2.wav": "x" }, '/audio/A\\n2.wav" has a line break in its name');
  await refused({ "tracks.csv": "id\nA\n" }, 'line 1, expected a column "song_id", found "id"');
  const { "train_triplets.txt": plays } = FOLDER;
  await opening({ "train_triplets.txt": plays }, {}, async (open) => {
    await unreadable(open, "expected audio/<song id>.wav");
  });
  await opening({ "train_triplets.txt": plays, "audio/x.jpg": "x" }, {}, async (open) => {
    await unreadable(open, "found x.jpg");
  });
  await withFolder(async (folder) => {
    const missing = `${folder}/nowhere`;
    await unreadable(() => openMusicFolder({ data: missing, progress }), missing);
  });
});

Deno.test("a table of songs reads back, and its faults have lines", async () => {
  const songs = [
    { id: "A", artist: 'The "Quotes"', title: "Commas, and\nlines", genre: "rock" },
    { id: "B", artist: "", title: "B", genre: "" },
  ];
  assertEquals([...(await readSongTable(bytesOf(writeSongTable(songs)), "t.csv")).values()], songs);
  const fails = (text: string, message: string) =>
    unreadable(() => readSongTable(bytesOf(text), "t.csv"), message);
  await fails("", "found an empty file");
  await fails("song_id,title\nA,x\nB\n", "line 3, it has 1 cells, expected 2");
  await fails("song_id\nA\nA\n", 'line 3, column "song_id": the id "A" comes a second time');
  await fails(
    'song_id,title\r\n"A\nB",x\r\n,y\r\n',
    'line 4, column "song_id" is empty, expected an id',
  );
  await fails('song_id\nA"B\n', 'line 2, a quote stands inside the unquoted cell "A"');
  await unreadable(() => readSongTable(Uint8Array.of(0xff), "t.csv"), "UTF-8");
});
