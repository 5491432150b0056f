import { assertEquals, assertThrows } from "@std/assert";
import { readTable, type ReadTableOptions, writeTable } from "../../files/table.ts";
import { unreadable } from "../refusals.ts";
import { bytesOf, joinBytes } from "./samples.ts";

const OPTIONS: ReadTableOptions = { name: "t.csv", idColumn: "id", columns: ["a", "b"] };

async function refuses(text: string, message: string, options: Partial<ReadTableOptions> = {}) {
  const error = await unreadable(() => readTable(text, { ...OPTIONS, ...options }));
  assertEquals(error.message, `Cannot read t.csv: ${message}`);
}

Deno.test("readTable() gives columns in the order asked for and ignores others", async () => {
  const table = await readTable("b,more,id,a\n1,x,7,0.5\n-2,y,8,1e-3\n", OPTIONS);
  assertEquals(table.ids, ["7", "8"]);
  assertEquals([...table.values], [0.5, 1, 0.001, -2]);
  assertEquals([...table.lines], [2, 3]);
});

Deno.test("readTable() reads CR LF, a byte order mark, quotes and a file without last line break", async () => {
  const text = '\uFEFFid,"a",note,b\r\n"7","0.5","said ""no"",\r\ntwice",1\r\n8, 2 ,,3';
  const table = await readTable(bytesOf(text), OPTIONS);
  assertEquals(table.ids, ["7", "8"]);
  assertEquals([...table.values], [0.5, 1, 2, 3]);
  assertEquals([...table.lines], [2, 4]);
});

Deno.test("readTable() reads a stream cut at any byte like the whole text", async () => {
  const text = '\uFEFFid,a,b,n\r\n7,0.5,"1","é""\n"\r\n8,2,3,\r\n\r\n';
  const whole = await readTable(text, OPTIONS);
  const bytes = bytesOf(text);
  for (let size = 1; size <= 7; size++) {
    const pieces = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.subarray(i * size, (i + 1) * size),
    );
    assertEquals(await readTable(ReadableStream.from(pieces), OPTIONS), whole);
  }
});

Deno.test("readTable() names file, line and column of what it refuses", async () => {
  await refuses("id,b\n1,2\n", 'line 1, expected a column "a", found "id", "b"');
  await refuses("id,a,b,a\n", 'line 1, expected one column "a", found it as columns 2 and 4');
  await refuses("id,a,b\n1,2\n", "line 2, it has 2 cells, expected 3");
  await refuses("id,a,b\n1,2,3,4\n", "line 2, it has 4 cells, expected 3");
  await refuses(
    "id,a,b\n1,2,\n",
    'line 2, column "b" is empty, expected a finite number',
  );
  for (const cell of ["NaN", "Infinity", "0x10", "1_5", "1e999", "one"]) {
    await refuses(
      `id,a,b\r\n1,2,3\r\n2,${cell},3\r\n`,
      `line 3, column "a" is "${cell}", expected a finite number`,
    );
  }
  await refuses(
    "id,a,b\n1,2,3\n2,2,3\n1,2,3\n",
    'line 4, column "id": the id "1" stands on line 2 already',
  );
  await refuses("id,a,b\n,2,3\n", 'line 2, column "id" is empty, expected an id');
  await refuses("", "the file is empty, expected a header line");
  await refuses("\n\n", "the file is empty, expected a header line");
  await refuses("id,a,b\n1,2,3\n\n2,2,3\n", "line 3, it is blank, expected a row");
  await refuses(
    'id,a,b\n1,"2,3\n',
    "line 2, a quoted cell is not closed before the end of the file",
  );
  await refuses('id,a,b\n1,"2"x,3\n', 'line 2, "x" follows a quoted cell, expected a comma');
  await refuses('id,a,b\n1,2"",3\n', 'line 2, a quote stands inside the unquoted cell "2"');
  await refuses(
    "id,a,b\n1,2\0,3\n",
    "line 2, it has a zero byte, expected text in UTF-8",
  );
});

Deno.test("readTable() checks a range with its tolerance", async () => {
  const range = { min: 0, max: 1, tolerance: 1e-5 };
  await readTable("id,a,b\n1,1.000001,-0.000001\n", { ...OPTIONS, range });
  await refuses(
    "id,a,b\n1,0,1.1\n",
    'line 2, column "b" is "1.1", expected a number in [0, 1]',
    { range },
  );
  await refuses(
    "id,a,b\n1,NaN,1\n",
    'line 2, column "a" is "NaN", expected a number in [0, 1]',
    { range },
  );
});

