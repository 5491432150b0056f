/** Synthetic songs: what the parameters mean can be heard, and what taste ignores changes no taste. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { fold, key } from "../../../../gpu/random.ts";
import { SAMPLE_RATE } from "../../../../tasks/music/catalogue.ts";
import { levelled } from "../../../../tasks/music/loudness.ts";
import { PARAMETERS } from "../../../../tasks/music/synthetic/genres.ts";
import { whiteNoise } from "../../../../tasks/music/synthetic/noise.ts";
import { pooledLogMel } from "../../../../tasks/music/synthetic/pooled.ts";
import { renderSong } from "../../../../tasks/music/synthetic/render.ts";
import { writeScore } from "../../../../tasks/music/synthetic/score.ts";
import { drawMusic } from "../../../../tasks/music/synthetic_set.ts";

const NUISANCE = fold(key(1), "song");

/** A song with a few parameters set, the others quiet. */
function parametersWith(values: Partial<Record<typeof PARAMETERS[number], number>>): number[] {
  return PARAMETERS.map((name) => values[name] ?? (name === "register" ? 0.5 : 0));
}

function render(values: Parameters<typeof parametersWith>[0], seconds = 6, nuisance = NUISANCE) {
  const song = { parameters: parametersWith(values), nuisance };
  return renderSong(song, { seconds, hard: false });
}

/** Mean absolute change of frames' loudness, where it rises: strokes and strikes. */
function onsets(samples: Int16Array, hop: number): number[] {
  const energy = Array.from({ length: Math.floor(samples.length / hop) }, (_, frame) => {
    let sum = 1;
    for (let i = frame * hop; i < (frame + 1) * hop; i++) sum += samples[i] ** 2;
    return Math.log(sum);
  });
  return energy.map((value, i) => Math.max(0, value - (energy[i - 1] ?? value)));
}

Deno.test("the onsets of a percussive song repeat at its tempo", () => {
  const hop = 128;
  for (const tempo of [0.1, 0.5, 0.9]) {
    const rises = onsets(render({ tempo, perc: 1, attack: 1 }), hop);
    const score = (lag: number) => {
      let sum = 0;
      for (let i = lag; i < rises.length; i++) sum += rises[i] * rises[i - lag];
      return sum / (rises.length - lag);
    };
    const beat = 60 / (70 + 110 * tempo) * SAMPLE_RATE / hop; // frames
    const lags = Array.from({ length: Math.ceil(beat) }, (_, i) => Math.round(0.6 * beat) + i);
    const best = lags.reduce((a, b) => score(b) > score(a) ? b : a);
    assert(Math.abs(best - beat) <= 2, `tempo ${tempo}: best lag ${best}, beat ${beat}`);
  }
});

Deno.test("register shifts the spectrum up, bright songs have more treble, noisy ones more floor", () => {
  const bands = (values: Parameters<typeof render>[0]) =>
    pooledLogMel(levelled(render(values, 3))).subarray(0, 128);
  const centre = (means: Float64Array) => {
    const sum = means.reduce((a, b) => a + b);
    return means.reduce((at, value, band) => at + band * value, 0) / sum;
  };
  assert(centre(bands({ register: 1 })) > centre(bands({ register: 0 })) + 3);
  const treble = (means: Float64Array) => means.subarray(90).reduce((a, b) => a + b);
  assert(treble(bands({ bright: 1 })) > 2 * treble(bands({ bright: 0 })));
  assert(treble(bands({ noise: 1 })) > 2 * treble(bands({ noise: 0 })));
});

Deno.test("swing delays off-beats alone, and minor is a matter of chance", () => {
  const straight = writeScore(parametersWith({ tempo: 0 }), NUISANCE, 6).drums;
  const swung = writeScore(parametersWith({ tempo: 0, swing: 1 }), NUISANCE, 6).drums;
  assertEquals(swung.kicks, straight.kicks);
  swung.hats.forEach((second, i) => {
    const late = i % 2 === 1 ? 0.16 * 60 / 70 : 0;
    assert(Math.abs(second - straight.hats[i] - late) < 1e-12);
  });
  const first = (minor: number) =>
    Array.from(
      { length: 40 },
      (_, i) => writeScore(parametersWith({ minor }), fold(NUISANCE, i), 6).notes[1].frequency,
    );
  const major = first(0);
  const half = first(0.5).filter((frequency, i) => frequency !== major[i]).length;
  assert(half > 8 && half < 32, `${half} of 40`);
});

Deno.test("a song has its length in 16 bits, is a function of its recipe, and never clips", () => {
  const values = { dist: 1, perc: 1, noise: 1, bright: 1 };
  const samples = render(values, 0.5);
  assertEquals(samples.length, 11_025);
  assertEquals(render(values, 0.5), samples);
  assertNotEquals(render(values, 0.5, fold(NUISANCE, "other")), samples);
  const largest = samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  assert(largest > 0.45 * 32_768 && largest < 32_767, `${largest}`); // gain -6 to 0 dB
});

Deno.test("hard mode changes the sound of a catalogue, not its songs, tastes or plays", () => {
  const settings = { seed: 3, songs: 16, artists: 8, listeners: 20 };
  const [plain, hard] = [drawMusic(settings), drawMusic({ ...settings, hard: true })];
  assertEquals([hard.songs, hard.audience], [plain.songs, plain.audience]);
  const sound = (isHard: boolean) => renderSong(plain.songs[0], { seconds: 1, hard: isHard });
  assertNotEquals(sound(true), sound(false));
});

Deno.test("noise has mean 0, deviation 1 and no memory", () => {
  const noise = whiteNoise(key(4), 20_001);
  const mean = noise.reduce((a, b) => a + b) / noise.length;
  const square = noise.reduce((sum, x) => sum + x * x, 0) / noise.length;
  const memory = noise.reduce((sum, x, i) => sum + x * (noise[i - 1] ?? 0), 0) / noise.length;
  assert(Math.abs(mean) < 0.03 && Math.abs(square - 1) < 0.05 && Math.abs(memory) < 0.03);
});
