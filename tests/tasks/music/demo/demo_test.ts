/** The demo's server, without a browser, a device or a trained run. */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeWav, parseWav } from "../../../../audio/wav.ts";
import { rowOf } from "../../../../recsys/interactions.ts";
import { MOST_DROPS, readDrop } from "../../../../tasks/music/demo/drop.ts";
import { RequestError } from "../../../../tasks/music/demo/responses.ts";
import { ELSEWHERE, sampleDemo, tone, UNPLAYED } from "./sample_demo.ts";

const demo = sampleDemo();
const { run, recommender } = demo;
const BASE = "http://127.0.0.1:8788";

const ask = (path: string, init?: RequestInit) => demo.fetch(new Request(`${BASE}${path}`, init));
const get = async (path: string) => await (await ask(path)).json();

const listener = run.listeners.findIndex((_, at) => rowOf(run.plays.byUser, at).indices.length > 3);
const name = run.listeners[listener];

Deno.test("the catalogue has all songs with their places, and all listeners", async () => {
  const { songs, listeners, run: facts } = await get("/api/catalogue");
  assertEquals(songs.length, run.songs.length);
  assertEquals(listeners.length, run.listeners.length);
  assertEquals(facts.synthetic, true);
  const [x, y] = run.map.data.subarray(2 * 7, 2 * 7 + 2);
  const { counts } = rowOf(run.plays.byItem, 7);
  assertEquals(songs[7], {
    ...run.songs[7],
    x,
    y,
    cold: false,
    silent: false,
    plays: counts.reduce((a, b) => a + b, 0),
    listeners: counts.length,
  });
});

Deno.test("neighbours are the recommender's, and none by plays where nobody played", async () => {
  const { content, usage } = await get("/api/neighbours?song=SONG3&count=4");
  const ids = (list: readonly { song: number; score: number }[]) =>
    list.map(({ song, score }) => ({ id: run.songs[song].id, score }));
  assertEquals(content, ids(recommender.contentNeighbours(3, 4)));
  assertEquals(usage, ids(recommender.usageNeighbours(3, 4)));
  assertEquals((await get(`/api/neighbours?song=SONG${UNPLAYED}`)).usage, []);
});

Deno.test("recommendations follow mix, scope and length; the test says which were played", async () => {
  const mix = { popularity: 0.25, usage: 0.5, content: 0.25 };
  const words = "popularity=0.25&usage=0.5&content=0.25";
  const { songs } = await get(
    `/api/recommend?listener=${name}&${words}&count=60&among=unheard`,
  );
  const expected = recommender.recommend(listener, { mix, count: 60 });
  assertEquals(songs, expected.map(({ song, score }) => ({ id: run.songs[song].id, score })));
  const fresh = await get(`/api/recommend?listener=${name}`);
  assertEquals(
    fresh.songs.map(({ id }: { id: string }) => id),
    recommender.recommend(listener, { among: "new" }).map(({ song }) => run.songs[song].id),
  );
  const test = await get(`/api/hidden?listener=${name}&${words}&count=60`);
  assertEquals(
    test.songs,
    recommender.findHidden(listener, { mix, count: 60 })
      .map(({ song, score, played }) => ({ id: run.songs[song].id, score, played })),
  );
});

Deno.test("a listener's songs are all that they played, most played first", async () => {
  const { played } = await get(`/api/listener?listener=${name}`);
  assertEquals(played.length, rowOf(run.plays.byUser, listener).indices.length);
  const counts = played.map(({ count }: { count: number }) => count);
  assertEquals(counts, counts.toSorted((a: number, b: number) => b - a));
});

Deno.test("without its plays a song has the recommender's ranks", async () => {
  const answer = await get(`/api/without-plays?song=SONG11&listener=${name}`);
  assertEquals(answer, recommender.withoutPlays(11, listener));
});

