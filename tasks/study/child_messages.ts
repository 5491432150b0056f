/**
 * What a search and its worker processes say to each other, one JSON value a line.
 *
 * @module
 */
import type { StudyPlan } from "./plan.ts";
import type { OpenOptions, RoundRecord } from "./problem.ts";
import type { TrialReply } from "./reply.ts";

/** What child processes need to know beyond the study. */
export interface ChildOptions extends Pick<OpenOptions, "data" | "cache"> {
  /** Address of the module that exports the problem, where it is not one of the toolkit's tasks. */
  readonly module?: string;
}

/** From the search to a worker. */
export type ToChild =
  | { readonly type: "open"; readonly study: StudyPlan; readonly name: string } & ChildOptions
  | { readonly type: "trial"; readonly record: RoundRecord; readonly index: number };

/** From a worker to the search. */
export type FromChild =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly text: string }
  | { readonly type: "done"; readonly reply: TrialReply }
  | { readonly type: "failed"; readonly error: string };

/**
 * The JSON objects of a stream, one a line. A line cut short at the end is left out.
 *
 * @param other told of lines that are none: what a driver or a library prints
 */
export async function* jsonLines<T extends object>(
  stream: ReadableStream<Uint8Array>,
  other: (line: string) => void = () => {},
): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  for await (const chunk of stream) {
    const [first, ...lines] = decoder.decode(chunk, { stream: true }).split("\n");
    rest.push(first);
    for (const line of lines) {
      const whole = rest.join("");
      rest = [line];
      const message = objectOf<T>(whole);
      if (message) yield message;
      else other(whole);
    }
  }
}

function objectOf<T extends object>(line: string): T | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
