import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  type ChallengeOptions,
  challengeTable,
  evaluateChallenge,
} from "../../../../tasks/music/challenge/challenge.ts";
import { readChallenge } from "../../../../tasks/music/challenge/files.ts";
import { scoreHidden } from "../../../../tasks/music/challenge/scores.ts";
import { key } from "../../../../gpu/random.ts";
import { ndarray } from "../../../../gpu/tensor.ts";
import { Progress } from "../../../../tasks/run/progress.ts";
import { randomArray, sharedGpu, test } from "../../../check.ts";
import { writeFiles } from "../../../files/samples.ts";
import { unreadable } from "../../../refusals.ts";

const [USERS, ITEMS] = [30, 24];
const config = { factors: 4, regularisation: 1 };
const progress = new Progress({ write: () => {}, isTerminal: false });

/** Of even users even items, of odd ones odd; users from 20 on are evaluated, and see every fourth. */
const TASTE = Array.from(
  { length: USERS },
  (_, user) => Array.from({ length: ITEMS / 2 }, (_, at) => 2 * at + user % 2),
);
const line = (user: number, item: number) => `u${user}\ti${item}\t${1 + (user + item) % 5}\n`;
const linesOf = (from: number, to: number, keep: (at: number) => boolean) =>
  TASTE.slice(from, to).flatMap((items, at) =>
    items.filter((_, place) => keep(place)).map((item) => line(from + at, item))
  ).join("");
// The evaluation users stand in falling order, so that order of appearance is not that of names.
const TRAIN = linesOf(0, 20, () => true);
const VISIBLE = linesOf(20, USERS, (at) => at % 2 === 0).trimEnd().split("\n").reverse().join("\n");
const HIDDEN = linesOf(20, USERS, (at) => at % 2 === 1);
const ORDER = Array.from({ length: 10 }, (_, at) => `u${29 - at}`);

async function folderOf(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await Deno.makeTempDir();
  await writeFiles(folder, files);
  return folder;
}

const whole = (more: Record<string, string | Uint8Array> = {}) =>
  folderOf({
    "train_triplets.txt": TRAIN,
    "eval_triplets_visible.txt": VISIBLE,
    "eval_triplets_hidden.txt": HIDDEN,
    ...more,
  });

async function evaluate(data: string, options: Partial<ChallengeOptions> = {}) {
  const gpu = await sharedGpu();
  return await evaluateChallenge({ data, seed: 1, config, gpu, progress, ...options });
}

/** Lines as user and items. */
async function readSubmission(path: string): Promise<[string, string[]][]> {
  const text = await Deno.readTextFile(path);
  assert(text.endsWith("\n"));
  return text.trimEnd().split("\n").map((line) => {
    const [user, items] = line.split("\t");
    return [user, items.split(" ")];
  });
}

Deno.test("factors find the hidden half of a taste that popularity and chance do not", async () => {
  const result = await evaluate(await whole());
  assertEquals([result.users, result.evaluationUsers, result.items], [USERS, 10, ITEMS]);
  assertEquals(result.trainTriplets, 240);
  assertEquals([result.map, result.ndcg, result.auc], [1, 1, 1]);
  assert(result.baselines!.popularity < 0.7, `${result.baselines!.popularity}`);
  assert(result.baselines!.random < 0.7, `${result.baselines!.random}`);
  assertEquals(result.submission, undefined);
  const table = challengeTable(result);
  assert(/mAP@500\s+1\.0000/.test(table) && !table.includes("undefined"), table);
});

Deno.test("popularity is that of training and visible plays, by hand", async () => {
  const data = await folderOf({
    "train_triplets.txt": "a\tx\t1\nb\tx\t1\nb\ty\t1\na\tz\t1\nc\tx\t1\n",
    "eval_triplets_visible.txt": "d\ty\t1\nd\tw\t9\ne\tz\t1\nf\tz\t1\ng\tx\t1\n",
    "eval_triplets_hidden.txt": "d\tz\t1\n",
  });
  // Without y and w, x has 4 users and z 3: z comes second.
  assertEquals((await evaluate(data)).baselines!.popularity, 0.5);
});

Deno.test("a submission has a line a user, in the order of the file, without what was visible", async () => {
  const data = await whole();
  const out = `${data}/submission.txt`;
  const result = await evaluate(data, { out });
  assertEquals(result.submission, out);
  const lines = await readSubmission(out);
  assertEquals(lines.map(([user]) => user), ORDER);
  for (const [user, items] of lines) {
    const taste = TASTE[Number(user.slice(1))].map((item) => `i${item}`);
    const hidden = taste.filter((_, at) => at % 2 === 1);
    assertEquals(items.length, ITEMS - 6);
    assertEquals(new Set(items).size, items.length);
    assertEquals(items.slice(0, 6).sort(), hidden.sort(), user);
    assertEquals(items.some((item) => taste.includes(item) && !hidden.includes(item)), false);
  }
});

