import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Queue, Worker } from "../../../deps_study.ts";
import { Progress } from "../../../tasks/run/progress.ts";
import { Interrupted } from "../../../tasks/run/run_folder.ts";
import { loadQueueRunner } from "../../../tasks/study/load_queue.ts";
import type { StudyPlan } from "../../../tasks/study/plan.ts";
import { QUEUE } from "../../../tasks/study/queue_connection.ts";
import { runStudy, type StudyOptions } from "../../../tasks/study/search.ts";
import { freePort, startRedis } from "../../redis.ts";
import { inFolder } from "../../files/samples.ts";
import { unreadable } from "../../refusals.ts";
import { ends, outcome, start } from "../run_command.ts";
import { QUIET, readLedger, runToyStudy, TOY_MODULE, toyPlan, untilTrials } from "./samples.ts";

function runThroughQueue(
  plan: StudyPlan,
  out: string,
  url: string,
  options: Partial<StudyOptions> = {},
) {
  return runStudy(plan, {
    out,
    progress: QUIET,
    runner: (resumed) => loadQueueRunner(plan, { url, resumed, note: () => {} }),
    ...options,
  });
}

/** A worker process that counts as dead after two seconds of silence. */
function startWorker(url: string, ...args: string[]): Deno.ChildProcess {
  const all = ["--queue", url, "--problem", TOY_MODULE, ...args];
  return start("tasks/study/worker.ts", all, { CETUS_LOCK_SECONDS: "2" });
}

async function end(...workers: Deno.ChildProcess[]) {
  for (const worker of workers) worker.kill("SIGTERM");
  return await Promise.all(workers.map(outcome));
}

/** Waits until so many workers wait for jobs, at most 20 s. */
async function untilTaking(url: string, count: number): Promise<void> {
  const queue = new Queue(QUEUE.name, { connection: { url }, prefix: QUEUE.prefix });
  for (let i = 0; i < 400 && await queue.getWorkersCount() < count; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await queue.close();
}

const ledgerOf = (out: string) => Deno.readTextFile(`${out}/ledger.csv`);

inFolder.test("two workers of a queue, one killed midway, write the ledger of one process", async (folder) => {
  await using redis = await startRedis();
  const plan = toyPlan({ slow: 2 });
  const workers = [startWorker(redis.url), startWorker(redis.url)];
  const running = runThroughQueue(plan, `${folder}/queue`, redis.url);
  const trials = await untilTrials(`${folder}/queue`, (states) => states[2] === "running");
  const [killed, other] = trials[2].worker!.endsWith(`:${workers[0].pid}`)
    ? workers
    : workers.toReversed();
  killed.kill("SIGKILL");
  const result = await running;
  assertEquals([result.done, result.finished, result.lost], [12, true, []]);
  const slow = readLedger(`${folder}/queue`)[2];
  assertEquals([slow.attempts, slow.error], [2, "its worker died"]);
  assert(slow.worker!.endsWith(`:${other.pid}`), slow.worker);
  await runToyStudy(plan, `${folder}/local`);
  assertEquals(await ledgerOf(`${folder}/queue`), await ledgerOf(`${folder}/local`));
  const [{ code, stdout }] = await end(other);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "trials done");
  await outcome(killed);
});

inFolder.test("a trial that computes longer than the lock lasts is no dead worker's", async (folder) => {
  await using redis = await startRedis();
  const plan = toyPlan({ busy: 1, trials: 3, rounds: 1 });
  const workers = [startWorker(redis.url), startWorker(redis.url)];
  const result = await runThroughQueue(plan, `${folder}/queue`, redis.url);
  assertEquals([result.done, result.lost], [3, []]);
  assertEquals(readLedger(`${folder}/queue`).map(({ attempts }) => attempts), [1, 1, 1]);
  await end(...workers);
});

inFolder.test("a search that is interrupted takes what its workers finished meanwhile", async (folder) => {
  await using redis = await startRedis();
  const plan = toyPlan({ slow: 1, rounds: 1 });
  const worker = startWorker(redis.url);
  const controller = new AbortController();
  const { signal } = controller;
  const running = runThroughQueue(plan, `${folder}/queue`, redis.url, { signal });
  const failure = assertRejects(() => running, Interrupted, "go on with --resume");
  await untilTrials(`${folder}/queue`, (states) => states[1] === "running");
  controller.abort();
  await failure;
  assertEquals(readLedger(`${folder}/queue`)[1].state, "waiting");
  const result = await runThroughQueue(plan, `${folder}/queue`, redis.url, { resume: true });
  assertEquals(result.done, 6);
  assertEquals(readLedger(`${folder}/queue`).map(({ attempts }) => attempts), [1, 1, 1, 1, 1, 1]);
  await end(worker);
});

inFolder.test("a worker that is told to stop gives its trial back to the queue", async (folder) => {
  await using redis = await startRedis();
  const plan = toyPlan({ slow: 0, trials: 2, rounds: 1 });
  const first = startWorker(redis.url);
  const running = runThroughQueue(plan, folder, redis.url);
  await untilTrials(folder, (states) => states[0] === "running");
  const [{ code, stdout }] = await end(first);
  assertEquals([code, stdout], [0, "0 trials done\n"]);
  const second = startWorker(redis.url);
  assertEquals((await running).done, 2);
  await end(second);
});

