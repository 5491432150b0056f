/** Readers of tables, lists and texts. */
import { gzipSync } from "node:zlib";
import { memorySource } from "../../../files/byte_source.ts";
import { plainPieces } from "../../../files/gunzip.ts";
import { NUMBER, parseJson, parseJsonLines, TABLE, TEXT, TEXTS } from "../../../files/json.ts";
import { readTable } from "../../../files/table.ts";
import { openZip } from "../../../files/zip.ts";
import { zipSync } from "../../../deps_fflate.ts";
import { playsOf } from "../../../recsys/plays_of.ts";
import { readTriplets } from "../../../recsys/triplets.ts";
import { ANSWER_COLUMNS, ID_COLUMN } from "../../../tasks/galaxy/questions.ts";
import { readSongTable } from "../../../tasks/music/song_table.ts";
import { bytesOf, handmadeZip, joinBytes } from "../../files/samples.ts";
import { sampleTable } from "../../tasks/galaxy/samples.ts";
import type { FileBytes, FuzzedReader } from "../reader.ts";

const CSV = 'id,a,note,b\n7,0.5,"said ""no"",\ntwice",1\r\n8,-2e-3,é,3\n';
const SONGS = 'song_id,title,artist,genre\nSO1,"Rain, again",Ann,folk\nSO2,Sun,Bob,rock\n';
const PLAYS = "ann\tSO1\t3\nbob\tSO2\t4294967295\nann\tSO2\t1\nbob\tSO2\t1\nann\tSO1\t2\n";

const gzip = (text: string, level = 6): FileBytes =>
  Uint8Array.from(gzipSync(bytesOf(text), { level }));

function zips(): FileBytes[] {
  const files = { "a.txt": bytesOf(PLAYS), "folder/b.csv": bytesOf(CSV), "c": new Uint8Array(0) };
  const entries = Object.entries(files).map(([name, data]) => ({ name, data }));
  return [
    Uint8Array.from(zipSync(files)),
    handmadeZip(entries),
    handmadeZip(entries, true),
    joinBytes([bytesOf("#!/bin/sh\n"), handmadeZip(entries), new Uint8Array(9)]),
    Uint8Array.from(zipSync({ zeros: new Uint8Array(100_000) }, { level: 9 })),
  ];
}

/** Reads all of a zip, whole and in pieces; one bad entry ends it. */
async function readZip(bytes: FileBytes): Promise<number> {
  using zip = await openZip(memorySource(bytes, "a.zip"));
  let total = 0;
  for (const name of zip.entries.keys()) {
    total += (await zip.read(name)).length;
    for await (const piece of zip.pieces(name)) total += piece.length;
    await zip.openStored(name);
  }
  return total;
}

async function readGzip(bytes: FileBytes): Promise<number> {
  let total = 0;
  for await (const piece of plainPieces(bytes, "Cannot read a.gz")) total += piece.length;
  return total;
}

export const TABLE_READERS: readonly FuzzedReader[] = [
  {
    name: "table",
    seeds: () => [bytesOf(CSV), bytesOf(`\uFEFF${CSV}`), bytesOf(CSV.replaceAll("\n", "\r\n"))],
    read: (bytes) => readTable(bytes, { name: "a.csv", idColumn: "id", columns: ["a", "b"] }),
  },
  {
    name: "labels",
    seeds: () => [bytesOf(sampleTable(["100", "200"]))],
    read: (bytes) =>
      readTable(bytes, {
        name: "labels.csv",
        idColumn: ID_COLUMN,
        columns: ANSWER_COLUMNS,
        range: { min: 0, max: 1 },
      }),
  },
  {
    name: "songs",
    seeds: () => [bytesOf(SONGS)],
    read: (bytes) => readSongTable(bytes, "tracks.csv"),
  },
  {
    name: "triplets",
    seeds: () => [bytesOf(PLAYS), bytesOf(PLAYS.replaceAll("\n", "\r\n")), gzip(PLAYS)],
    read: async (bytes) => playsOf([await readTriplets(bytes, { name: "plays.txt" })]),
  },
  {
    name: "gzip",
    seeds: () => [
      gzip(PLAYS),
      gzip("a".repeat(100_000)),
      joinBytes([gzip(PLAYS, 0), gzip(CSV), new Uint8Array(20)]),
    ],
    read: readGzip,
  },
  { name: "zip", seeds: zips, read: readZip },
  {
    name: "json",
    seeds: () => [
      bytesOf('{"kind": "cetus", "step": 12, "train": ["a", "b"], "more": {"x": [1, null]}}'),
    ],
    read: (bytes) =>
      parseJson("a.json", new TextDecoder().decode(bytes), {
        kind: TEXT,
        step: NUMBER,
        train: TEXTS,
        more: TABLE,
      }),
  },
  {
    name: "lines",
    seeds: () => [bytesOf('{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 0.25}\n')],
    read: (bytes) => parseJsonLines("a.jsonl", new TextDecoder().decode(bytes), { step: NUMBER }),
  },
];
