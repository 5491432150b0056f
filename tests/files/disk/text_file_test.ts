import { assertEquals } from "@std/assert";
import { appendText, readJson, readJsonIfThere, readText } from "../../../files/disk/text_file.ts";
import { NUMBER, parseJsonLines, TABLE, TEXTS } from "../../../files/json.ts";
import { inFolder } from "../samples.ts";
import { refusesFile, unreadable } from "../../refusals.ts";

inFolder.test("readJson() names the file, the field, what it is and what was expected", async (folder) => {
  const path = `${folder}/split.json`;
  const fields = { train: TEXTS, step: NUMBER, best: TABLE };
  const cases: [text: string, reason: string][] = [
    ["", "it is empty"],
    ['{"train": ["a", ', "it is not JSON, or cut short"],
    ["[1]", "it is [1], expected a JSON object"],
    ["null", "it is null, expected a JSON object"],
    ['{"train": ["a"], "best": {}}', "step is missing, expected a number"],
    ['{"train": ["a", 1], "step": 1}', 'train is ["a",1], expected a list of texts'],
    ['{"train": [], "step": "1"}', 'step is "1", expected a number'],
    ['{"train": [], "step": 1, "best": null}', "best is null, expected an object"],
  ];
  for (const [text, reason] of cases) {
    await Deno.writeTextFile(path, text);
    const { message } = await unreadable(() => readJson(path, fields));
    assertEquals(message, `Cannot read ${path}: ${reason}`);
  }
  await Deno.writeTextFile(path, '{"train": [], "step": 1, "best": {}, "more": 1}');
  assertEquals(await readJson(path, fields), { train: [], step: 1, best: {}, more: 1 });
  assertEquals(await readJsonIfThere(`${folder}/none.json`), undefined);
});

inFolder.test("readText() names the line that is not UTF-8, and leaves out a byte order mark", async (folder) => {
  const path = `${folder}/list.txt`;
  const cases: [bytes: number[], reason: string][] = [
    [[97, 10, 0xe9, 10], "line 2, it has other bytes (Latin-1?), expected text in UTF-8"],
    [[0xff, 0xfe, 97, 0], "line 1, it is text in UTF-16, expected UTF-8"],
  ];
  for (const [bytes, reason] of cases) {
    await Deno.writeFile(path, Uint8Array.from(bytes));
    const { message } = await unreadable(() => readText(path));
    assertEquals(message, `Cannot read ${path}: ${reason}`);
  }
  await Deno.writeTextFile(path, '\uFEFF{"step": 1}');
  assertEquals(await readJson<{ step: number }>(path), { step: 1 });
});

Deno.test("parseJsonLines() names the line", () => {
  assertEquals(parseJsonLines("a.jsonl", '{"step":1}\n{"step":2}\n'), [{ step: 1 }, { step: 2 }]);
  assertEquals(parseJsonLines("a.jsonl", ""), []);
  const parse = (text: string) => () => parseJsonLines("a.jsonl", text, { step: NUMBER });
  refusesFile(parse('{"step":1}\n{"st'), "Cannot read a.jsonl: line 2 is not JSON, or cut short");
  refusesFile(
    parse('{"step":null}\n'),
    "Cannot read a.jsonl: line 1, step is null, expected a num",
  );
});

inFolder.test("appendText() makes a file and goes on with it", async (folder) => {
  for (const line of ["one\n", "two\n"]) await appendText(`${folder}/a`, line);
  assertEquals(await readText(`${folder}/a`), "one\ntwo\n");
});
