/**
 * The demo's server: routes from requests to a run's answers. It knows no port, no file of the run and
 * no device, which are given to it.
 *
 * @module
 */
import type { Recommender } from "../recommend.ts";
import { Answers } from "./answers.ts";
import type { DropAnswer, RunFacts } from "./api.ts";
import { SAMPLE_RATE } from "../catalogue.ts";
import { DropReader } from "./drop.ts";
import { pageFile } from "./page_files.ts";
import { errorResponse, fileResponse, jsonResponse, RequestError } from "./responses.ts";
import { SongSounds, type SoundSource } from "./sounds.ts";

/** What the demo answers from. */
export interface DemoOptions extends SoundSource {
  /** What is known of the run. */
  readonly facts: RunFacts;
  /** Lists and ranks. */
  readonly recommender: Recommender;
  /** Factors of a sound, one channel at 22,050 Hz, levelled; `[f]`. */
  hear(samples: Float32Array<ArrayBuffer>): Promise<Float32Array>;
  /** Samples at 22,050 Hz that a sound must have to be heard. */
  readonly leastSamples: number;
  /** Where factors land on the run's map. */
  place(factors: Float32Array): Promise<readonly [x: number, y: number]>;
  /**
   * Whether it serves this machine alone. Then only names of this machine are answered, which keeps a
   * page elsewhere from reaching it under a name of its own (DNS rebinding).
   */
  readonly localOnly: boolean;
}

/** A server as `Deno.serve` takes it. */
export interface Demo extends Disposable {
  /** Answers a request; never throws. */
  fetch(request: Request): Promise<Response>;
}

/** From this cosine on a file counts as the song that it resembles: 16 bits round the samples. */
const SAME_SONG = 0.9999;

const LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** Makes a demo of a run. */
export function createDemo(options: DemoOptions): Demo {
  const { recommender, facts } = options;
  const answers = new Answers(recommender, facts);
  const sounds = new SongSounds(options);
  const drops = new DropReader(options.leastSamples);
  const listen = oneByOne(options.hear);
  const queries: Record<string, (asked: URLSearchParams) => unknown> = {
    "/api/catalogue": () => answers.catalogue(),
    "/api/neighbours": (asked) => answers.neighbours(asked),
    "/api/recommend": (asked) => answers.recommend(asked),
    "/api/hidden": (asked) => answers.hidden(asked),
    "/api/listener": (asked) => answers.listener(asked),
    "/api/without-plays": (asked) => answers.withoutPlays(asked),
  };

  async function drop(request: Request, asked: URLSearchParams): Promise<Response> {
    const name = (asked.get("name") ?? "the file").slice(0, 200);
    const { samples, warnings } = await drops.read(request, name);
    const factors = await listen(samples);
    const [nearest, ...others] = recommender.contentNeighboursOf(factors, 10);
    const { data } = recommender.run.map;
    const position = nearest.score >= SAME_SONG
      ? [data[2 * nearest.song], data[2 * nearest.song + 1]] as const
      : await options.place(factors);
    const answer: DropAnswer = {
      position,
      neighbours: answers.ranked([nearest, ...others]),
      seconds: samples.length / SAMPLE_RATE,
      warnings,
    };
    return jsonResponse(answer);
  }

  async function sound(request: Request, path: string): Promise<Response> {
    const id = decoded(path.slice("/audio/".length, -".wav".length));
    const song = answers.songNamed(id);
    if (song === undefined) throw new RequestError(404, `Cannot find song "${id}" in this run`);
    return fileResponse(request, await sounds.wav(song), "audio/wav");
  }

  async function route(request: Request): Promise<Response> {
    const { pathname, searchParams, hostname, host } = new URL(request.url);
    if (options.localOnly && !LOCAL_NAMES.includes(hostname)) {
      throw new RequestError(403, `Cannot answer for ${hostname}: expected localhost`);
    }
    if (pathname === "/api/drop") {
      needMethod(request, "POST");
      const origin = request.headers.get("origin");
      if (origin && URL.parse(origin)?.host !== host) {
        throw new RequestError(403, `Cannot take a file from a page of ${origin}`);
      }
      return await drop(request, searchParams);
    }
    needMethod(request, "GET", "HEAD");
    if (Object.hasOwn(queries, pathname)) return jsonResponse(queries[pathname](searchParams));
    if (/^\/audio\/[^/]+\.wav$/.test(pathname)) return await sound(request, pathname);
    const file = await pageFile(pathname);
    if (file) return file;
    throw new RequestError(404, `Cannot find ${pathname}`);
  }

  return {
    [Symbol.dispose]: () => drops[Symbol.dispose](),
    async fetch(request) {
      try {
        return await route(request); // Deno.serve leaves the body out where HEAD is asked
      } catch (error) {
        if (error instanceof RequestError) return errorResponse(error.status, error.message);
        console.error(error);
        const { message } = error as Error;
        return errorResponse(500, message || "Something went wrong in the server");
      }
    },
  };
}

function needMethod(request: Request, ...methods: string[]): void {
  if (methods.includes(request.method)) return;
  throw new RequestError(405, `Cannot ${request.method} here: expected ${methods.join(" or ")}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RequestError(
      400,
      `Cannot read the address: "${text}" is not encoded as an address is`,
    );
  }
}

/** Calls one after another: a device has room for one song at a time. */
function oneByOne<A, R>(work: (input: A) => Promise<R>): (input: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (input) => {
    const result = last.then(() => work(input));
    last = result.catch(() => {});
    return result;
  };
}
