import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { InputError } from "../../../files/input_error.ts";
import { Ledger } from "../../../tasks/study/ledger.ts";
import { ledgerCsv, trialsCsv } from "../../../tasks/study/ledger_csv.ts";
import { range } from "../../../tasks/study/space.ts";
import { withFolder } from "../../files/samples.ts";

const RECORD = { study: "0123", round: 0, trials: 2, space: { x: range.uniform(0, 1) } };
const SETTINGS = [{ x: 0.5, word: 'a, "b"' }, { x: 1e-7, word: "c" }];
const TIMES = { started: "2026-01-01T00:00:00.000Z", finished: "2026-01-01T00:01:00.000Z" };

function withLedger(body: (ledger: Ledger, path: string) => void): Promise<void> {
  return withFolder((folder) => {
    const path = `${folder}/study.sqlite`;
    using ledger = Ledger.open(path);
    ledger.addRound(RECORD, SETTINGS);
    body(ledger, path);
    return Promise.resolve();
  });
}

Deno.test("a round that has begun is never changed", async () => {
  await withLedger((ledger) => {
    ledger.start(0, 1, "w");
    ledger.addRound(RECORD, SETTINGS); // the same: nothing happens
    assertEquals(ledger.trials().map(({ state }) => state), ["waiting", "running"]);
    const other = { ...RECORD, space: { x: range.uniform(0, 2) } };
    assertThrows(() => ledger.addRound(other, SETTINGS), InputError, "Cannot begin round 0");
  });
});

Deno.test("what the database refuses names the file", async () => {
  await withLedger((ledger, path) => {
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    const refused = `Cannot use the ledger ${path}: database is locked`;
    assertThrows(() => ledger.start(0, 1, "w"), InputError, refused);
    const next = { ...RECORD, round: 1 };
    assertThrows(() => ledger.addRound(next, SETTINGS), InputError, refused);
    other.exec("ROLLBACK");
    ledger.addRound(next, SETTINGS);
    assertEquals(ledger.trials().length, 4);
  });
});

Deno.test("attempts count up, whoever counts them", async () => {
  await withLedger((ledger) => {
    const attempts = () => ledger.trials(0)[0].attempts;
    ledger.start(0, 0, "a");
    ledger.fail(0, 0, "no", false);
    assertEquals(attempts(), 1);
    ledger.start(0, 0, "b", 1); // a queue that was told to begin anew
    assertEquals(attempts(), 1);
    ledger.start(0, 0, "b", 3);
    assertEquals(attempts(), 3);
    ledger.giveBack(0, ["running"]);
    ledger.start(0, 0, "c");
    assertEquals(attempts(), 4);
  });
});

Deno.test("the ledger as CSV holds what was found; how it was found is in the other table", async () => {
  await withLedger((ledger, path) => {
    const figures = { b: 0.1 + 0.2, a: 1 };
    const reply = { settings: SETTINGS[0], figures, worker: "me, myself", ...TIMES };
    ledger.start(0, 0, "me, myself");
    ledger.finish(0, 0, reply);
    ledger.start(0, 1, "you");
    const names = ["x", "word"];
    const done = `round,index,x,word,a,b\n0,0,0.5,"a, ""b""",1,0.30000000000000004\n`;
    assertEquals(ledgerCsv(ledger.trials(), names), done); // the other one is still running
    ledger.fail(0, 1, "too\nbad", true);
    using reader = Ledger.open(path, { readOnly: true });
    assertEquals(ledgerCsv(reader.trials(), names), `${done}0,1,1e-7,c,,\n`);
    const rows = trialsCsv(ledger.trials());
    assertEquals(rows.split("\n")[0], "round,index,state,attempts,worker,started,finished,error");
    assertEquals(
      rows.split("\n")[1],
      `0,0,done,1,"me, myself",${TIMES.started},${TIMES.finished},`,
    );
  });
});