Deno.test("questions that make no sense are told so", async () => {
  const refusals: [path: string, status: number, words: string][] = [
    ["/api/neighbours", 400, "song is absent, expected song=ID"],
    ["/api/neighbours?song=nothing", 404, `Cannot find song "nothing"`],
    ["/api/neighbours?song=SONG3&count=0", 400, `count is "0"`],
    ["/api/neighbours?song=SONG3&count=1e9", 400, `count is "1e9"`],
    ["/api/recommend?listener=nobody", 404, `Cannot find listener "nobody"`],
    [`/api/recommend?listener=${name}&content=-1`, 400, `content is "-1"`],
    [`/api/recommend?listener=${name}&usage=NaN`, 400, `usage is "NaN"`],
    [`/api/recommend?listener=${name}&among=cold`, 400, `among is "cold", expected new or unheard`],
    ["/audio/nothing.wav", 404, `Cannot find song "nothing"`],
    ["/audio/%E0%A4.wav", 400, "is not encoded"],
    ["/api/nothing", 404, "Cannot find /api/nothing"],
  ];
  for (const [path, status, words] of refusals) {
    const response = await ask(path);
    assertEquals(response.status, status, path);
    assertStringIncludes((await response.json()).error, words);
  }
  assertEquals((await ask("/api/catalogue", { method: "POST" })).status, 405);
  assertEquals((await ask("/api/drop")).status, 405);
});

Deno.test("a song sounds as it is, whole and in parts", async () => {
  const whole = await ask("/audio/SONG9.wav");
  assertEquals(whole.headers.get("content-type"), "audio/wav");
  assertEquals(whole.headers.get("accept-ranges"), "bytes");
  const bytes = await whole.bytes();
  const { rate, channels } = parseWav(bytes);
  assertEquals(rate, 22_050);
  const own = tone(9);
  assertEquals(channels[0].length, own.length);
  channels[0].forEach((sample, i) => assertAlmostEquals(sample, own[i], 2 ** -15));
  const part = async (range: string) => {
    const response = await ask("/audio/SONG9.wav", { headers: { range } });
    return [response.status, response.headers.get("content-range"), await response.bytes()];
  };
  const n = bytes.length;
  assertEquals(await part("bytes=0-0"), [206, `bytes 0-0/${n}`, bytes.slice(0, 1)]);
  assertEquals(await part("bytes=100-199"), [206, `bytes 100-199/${n}`, bytes.slice(100, 200)]);
  assertEquals(await part(`bytes=${n - 5}-`), [
    206,
    `bytes ${n - 5}-${n - 1}/${n}`,
    bytes.slice(-5),
  ]);
  assertEquals(await part("bytes=-7"), [206, `bytes ${n - 7}-${n - 1}/${n}`, bytes.slice(-7)]);
  assertEquals(await part(`bytes=0-${n + 9}`), [206, `bytes 0-${n - 1}/${n}`, bytes]);
  for (const range of [`bytes=${n}-`, "bytes=-0"]) {
    assertEquals(await part(range), [416, `bytes */${n}`, new Uint8Array()], range);
  }
  for (const range of ["bytes=", "bytes=5-4", "bytes=0-1,3-4", "pages=1-2"]) {
    assertEquals((await part(range))[0], 200, range);
  }
});

Deno.test("the page's files are served by name, and no others", async () => {
  const page = await ask("/");
  assertEquals(page.headers.get("content-type"), "text/html; charset=utf-8");
  assertStringIncludes(page.headers.get("content-security-policy")!, "default-src 'self'");
  assertStringIncludes(await page.text(), `<script type="module" src="main.js">`);
  const others = [
    "/../deno.json",
    "/..%2fdeno.json",
    "/%2e%2e/deno.json",
    "/deno.json",
    "/web/main.js",
  ];
  for (const path of [...others, "/main.js/", "//main.js", "/constructor", "/__proto__"]) {
    const response = await ask(path);
    assertEquals(response.status, 404, path);
    await response.body?.cancel();
  }
});

Deno.test("every module that the page imports is served", async () => {
  const folder = new URL("../../../../web/", import.meta.url);
  for await (const { name } of Deno.readDir(folder)) {
    const response = await ask(`/${name}`);
    assertEquals(response.status, 200, name);
    assertEquals(await response.text(), await Deno.readTextFile(new URL(name, folder)));
  }
});

