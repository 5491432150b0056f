/**
 * Connections to the Redis that trials go through, and what both sides agree on.
 *
 * @module
 */
import { Redis } from "../../deps_study.ts";
import { InputError } from "../../files/input_error.ts";
import type { StudyPlan } from "./plan.ts";
import type { RoundRecord } from "./problem.ts";
import { withoutPassword } from "./queue_address.ts";

/** Name of the queue, and what its keys in Redis begin with. */
export const QUEUE = { name: "trials", prefix: "cetus" } as const;

/** What a job carries: a trial is a function of it. */
export interface TrialJob {
  /** The study. */
  readonly plan: StudyPlan;
  /** The round. */
  readonly record: RoundRecord;
  /** The trial's number in the round. */
  readonly index: number;
  /** Workers that could not run it and left it to others, and how often that was. */
  readonly left?: { readonly by: readonly string[]; readonly times: number };
}

/** How often a job was begun in earnest. */
export function startsOf(
  { attemptsStarted, data }: { readonly attemptsStarted: number; readonly data: TrialJob },
): number {
  return attemptsStarted - (data.left?.times ?? 0);
}

/** Milliseconds to reach a Redis at the start. */
const CONNECT_TIMEOUT = 5000;
/** How often a lost connection is tried again, at most every 5 s: two and a half minutes. */
const MOST_RETRIES = 30;
/** What BullMQ needs. */
const LEAST_VERSION = [6, 2] as const;

/** A connection, and what happens when it is lost for good. */
export interface Connection extends AsyncDisposable {
  /** The client. */
  readonly redis: Redis;
  /** Rejects when the connection is lost and does not come back; never resolves. */
  readonly lost: Promise<never>;
}

/**
 * Connects to a Redis, once it has been seen that there is one: a client that retries from the
 * start would hang on a mistyped address.
 *
 * @param note shows that the connection was lost, or came back
 * @throws InputError naming the address and what is wrong
 */
export async function connect(url: string, note: (text: string) => void): Promise<Connection> {
  const shown = withoutPassword(url);
  await probe(url, shown);
  const redis = new Redis(url, {
    maxRetriesPerRequest: null, // BullMQ's blocking commands wait for as long as it takes
    retryStrategy: (times) => times > MOST_RETRIES ? null : Math.min(500 * times, 5000),
  });
  let away = false;
  let closing = false;
  redis.on("error", ({ message }) => {
    if (!away && !closing) note(`lost the connection to ${shown} (${message}); trying again`);
    away = true;
  });
  redis.on("ready", () => {
    if (away) note(`connected to ${shown} again`);
    away = false;
  });
  const lost = new Promise<never>((_, reject) => {
    redis.on("end", () => {
      if (!closing) reject(new InputError(`Cannot reach ${shown}`, "the connection was lost"));
    });
  });
  lost.catch(() => {}); // whoever cares awaits it
  return {
    redis,
    lost,
    async [Symbol.asyncDispose]() {
      closing = true;
      if (redis.status === "ready") await redis.quit().catch(() => {});
      redis.disconnect(); // `quit` alone would wait for a Redis that is away
    },
  };
}

async function probe(url: string, shown: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  let reason: Error | undefined;
  redis.on("error", (error) => reason ??= error); // says more than what `connect` rejects with
  try {
    await redis.connect();
    checkVersion(await redis.info("server"), shown);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { message } = reason ?? error as Error;
    throw new InputError(`Cannot reach ${shown}`, `${message}; is a Redis server running there?`);
  } finally {
    redis.disconnect();
  }
}

function checkVersion(info: string, shown: string): void {
  const [, version = "unknown"] = /^redis_version:(\S+)/m.exec(info) ?? [];
  const [major, minor] = version.split(".").map(Number);
  const [needed, neededMinor] = LEAST_VERSION;
  if (major > needed || major === needed && minor >= neededMinor) return;
  throw new InputError(
    `Cannot use the Redis at ${shown}`,
    `it has version ${version}, at least ${LEAST_VERSION.join(".")} is needed`,
  );
}
