/**
 * Galaxies with what the network and the volunteers say of them, in words.
 *
 * @module
 */
import { escapeText } from "../../report/plot/svg.ts";
import type { Q6Weight } from "../questions.ts";
import { type GalaxyReportContent, rowOf, WIDTH } from "./content.ts";
import { galaxyErrors } from "./headline.ts";
import { fourDigits, image, paragraph, percent, section, whole } from "../../report/html.ts";
import { jpegUrl, photographAt, SMALL_SIDE, smallPixels } from "./photographs.ts";
import {
  answerPhrase,
  type DescribedAnswer,
  describeGalaxy,
  mostFrequent,
  questionOf,
} from "./words.ts";

/** Galaxies in the gallery. */
const SHOWN = 24;

/** Galaxies among the best and among the worst. */
const EXTREMES = 10;

/** Differences told of each of those. */
const DIFFERENCES = 3;

/** Markup of a galaxy's card. */
interface Details {
  /** Beside the picture, below the id. */
  readonly beside: string;
  /** Below the picture. */
  readonly below: string;
}

/** Places spread evenly over `count` galaxies, at most `wanted` of them. */
export function spreadPlaces(count: number, wanted: number): number[] {
  const shown = Math.min(count, wanted);
  return Array.from({ length: shown }, (_, i) => Math.floor((i + 0.5) * count / shown));
}

/** A grid of galaxies, neither chosen nor sorted; empty where none was held out. */
export async function gallery(content: GalaxyReportContent): Promise<string> {
  const { ids, q6Weight } = content;
  if (!ids.length) return "";
  const places = spreadPlaces(ids.length, SHOWN);
  const chosen = ids.length <= SHOWN
    ? "These are all galaxies that were held out."
    : `Of ${whole(ids.length)} galaxies held out, in the order of the data, ` +
      `${places.length} evenly spread ones are shown, whatever came out.`;
  return section(
    "Galaxies, as the network and the volunteers describe them",
    paragraph(
      `${chosen} Each description follows the most frequent answers; the percentage is the part of ` +
        `those who were asked. “≠” and underlining mark where the network’s most frequent answer ` +
        `to a question differs from the volunteers’.`,
    ),
    await cards(content, places, (place) => comparison(content, place, q6Weight)),
  );
}

/** The ten galaxies of the smallest and of the largest error; empty for fewer than four. */
export async function extremes(content: GalaxyReportContent): Promise<string> {
  const { ids, predictions, targets } = content;
  const count = Math.min(EXTREMES, Math.floor(ids.length / 2));
  if (count < 2) return "";
  const errors = galaxyErrors(predictions, targets);
  const order = errors.map((_, i) => i).toSorted((a, b) => errors[a] - errors[b] || a - b);
  const details = (place: number) => ({
    beside: `<span class="mark">RMSE ${fourDigits(errors[place])}</span>`,
    below: differences(content, place),
  });
  return section(
    `The ${count} best and the ${count} worst predictions`,
    paragraph(
      `By the RMSE of a galaxy’s 37 answers. Listed are the answers that differ most, in percent of ` +
        `all volunteers.`,
    ),
    "<h3>Worst</h3>",
    await cards(content, order.slice(-count).toReversed(), details, "pair"),
    "<h3>Best</h3>",
    await cards(content, order.slice(0, count), details, "pair"),
  );
}

async function cards(
  content: GalaxyReportContent,
  places: readonly number[],
  details: (place: number) => Details,
  layout?: "pair",
): Promise<string> {
  const { ids, targets, q6Weight, readPixels } = content;
  const pixels = await readPixels(Uint32Array.from(places));
  const items = places.map((place, i) => {
    const { text } = describeGalaxy(rowOf(targets, place), q6Weight);
    const picture = image({
      url: jpegUrl(smallPixels(photographAt(pixels, i)), SMALL_SIDE),
      alt: `Galaxy ${ids[place]}, by the volunteers: ${text}`,
      width: SMALL_SIDE,
      height: SMALL_SIDE,
    });
    return card(picture, ids[place], details(place));
  });
  return `<ul class="cards${layout ? ` ${layout}` : ""}">${items.join("\n")}</ul>`;
}

function card(picture: string, id: string, { beside, below }: Details): string {
  return `<li class="card"><div class="top">${picture}` +
    `<div><strong class="id">${escapeText(id)}</strong>${beside}</div></div>${below}</li>`;
}

function comparison(
  { predictions, targets }: GalaxyReportContent,
  place: number,
  q6Weight: Q6Weight,
): Details {
  const voted = describeGalaxy(rowOf(targets, place), q6Weight).answers;
  const predicted = describeGalaxy(rowOf(predictions, place), q6Weight).answers;
  const differs = (answer: DescribedAnswer) => {
    const other = voted.find(({ question }) => question === answer.question);
    return other !== undefined && other.answer !== answer.answer;
  };
  const row = rowOf(predictions, place);
  const different =
    voted.filter(({ question, answer }) => mostFrequent(row, question, q6Weight)?.answer !== answer)
      .length;
  const agrees = different === 0
    ? `<span class="mark same">✓ agree on all ${voted.length} questions</span>`
    : `<span class="mark differs">≠ differ on ${different} of ${voted.length} questions</span>`;
  return {
    beside: agrees,
    below: `<p><span class="who">Network:</span> ${phrases(predicted, differs)}</p>` +
      `<p><span class="who">Volunteers:</span> ${phrases(voted, () => false)}</p>`,
  };
}

function phrases(
  answers: readonly DescribedAnswer[],
  differs: (answer: DescribedAnswer) => boolean,
): string {
  if (!answers.length) return "no answers";
  return answers.map((answer, i) => {
    const text = `${escapeText(answer.text)}\u00a0${percent(answer.share)}`;
    const said = differs(answer) ? `<em class="differs">≠\u00a0${text}</em>` : text;
    const separator = i < answers.length - 1 ? "\u00a0·" : ""; // at the end of a line, never at its start
    return `<span class="phrase">${said}${separator}</span>`;
  }).join(" ");
}

/** The answers that differ most, largest first. */
function differences({ predictions, targets }: GalaxyReportContent, place: number): string {
  const [p, t] = [rowOf(predictions, place), rowOf(targets, place)];
  const columns = Array.from({ length: WIDTH }, (_, i) => i)
    .toSorted((a, b) => Math.abs(p[b] - t[b]) - Math.abs(p[a] - t[a]) || a - b);
  const rows = distinct(columns).slice(0, DIFFERENCES).map((column) =>
    `<tr><td class="text">${escapeText(answerPhrase(column))}</td>` +
    `<td>${percent(p[column])}</td><td>${percent(t[column])}</td></tr>`
  );
  const header = `<th class="text" scope="col">answer</th>` +
    `<th scope="col">predicted</th><th scope="col">voted</th>`;
  return `<table class="mini"><thead><tr>${header}</tr></thead><tbody>${
    rows.join("")
  }</tbody></table>`;
}

/** One answer of each question: what one answer gains, another loses. */
function distinct(columns: readonly number[]): number[] {
  const seen = new Set<number>();
  return columns.filter((column) => {
    const { number } = questionOf(column);
    return !seen.has(number) && seen.add(number);
  });
}