const drop = async (body: BodyInit, init: RequestInit = {}, path = "/api/drop?name=own.wav") => {
  using demo = sampleDemo();
  const request = new Request(`${BASE}${path}`, { method: "POST", body, ...init });
  const response = await demo.fetch(request);
  return { status: response.status, answer: await response.json() };
};

Deno.test("a song of the run that is dropped finds itself first, at its own place", async () => {
  const file = await (await ask("/audio/SONG17.wav")).bytes();
  const { status, answer } = await drop(file);
  assertEquals(status, 200);
  assertEquals(answer.neighbours.length, 10);
  assertEquals(answer.neighbours[0].id, "SONG17");
  assertAlmostEquals(answer.neighbours[0].score, 1, 1e-9);
  assertEquals(answer.position, [...run.map.data.subarray(2 * 17, 2 * 17 + 2)]);
  assertEquals(answer.seconds, 1);
});

Deno.test("another sound lands where it is placed, whatever its rate, channels and loudness", async () => {
  const samples = Float64Array.from({ length: 44_100 }, (_, i) => Math.sin(i / 20) / 50);
  const file = encodeWav({ rate: 44_100, channels: [samples, samples] });
  const { answer } = await drop(file);
  assertEquals(answer.position, [...ELSEWHERE]);
  assertEquals([answer.seconds, answer.warnings], [1, []]);
  const cut = (await drop(file.slice(0, -4))).answer;
  const warning = 'chunk "data" should have 176400 bytes, the file has 176396 for it';
  assertEquals(cut.warnings, [warning]);
});

Deno.test("an MP3 is heard too", async () => {
  // 440 Hz, which is the tone of song 7.
  const file = await Deno.readFile(new URL("../../../golden/tone_440.mp3", import.meta.url));
  const { status, answer } = await drop(file, {}, "/api/drop?name=tone_440.mp3");
  assertEquals([status, answer.neighbours[0].id], [200, "SONG7"]);
});

Deno.test("files that cannot be heard are refused with their reason", async () => {
  const bad = await drop("hello", {}, "/api/drop?name=notes.txt");
  assertEquals(bad.status, 400);
  assertStringIncludes(
    bad.answer.error,
    `Cannot read notes.txt: it is a file that begins with "hell"`,
  );
  assertStringIncludes((await drop("")).answer.error, "the file is empty");
  const silent = encodeWav({ rate: 8000, channels: [new Float64Array(4000)] });
  assertStringIncludes((await drop(silent)).answer.error, "it is silent");
  const short = encodeWav({ rate: 22_050, channels: [Float64Array.from(tone(3).slice(0, 999))] });
  assertStringIncludes(
    (await drop(short)).answer.error,
    "it lasts 0.045 s, expected at least 0.045",
  );
  const hour = encodeWav({ rate: 1, channels: [Float64Array.from({ length: 3600 }, () => 0.5)] });
  assertStringIncludes((await drop(hour)).answer.error, "it lasts 60 minutes, expected at most 30");
});

Deno.test("bodies beyond the limit are refused, announced or not", async () => {
  const announced = new Request(BASE, {
    method: "POST",
    body: "x",
    headers: { "content-length": `${65 * 2 ** 20}` },
  });
  assertEquals((await demo.fetch(new Request(`${BASE}/api/drop`, announced))).status, 413);
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(1024));
    },
  });
  const request = new Request(BASE, { method: "POST", body: endless });
  const error = await readDrop(request, { largest: 8 * 1024 }).catch((error) => error);
  assert(error instanceof RequestError && error.status === 413);
  assert(pulled < 12, `${pulled} pieces were read`);
});

Deno.test("a body that does not arrive is given up, and so is one that breaks off", async () => {
  let isCancelled = false;
  const slow = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(5)),
    cancel: () => void (isCancelled = true),
  });
  const late = await readDrop(new Request(BASE, { method: "POST", body: slow }), { seconds: 0.05 })
    .catch((error) => error);
  assert(late instanceof RequestError && late.status === 408, `${late}`);
  assertStringIncludes(late.message, "it did not arrive within 0.05 s");
  assert(isCancelled);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
  const cut = await readDrop(new Request(BASE, { method: "POST", body: broken }))
    .catch((error) => error);
  assert(cut instanceof RequestError && cut.status === 400, `${cut}`);
});