inFolder.test("a trial that fails three times in the queue is lost, with its message", async (folder) => {
  await using redis = await startRedis();
  const worker = startWorker(redis.url);
  const plan = toyPlan({ bad: 1, trials: 3, rounds: 1 });
  const result = await runThroughQueue(plan, folder, redis.url);
  assertEquals(result.lost, [{ round: 0, index: 1, error: "this trial is bad" }]);
  assertEquals(readLedger(folder)[1].attempts, 3);
  await end(worker);
});

inFolder.test("a worker with other data says so, leaves trials to another and goes on", async (folder) => {
  await using redis = await startRedis();
  const plan = toyPlan({ trials: 4, rounds: 1, delay: 500 });
  const wrong = startWorker(redis.url, "--data", "/data/other");
  const right = startWorker(redis.url);
  await untilTaking(redis.url, 2);
  const result = await runThroughQueue(plan, folder, redis.url);
  assertEquals([result.done, result.lost], [4, []]);
  assertEquals(readLedger(folder).map(({ attempts }) => attempts), [1, 1, 1, 1]);
  const [{ code, stderr }] = await end(wrong, right);
  assertEquals(code, 0);
  assertStringIncludes(stderr, "its data are synthetic, /data/other holds toy data other");
});

inFolder.test("what no worker can run fails with its reason, and the workers go on", async (folder) => {
  await using redis = await startRedis();
  const small = { trials: 1, rounds: 1 };
  const workers = [startWorker(redis.url), startWorker(redis.url)];
  await untilTaking(redis.url, 2);
  const cases: [name: string, plan: StudyPlan, reason: string][] = [
    ["task", { ...toyPlan(small), task: "squid" }, 'Cannot load the task "squid"'],
    ["version", { ...toyPlan(small), version: "0.0.1" }, "it was made by version 0.0.1, this is"],
    ["data", { ...toyPlan(small), data: "/not/here" }, "/not/here holds toy data here"],
    ["dead", toyPlan({ ...small, deadly: 0 }), "was ended by SIGKILL"],
  ];
  for (const [name, plan, reason] of cases) {
    await unreadable(
      () => runThroughQueue(plan, `${folder}/${name}`, redis.url),
      `none of its trials worked: ${name === "dead" ? "" : "Cannot "}`,
    );
    const [{ state, error }] = readLedger(`${folder}/${name}`);
    assertEquals(state, "lost");
    assertStringIncludes(error!, reason);
  }
  assertEquals((await runThroughQueue(toyPlan(small), `${folder}/good`, redis.url)).done, 1);
  for (const { code } of await end(...workers)) assertEquals(code, 0);
});

inFolder.test("a job that is no trial, and a reply that is none, are named and pass by", async (folder) => {
  await using redis = await startRedis();
  const plan = toyPlan({ trials: 1, rounds: 1 });
  const connection = { url: redis.url };
  const queue = new Queue(QUEUE.name, { connection, prefix: QUEUE.prefix });
  const record = { study: "s", round: 0, trials: 1, space: { x: { kind: "cubic" } } };
  await queue.add("toy", { plan: "none", record, index: 0 }, { jobId: "words" });
  await queue.add("toy", { plan, record, index: 0 }, { jobId: "space" });
  const worker = startWorker(redis.url);
  assertEquals((await runThroughQueue(plan, `${folder}/good`, redis.url)).done, 1);
  const why = async (id: string) => (await queue.getJob(id))!.failedReason as string;
  assertEquals(
    await why("words"),
    'Cannot read job words of the queue: its plan is "none", expected a JSON object',
  );
  assertStringIncludes(await why("space"), "its record, space is ");
  await end(worker);
  const liar = new Worker(QUEUE.name, () => Promise.resolve({ figures: { error: "small" } }), {
    connection,
    prefix: QUEUE.prefix,
  });
  await unreadable(
    () => runThroughQueue({ ...plan, seed: 2 }, `${folder}/bad`, redis.url),
    "the reply to trial 0 of round 0: settings is missing, expected an object",
  );
  await liar.close();
  await queue.close();
});

inFolder.test("a Redis that is not there is a message at once, for the search and the worker", async (folder) => {
  const url = `redis://user:secret@127.0.0.1:${freePort()}`;
  const message = "is a Redis server running there?";
  const error = await unreadable(() => runThroughQueue(toyPlan(), `${folder}/a`, url), message);
  assert(!error.message.includes("secret"), error.message);
  await ends(outcome(startWorker(url)), 1, message);
  await ends(
    outcome(startWorker("127.0.0.1:6379")),
    2,
    '--queue is "127.0.0.1:6379", expected redis://',
  );
});

inFolder.test("Redis goes away: the search says so and waits, and Ctrl-C ends it all the same", async (folder) => {
  const said: string[] = [];
  const progress = new Progress({ write: (text) => void said.push(text), isTerminal: false });
  const plan = toyPlan({ trials: 1, rounds: 1 });
  const redis = await startRedis();
  const controller = new AbortController();
  const running = runStudy(plan, {
    out: folder,
    progress,
    signal: controller.signal,
    runner: (resumed) =>
      loadQueueRunner(plan, { url: redis.url, resumed, note: (text) => progress.line(text) }),
  });
  const failure = assertRejects(() => running, Interrupted);
  await untilTrials(folder, (states) => states.length === 1);
  await redis[Symbol.asyncDispose]();
  for (let i = 0; i < 100 && !said.some((text) => text.includes("lost the connection")); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert(said.some((text) => text.includes("trying again")), said.join(""));
  controller.abort(); // must not wait for a Redis that does not come back
  await failure;
});