Deno.test("a submission that is there already is kept, and replaced with force", async () => {
  const data = await whole();
  const out = `${data}/submission.txt`;
  await Deno.writeTextFile(out, "mine");
  await refused(data, "submission.txt: it is there already");
  assertEquals(await Deno.readTextFile(out), "mine");
  await evaluate(data, { out, force: true });
  assertEquals((await readSubmission(out)).length, 10);
});

Deno.test("a line has 500 items where there are more", async () => {
  const many = Array.from({ length: 700 }, (_, item) => `v\ti${item}\t1\n`).join("");
  const data = await whole({ "train_triplets.txt": TRAIN + many });
  const out = `${data}/submission.txt`;
  await evaluate(data, { out });
  const lines = await readSubmission(out);
  assertEquals(lines.map(([, items]) => items.length), ORDER.map(() => 500));
});

Deno.test("without the hidden file there are no figures, and the same submission to the byte", async () => {
  const data = await whole({ "eval_triplets_hidden.txt": HIDDEN + "u20\tunheard\t1\n" });
  await evaluate(data, { out: `${data}/with.txt` });
  await Deno.remove(`${data}/eval_triplets_hidden.txt`);
  const result = await evaluate(data, { out: `${data}/without.txt` });
  assertEquals([result.map, result.ndcg, result.auc, result.baselines], Array(4).fill(undefined));
  assert(challengeTable(result).includes("no hidden half"), challengeTable(result));
  assertEquals(
    await Deno.readTextFile(`${data}/without.txt`),
    await Deno.readTextFile(`${data}/with.txt`),
  );
});

Deno.test("an item that is only hidden counts as not found", async () => {
  const unheard = await evaluate(
    await whole({ "eval_triplets_hidden.txt": HIDDEN + "u20\tunheard\t1\n" }),
  );
  // User 20 finds six of seven in the first places; the seventh is the 19th and last of all.
  assertAlmostEquals(unheard.map!, (9 + (6 + 7 / 19) / 7) / 10, 1e-9);
});

test("figures are the same in small blocks of users and tiles of items", async ({ gpu }) => {
  const { hidden, ...plays } = await readChallenge(
    await whole({ "eval_triplets_hidden.txt": HIDDEN + "u20\tunheard\t1\n" }),
    { progress },
  );
  const rows = (n: number, seed: number) =>
    ndarray([n, 5], Float32Array.from(randomArray([n, 5], seed).data));
  const factors = { users: rows(USERS, 1), items: rows(ITEMS, 2) };
  const figures = (sizes: { mostScores?: number; tileBytes?: number }) =>
    scoreHidden(gpu, { ...plays, hidden: hidden! }, factors, { key: key(1), ...sizes });
  const [all, parts] = [
    await figures({}),
    await figures({ mostScores: 3 * ITEMS, tileBytes: 7 * 5 * 4 }),
  ];
  for (const way of ["factors", "popularity", "random"] as const) {
    for (const figure of ["map", "ndcg", "auc"] as const) {
      assertAlmostEquals(parts[way][figure], all[way][figure], 1e-12, `${way} ${figure}`);
    }
  }
  assert(all.factors.map < 0.9, "random factors leave room for a difference");
});

Deno.test("gzip files give the same bits, with .gz behind", async () => {
  const data = await folderOf({});
  for (
    const [name, text] of [["train_triplets.txt", TRAIN], ["eval_triplets_visible.txt", VISIBLE]]
  ) {
    const zipped = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(`${data}/${name}.gz`, zipped);
  }
  const plain = await evaluate(await whole());
  assertEquals((await evaluate(data)).objective, plain.objective);
});

