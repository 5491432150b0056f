import { assertEquals } from "@std/assert";
import { openArchive } from "../../../files/disk/archive.ts";
import { openFile, openStream } from "../../../files/disk/file_source.ts";
import { regularFile } from "../../../files/disk/presence.ts";
import { readBytes, readText } from "../../../files/disk/text_file.ts";
import { unreadable } from "../../refusals.ts";
import { testUnless } from "../../test_unless.ts";
import { withFolder } from "../samples.ts";

const onWindows = Deno.build.os === "windows" ? "Windows has no named pipes on disk" : undefined;

testUnless(
  onWindows,
  "what is no regular file is refused as what it is, and nothing waits for it",
  () =>
    withFolder(async (folder) => {
      await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
      using _socket = Deno.listen({ transport: "unix", path: `${folder}/socket` });
      await Deno.symlink("pipe", `${folder}/link`);
      await Deno.symlink("gone", `${folder}/nowhere`);
      const kinds = {
        [`${folder}/pipe`]: "a named pipe",
        [`${folder}/link`]: "a named pipe",
        [`${folder}/socket`]: "a socket",
        [`${folder}/nowhere`]: "a link that leads nowhere",
        [folder]: "a folder",
        "/dev/null": "a device",
      };
      for (const [path, kind] of Object.entries(kinds)) {
        for (const read of [openFile, openStream, readText, readBytes]) {
          const { message } = await unreadable(() => read(path));
          const attempt = read === openFile || read === openStream ? "open" : "read";
          assertEquals(message, `Cannot ${attempt} ${path}: it is ${kind}, expected a file`);
        }
      }
      await unreadable(() => openArchive(`${folder}/pipe`), "it is a named pipe, expected a file");
      using archive = await openArchive(folder);
      await unreadable(() => archive.read("pipe"), "pipe: it is a named pipe, expected a file");
      await unreadable(() => archive.stream("socket"), "socket: it is a socket, expected a file");
    }),
);

Deno.test("a file is a regular file, and so is a link to one", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.txt`, "text");
    await Deno.symlink("a.txt", `${folder}/link`);
    assertEquals((await regularFile(`${folder}/link`)).size, 4);
    await unreadable(() => regularFile(`${folder}/none`), "none: no such file or folder");
  }));
