/**
 * The dictionary as pictures: what K-means found in the spectrograms without labels.
 *
 * @module
 */
import { lineChart } from "../../report/plot/line_chart.ts";
import { chart, image, paragraph, percent, section, whole } from "../../report/html.ts";
import type { ReportFeatures, WhaleReportContent } from "./content.ts";
import { patchPicture, patchSheet } from "./pictures.ts";

/** Patches in a row on a page, and on a phone. */
const COLUMNS = { wide: 20, narrow: 8 } as const;

/** Most features that are shown. */
const SHOWN = 400;

/** Features by how many patches they won, most first. */
export function byCount(counts: Uint32Array): number[] {
  return [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);
}

/** Rise of a tone that is looked for, in Hz a second: up-calls rise by 35 to 200 Hz in a second. */
const RISES = { least: 35, most: 250 } as const;

/**
 * The feature that is most like a steadily rising tone: the largest cosine between a patch and a
 * straight line one bin thick that crosses it.
 */
export function risingFeature({ patches, frames, bins, scale }: ReportFeatures): number {
  const { frameSeconds, binHz } = scale;
  const duration = (frames - 1) * frameSeconds;
  const [least, most] = [RISES.least, RISES.most].map((rise) => rise * duration / binHz);
  let [best, found] = [-Infinity, 0];
  for (let entry = 0; entry < patches.shape[0]; entry++) {
    const values = patches.data.subarray(entry * frames * bins, (entry + 1) * frames * bins);
    const length = Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0)) || 1;
    for (let start = 0; start < bins; start++) {
      for (let end = start + Math.ceil(least); end < Math.min(bins, start + most + 1); end++) {
        let sum = 0;
        for (let t = 0; t < frames; t++) {
          sum += values[t * bins + Math.round(start + (end - start) * t / Math.max(1, frames - 1))];
        }
        if (sum / length > best) [best, found] = [sum / length, entry];
      }
    }
  }
  return found;
}

/** The section; empty without a dictionary. */
export function featurePictures(content: WhaleReportContent): string {
  const { features, objectives = [] } = content;
  if (!features && !objectives.length) return "";
  return section(
    "What it learnt to listen for",
    features ? dictionary(features) : "",
    objectiveChart(content),
  );
}

function dictionary(features: ReportFeatures): string {
  const { patches, frames, bins, counts, scale } = features;
  const [k] = patches.shape;
  const order = byCount(counts).slice(0, SHOWN);
  const milliseconds = Math.round(1000 * frames * scale.frameSeconds);
  const hertz = Math.round(bins * scale.binHz);
  const all = order.length < k
    ? `Of ${whole(k)} features the first ${order.length} are shown`
    : `All ${k} features`;
  return paragraph(
    `K-means looked at patches of spectrograms, ${milliseconds} ms long and ${hertz} Hz high, and ` +
      `gathered them around ${whole(k)} patterns. Nobody told it which clips have calls. Steady ` +
      `tones, clicks and sweeps are what one expects; patterns that look like noise stand for patches ` +
      `that have little in common. A pattern is found at any height, so that its frequencies are ` +
      `counted from its own lowest one.`,
  ) +
    enlarged(features, order) +
    sheet(features, order, "wide") + sheet(features, order, "narrow") +
    `<p class="note">${all}, those that won most patches first: time to the right, frequency ` +
    `upwards. White is nothing, red louder and blue fainter than the mean patch; each has a scale ` +
    `of its own, to show its form. They are shown as the spectrogram patches that they stand for ` +
    `(the way back through the whitening).</p>`;
}

function enlarged(features: ReportFeatures, order: readonly number[]): string {
  const { counts, scale } = features;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const chosen: [string, number][] = [
    ["Won most patches", order[0]],
    ["Most like a rising tone", risingFeature(features)],
  ];
  const pictures = chosen.map(([title, entry]) => {
    const alt = `${title}: ${whole(counts[entry])} of ${whole(total)} patches`;
    const { svg } = patchPicture(features, entry, scale, { title, width: 346, height: 260, alt });
    const place = order.indexOf(entry) + 1;
    return `<figure>${svg}<figcaption>${place ? `Number ${place}` : "Not shown below"}: won ` +
      `${whole(counts[entry])} of ${whole(total)} patches, ${percent(counts[entry] / total)}.` +
      `</figcaption></figure>`;
  });
  return `<div class="beside">${pictures.join("")}</div>`;
}

function sheet(
  features: ReportFeatures,
  order: readonly number[],
  name: keyof typeof COLUMNS,
): string {
  const alt = `${order.length} learnt features as patches of spectrograms`;
  const { dataUrl, width, height } = patchSheet(features, { order, columns: COLUMNS[name], alt });
  const picture = image({ url: dataUrl, alt, width, height, className: "pixels sheet" });
  return `<figure class="${name}">${picture}</figure>`;
}

function objectiveChart({ objectives = [] }: WhaleReportContent): string {
  if (!objectives.some(({ values }) => values.length > 1)) return "";
  return "<h3>How K-means settled</h3>" + chart((width) =>
    lineChart({
      title: "Objective by pass",
      x: { label: "pass", from: 1 },
      y: { label: "mean squared distance" },
      series: objectives.map(({ name, values }) => ({
        name,
        points: Array.from(values, (value, i) => [i + 1, value] as const),
      })),
      width,
      height: 300,
    })
  ) + paragraph(
    "How far whitened patches are from what their feature says of them, before each pass. A curve " +
      "that still falls at its end would gain from more passes.",
    "note",
  );
}