Deno.test("with Kaggle's lists a submission is theirs: their order, their indices, no users", async () => {
  const songs = Array.from({ length: ITEMS + 3 }, (_, at) => `i${at} ${at + 101}\n`).join("");
  const data = await whole({ "kaggle_songs.txt": songs, "kaggle_users.txt": "u21\nu20\n" });
  const out = `${data}/submission.txt`;
  await evaluate(data, { out });
  const lines = (await Deno.readTextFile(out)).trimEnd().split("\n").map((line) => line.split(" "));
  assertEquals(lines.map((items) => items.length), [18, 18]);
  const hidden = (parity: number) => [2, 6, 10, 14, 18, 22].map((item) => `${101 + item + parity}`);
  assertEquals(lines.map((items) => items.slice(0, 6).sort()), [hidden(1), hidden(0)]);
  for (
    const [files, message] of [
      [{ "kaggle_users.txt": "u21\nu3\n" }, 'kaggle_users.txt: line 2, user "u3" has no plays'],
      [
        { "kaggle_songs.txt": "i0 1\ni1\n" },
        'kaggle_songs.txt: line 2 is "i1", expected <song id> <index>',
      ],
      [{ "kaggle_songs.txt": "i0 1\n" }, "kaggle_songs.txt: it has no song"],
    ] as const
  ) {
    const bad = await whole({
      "kaggle_songs.txt": songs,
      "kaggle_users.txt": "u21\n",
      ...files,
    });
    await refused(bad, message);
  }
  await refused(
    await whole({ "kaggle_users.txt": "u21\n" }),
    "expected kaggle_songs.txt beside it",
  );
});

/** An InputError that says so, and nothing written. */
async function refused(data: string, ...messages: string[]): Promise<void> {
  const before = Array.from(Deno.readDirSync(data), ({ name }) => name).sort();
  const error = await unreadable(() => evaluate(data, { out: `${data}/submission.txt` }));
  for (const message of messages) assert(error.message.includes(message), error.message);
  assertEquals(Array.from(Deno.readDirSync(data), ({ name }) => name).sort(), before);
}

Deno.test("an id with a space is refused where spaces stand between ids", async () => {
  const data = await whole({ "train_triplets.txt": `${TRAIN}v\ta song\t1\n` });
  await refused(data, 'the item "a song" has a space in its id');
  assertEquals((await evaluate(data)).items, ITEMS + 1); // nothing is written
});

Deno.test("a damaged file of any of the three is named with its line, and nothing is written", async () => {
  const user = "0123456789abcdef0123456789abcdef01234567";
  const damages: [text: string, reason: string][] = [
    ["u1\ti1\t-3\n", "expected a count"],
    ["u1\ti1\t0\n", "expected a count"],
    ["u1\ti1\n", "expected 3 fields"],
    [`SOAAAAA12A67ADE000\t${user}\t1\n`, "are they swapped"],
    ["u1\t1\ti1\n", "are the columns swapped"],
    ["u1\ti1\t\u0000\n", "zero byte"],
  ];
  const texts = {
    "train_triplets.txt": TRAIN,
    "eval_triplets_visible.txt": `${VISIBLE}\n`,
    "eval_triplets_hidden.txt": HIDDEN,
  };
  for (const [name, text] of Object.entries(texts)) {
    const count = text.split("\n").length - 1;
    for (const [damage, reason] of damages) {
      const data = await whole({ [name]: `${text}${damage}` });
      await refused(data, `${data}/${name}: line ${count + 1}, `, reason);
    }
    await refused(await whole({ [name]: "" }), name, "it holds no lines");
  }
});

Deno.test("a line of 64 MB is refused as too long", async () => {
  const long = new Uint8Array(64e6).fill(65);
  await refused(
    await whole({ "train_triplets.txt": long }),
    "train_triplets.txt: line 1, it is longer, expected at most 1024 bytes",
  );
});

Deno.test("missing files and hidden plays that cannot be are named", async () => {
  const at = HIDDEN.split("\n").length;
  const cases: [files: Record<string, string>, message: string][] = [
    [{ "eval_triplets_hidden.txt": `${HIDDEN}u3\ti0\t1\n` }, `line ${at}, user "u3" has no plays`],
    [{ "eval_triplets_hidden.txt": `${HIDDEN}new\ti0\t1\n` }, `line ${at}, user "new" has no`],
    [
      { "eval_triplets_hidden.txt": `${HIDDEN}u20\ti0\t1\n` },
      `line ${at}, item "i0" of user "u20"`,
    ],
  ];
  for (const [files, message] of cases) await refused(await whole(files), message);
  await refused(
    await folderOf({ "train_triplets.txt": TRAIN }),
    "expected eval_triplets_visible.txt or eval_triplets_visible.txt.gz in it, found neither",
  );
  await refused(await folderOf({ "eval_triplets_visible.txt": VISIBLE }), "train_triplets.txt.gz");
  const data = await whole();
  await unreadable(() => evaluate(`${data}/none`), "no such file");
  await unreadable(() => evaluate(data, { out: data }), "it is a folder");
  await unreadable(() => evaluate(data, { out: `${data}/no/x` }), "no folder");
});

Deno.test("an abort ends it with its reason and writes nothing", async () => {
  const data = await whole();
  const out = `${data}/submission.txt`;
  const signal = AbortSignal.abort(new Error("enough"));
  await assertRejects(() => evaluate(data, { out, signal }), Error, "enough");
  await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
});
