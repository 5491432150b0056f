/** Readers of pictures. */
import { decodeJpeg } from "../../../files/jpeg.ts";
import { readJpegHeader } from "../../../files/jpeg_header.ts";
import { sampleJpeg } from "../../files/samples.ts";
import type { FileBytes, FuzzedReader } from "../reader.ts";

/** What jpeg-js does not write: `sampleJpeg(1)` by libjpeg-turbo 2.1.5. */
const MADE = [
  // cjpeg -quality 40 -progressive -sample 2x2
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVG" +
  "ZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8" +
  "fHx8fHx8fHx8fHx8fHx8fHx8fHz/wgARCAAQABgDASIAAhEBAxEB/8QAGAAAAwEBAAAAAAAAAAAAAAAAAAIDBAX/xAAX" +
  "AQADAQAAAAAAAAAAAAAAAAAAAQID/9oADAMBAAIQAxAAAAHnPZ4Imke3/8QAFRABAQAAAAAAAAAAAAAAAAAAABH/2gAI" +
  "AQEAAQUCiIiI/8QAFhEBAQEAAAAAAAAAAAAAAAAAAgAB/9oACAEDAQE/AS7Hf//EABURAQEAAAAAAAAAAAAAAAAAAAAR" +
  "/9oACAECAQE/Aar/xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oACAEBAAY/Al//xAAVEAEBAAAAAAAAAAAAAAAAAAAAAf/a" +
  "AAgBAQABPyGMYxjH/9oADAMBAAIAAwAAABAAL//EABURAQEAAAAAAAAAAAAAAAAAAAAh/9oACAEDAQE/EBB//8QAFREB" +
  "AQAAAAAAAAAAAAAAAAAAARD/2gAIAQIBAT8QIf/EABUQAQEAAAAAAAAAAAAAAAAAAABh/9oACAEBAAE/EIooooov/9k=",
  // cjpeg -quality 40 -optimize -restart 1B -sample 2x1
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVG" +
  "ZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8" +
  "fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAQABgDASEAAhEBAxEB/8QAFwAAAwEAAAAAAAAAAAAAAAAAAAMFBv/EABcQ" +
  "AAMBAAAAAAAAAAAAAAAAAAACA2H/xAAXAQEAAwAAAAAAAAAAAAAAAAADAAQF/8QAGREAAwADAAAAAAAAAAAAAAAAAAEC" +
  "AxEh/90ABAAB/9oADAMBAAIRAxEAPwDOrDBywwNMbHZ//9CSsMAmzSm+H//RnrDBywwrpg47P//SWsMALYyvh//Z",
  // cjpeg -quality 40 -progressive -grayscale
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVG" +
  "ZIhlbXd7gYKBTmCNl4x9lnN+gXz/wgALCAAQABgBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAgX/2gAIAQEAAAABnNtv" +
  "/8QAFRABAQAAAAAAAAAAAAAAAAAAABH/2gAIAQEAAQUCiIiI/8QAFBABAAAAAAAAAAAAAAAAAAAAIP/aAAgBAQAGPwJf" +
  "/8QAFRABAQAAAAAAAAAAAAAAAAAAAAH/2gAIAQEAAT8hjGMYx//aAAgBAQAAABAD/8QAFRABAQAAAAAAAAAAAAAAAAAA" +
  "AGH/2gAIAQEAAT8Qiiiiii//2Q==",
];

function jpegs(): FileBytes[] {
  return [
    sampleJpeg(1),
    sampleJpeg(2, 8, 8),
    sampleJpeg(3, 33, 17),
    ...MADE.map((text) => Uint8Array.fromBase64(text)),
  ];
}

export const PICTURE_READERS: readonly FuzzedReader[] = [
  {
    name: "jpeg",
    seeds: jpegs,
    // As openImages() does: of the size that is asked for.
    read(bytes) {
      const { height, width } = readJpegHeader("a.jpg", bytes);
      return decodeJpeg("a.jpg", bytes, { height, width });
    },
  },
];