Deno.test("few files are read at once, others are answered meanwhile, and it goes on after", async () => {
  using demo = sampleDemo();
  const stops: (() => void)[] = [];
  const post = (body: BodyInit) =>
    demo.fetch(new Request(`${BASE}/api/drop?name=own.wav`, { method: "POST", body }));
  const open = Array.from(
    { length: MOST_DROPS },
    () =>
      post(
        new ReadableStream({ start: (controller) => void stops.push(() => controller.close()) }),
      ),
  );
  const busy = await post(encodeWav({ rate: 22_050, channels: [Float64Array.from(tone(3))] }));
  assertEquals(busy.status, 503);
  assertStringIncludes((await busy.json()).error, `${MOST_DROPS} other files are being read`);
  const page = await demo.fetch(new Request(`${BASE}/api/catalogue`));
  assertEquals([page.status, (await page.json()).songs.length], [200, run.songs.length]);
  stops.forEach((stop) => stop());
  for (const response of await Promise.all(open)) {
    assertStringIncludes((await response.json()).error, "the file is empty");
  }
  const heard = await post(encodeWav({ rate: 22_050, channels: [Float64Array.from(tone(3))] }));
  assertEquals((await heard.json()).neighbours[0].id, "SONG3");
});

Deno.test("hours of sound are refused by their header", async () => {
  using demo = sampleDemo();
  const hours = new Uint8Array(44 + 28_000_000); // 8 bits at 8,000 Hz: 58 min
  hours.set(encodeWav({ rate: 8000, channels: [new Float64Array(1)] }, "8").subarray(0, 44));
  const view = new DataView(hours.buffer);
  view.setUint32(4, hours.length - 8, true);
  view.setUint32(40, hours.length - 44, true);
  const request = new Request(`${BASE}/api/drop?name=long.wav`, { method: "POST", body: hours });
  const answer = await (await demo.fetch(request)).json();
  assertStringIncludes(
    answer.error,
    "Cannot read long.wav: it lasts 59 minutes, expected at most 30",
  );
});

Deno.test("only this machine's names are answered, and no file is taken from another page", async () => {
  const status = async (request: Request, other = demo) => {
    const response = await other.fetch(request);
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await status(new Request("http://localhost:8788/api/catalogue")), 200);
  assertEquals(await status(new Request("http://[::1]:8788/api/catalogue")), 200);
  assertEquals(await status(new Request("http://evil.example:8788/api/catalogue")), 403);
  const open = sampleDemo({ localOnly: false });
  assertEquals(await status(new Request("http://studio.example:8788/api/catalogue"), open), 200);
  const file = encodeWav({ rate: 22_050, channels: [Float64Array.from(tone(3))] });
  assertEquals((await drop(file, { headers: { origin: "http://evil.example" } })).status, 403);
  assertEquals((await drop(file, { headers: { origin: "null" } })).status, 403);
  assertEquals((await drop(file, { headers: { origin: BASE } })).status, 200);
});

Deno.test("files are heard one at a time, and one that fails does not stop the next", async () => {
  let [running, most, calls] = [0, 0, 0];
  const busy = sampleDemo({
    async hear() {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      if (++calls === 2) throw new Error("The GPU device is lost");
      return run.predicted.data.slice(0, 4);
    },
  });
  const file = encodeWav({ rate: 22_050, channels: [Float64Array.from(tone(3))] });
  const { error } = console;
  console.error = () => {};
  const responses = await Promise.all(
    [1, 2, 3].map(() =>
      busy.fetch(new Request(`${BASE}/api/drop`, { method: "POST", body: file }))
    ),
  );
  console.error = error;
  assertEquals(most, 1);
  assertEquals(responses.map(({ status }) => status), [200, 500, 200]);
  assertEquals(await responses[1].json(), { error: "The GPU device is lost" });
  await Promise.all([responses[0], responses[2]].map((response) => response.body?.cancel()));
});