Deno.test("readTable() refuses bytes that are not UTF-8", async () => {
  const cases: [bytes: number[], reason: string][] = [
    [[0x69, 0x64, 0xff, 0xfe], "line 1, it has other bytes (Latin-1?), expected text in UTF-8"],
    [[...bytesOf("é,a,b\n1,2,3\n4,"), 0xe9, 10], "line 3, it has other bytes (Latin-1?)"],
    [[...bytesOf("id,a,b\n1,2,"), 0xc3], "line 2, it ends within a character"],
    [[0xff, 0xfe, 0x69, 0, 0x64, 0], "line 1, it is text in UTF-16, expected UTF-8"],
    [[0x69, 0, 0x64, 0], "line 1, it has a zero byte, expected text in UTF-8"],
  ];
  for (const [bytes, reason] of cases) {
    const { message } = await unreadable(() => readTable(Uint8Array.from(bytes), OPTIONS));
    assertEquals(message.startsWith(`Cannot read t.csv: ${reason}`), true, message);
  }
  const long = bytesOf("id,a,b\n" + "é,1,2\n".repeat(20_000)); // longer than one piece
  await unreadable(
    () => readTable(joinBytes([long, Uint8Array.of(0xff)]), OPTIONS),
    'line 3, column "id": the id "é" stands on line 2 already',
  );
});

Deno.test("readTable() says so where Excel wrote semicolons, tabs or decimal commas", async () => {
  await refuses(
    "id;a;b\n1;0,5;1\n",
    'line 1, expected a column "id", found "id;a;b"; its cells are separated by semicolons, ' +
      "expected commas",
  );
  await refuses(
    "id\ta\tb\n",
    'line 1, expected a column "id", found "id\\ta\\tb"; its cells are separated by tabs, ' +
      "expected commas",
  );
  await refuses(
    'id,a,b\n1,"0,5",1\n',
    'line 2, column "a" is "0,5", expected a finite number with a point, not a comma',
  );
});

Deno.test("readTable() ends in a cell that does not end", async () => {
  async function* endless(start: string) {
    yield bytesOf(start);
    const piece = new Uint8Array(2 ** 16).fill(97);
    for (;;) yield piece;
  }
  const reason = "a cell has more than 1048576 characters, expected a table in CSV";
  for (
    const [start, hint] of [["id,a,b\n1,", ""], ['id,a,b\n1,"', " (is its quote not closed?)"]]
  ) {
    const { message } = await unreadable(() =>
      readTable(ReadableStream.from(endless(start)), OPTIONS)
    );
    assertEquals(message, `Cannot read t.csv: line 2, ${reason}${hint}`);
  }
});

Deno.test("readTable() takes lone CR as line ends", async () => {
  const { ids, lines } = await readTable("id,a,b\r1,2,3\r2,3,4\r", OPTIONS);
  assertEquals([ids, [...lines]], [["1", "2"], [2, 3]]);
});

Deno.test("writeTable() writes what readTable() reads back", async () => {
  const layout = { idColumn: "id", columns: ["a", "b"] };
  const f32 = Float32Array.of(0.1, 1 / 3, 1e-7, 0);
  const text = writeTable(["x,1", 'y"'], f32, layout);
  assertEquals(text, 'id,a,b\n"x,1",0.1,0.33333334\n"y""",1e-7,0\n');
  const read = await readTable(text, OPTIONS);
  assertEquals(read.ids, ["x,1", 'y"']);
  assertEquals(Float32Array.from(read.values), f32);
  const f64 = Float64Array.of(0.1, 1 / 3);
  assertEquals((await readTable(writeTable(["1"], f64, layout), OPTIONS)).values, f64);
  assertEquals(writeTable(["1"], f64, { ...layout, digits: 3 }), "id,a,b\n1,0.1,0.333\n");
});

Deno.test("writeTable() refuses numbers that are not finite and wrong lengths", () => {
  const layout = { idColumn: "id", columns: ["a"] };
  assertThrows(() => writeTable(["1"], Float64Array.of(NaN), layout), RangeError, 'id "1"');
  assertThrows(() => writeTable(["1"], new Float64Array(2), layout), RangeError, "1 x 1");
});
